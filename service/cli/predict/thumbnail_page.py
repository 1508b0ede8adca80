"""Shows classified images grouped by predicted class, on one self-contained HTML page."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ml.images.image import ImageLimits
from service.cli.predict.file_answers import FileAnswer
from service.domain.errors import StorageUnavailable
from service.reports.thumbnails import thumbnail

# A thumbnail takes about 5 kB: the page stays below 15 MB.
MOST_THUMBNAILS = 3_000
MOST_OF_A_GROUP = 200
# Labels never begin with a line break, so no class has this name.
WITHOUT_LABEL = "\n"

_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>body{{font:14px system-ui,sans-serif;margin:24px;color:#222;background:#fff}}
section{{display:flex;flex-wrap:wrap;gap:8px}}figure{{margin:0;width:112px}}
img{{max-width:112px;max-height:112px;display:block}}
figcaption{{font-size:11px;color:#555;overflow-wrap:anywhere}}</style></head>
<body><h1>{title}</h1><p>In each class the least certain images come first.</p>
"""


@dataclass(frozen=True, kw_only=True)
class _Shown:
    file: Path
    probability: float


class ThumbnailPage:
    """Collects answers, and writes the page after the last one; only images that are shown are decoded."""

    def __init__(self, folder: Path, *, title: str, limits: ImageLimits) -> None:
        self._folder = folder
        self._title = title
        self._limits = limits
        self._groups: defaultdict[str, list[_Shown]] = defaultdict(list)

    def add(self, answer: FileAnswer) -> None:
        """Add one answer; a file without a prediction is not shown."""
        if answer.prediction is None:
            return
        name = ", ".join(answer.prediction.labels or ()) or WITHOUT_LABEL
        probability = max((answer.prediction.probabilities or {}).values(), default=0.0)
        self._groups[name].append(_Shown(file=answer.file, probability=probability))

    def write(self, file: Path) -> None:
        """Write the page to a file.

        Raises: StorageUnavailable.
        """
        try:
            with file.open("w", encoding="utf-8", errors="replace") as page:
                page.write(_HEAD.format(title=escape(self._title)))
                page.writelines(self._sections())
                page.write("</body></html>\n")
        except OSError as error:
            raise StorageUnavailable(f"{file} cannot be written: {error.strerror or error}") from error

    def _sections(self) -> Iterator[str]:
        """Yield a section per class, in order of name, after the one of the images without a label."""
        groups = sorted(self._groups.items())[:MOST_THUMBNAILS]
        most = min(MOST_OF_A_GROUP, MOST_THUMBNAILS // max(len(groups), 1))
        for name, images in groups:
            heading = "no label" if name == WITHOUT_LABEL else name
            left_out = f", {len(images) - most:,} of them not shown" if len(images) > most else ""
            yield f"<h2>{escape(heading)}</h2><p>{len(images):,} images{left_out}</p>\n<section>\n"
            for image in sorted(images, key=lambda each: (each.probability, each.file))[:most]:
                yield self._figure(image)
            yield "</section>\n"

    def _figure(self, image: _Shown) -> str:
        caption = f"{escape(str(image.file))}<br>{100 * image.probability:.0f} %"
        return f'<figure><img src="{self._thumbnail(image.file)}" alt=""><figcaption>{caption}</figcaption></figure>\n'

    def _thumbnail(self, file: Path) -> str:
        """Return the data URL of the thumbnail; empty if the file has gone meanwhile."""
        try:
            content = (self._folder / file).read_bytes()
        except OSError:
            return ""
        return thumbnail(content, self._limits) or ""
