"""A labeled data set that no project holds, and what of it can be compared on."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.domain.errors import InvalidInput

# One to train on and one to test on.
FEWEST_IMAGES, FEWEST_CLASSES = 2, 2


@dataclass(frozen=True, kw_only=True)
class LabeledFile:
    """A file that is said to be an image of a class; name: what people know it by."""

    name: str
    label: str


@dataclass(frozen=True, kw_only=True)
class IdentifiedFile:
    """A file whose bytes are known: two of the same image id are the same image."""

    file: LabeledFile
    image_id: str


def copies(files: Iterable[IdentifiedFile]) -> dict[str, str]:
    """Why files cannot be compared on, by name: an image counts once, and never where it is of two classes.

    A copy that is tested after its original was trained on is no test.
    """
    first: dict[str, LabeledFile] = {}
    reasons: dict[str, str] = {}
    for each in files:
        original = first.setdefault(each.image_id, each.file)
        if original is each.file:
            continue
        if original.label == each.file.label:
            reasons[each.file.name] = f"a copy of {original.name}"
        else:
            reasons[each.file.name] = f"the same image as {original.name}, of another class"
            reasons[original.name] = f"the same image as {each.file.name}, of another class"
    return reasons


def require_comparable(labels: Sequence[str], files: Iterable[LabeledFile]) -> None:
    """Raises: InvalidInput: fewer than two classes, or a class with fewer than two images."""
    if len(labels) < FEWEST_CLASSES:
        raise InvalidInput(f"there is one class only, {', '.join(labels)}: comparing needs at least {FEWEST_CLASSES}")
    counts = Counter(file.label for file in files)
    for label in labels:
        if counts[label] < FEWEST_IMAGES:
            raise InvalidInput(
                f'class "{label}" has {counts[label]} images that can be used, at least {FEWEST_IMAGES} are needed: '
                "one to train on and one to test on; add images, or take the class away"
            )
