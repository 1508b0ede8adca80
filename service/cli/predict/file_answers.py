"""Sends the files of a folder for classification, a limited number at a time; a bad file stops no other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.api.prediction import PredictionView
from service.cli.client.margin_client import MarginClient, RequestTooLarge

FILES_AT_ONCE = 32
BYTES_AT_ONCE = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class FileAnswer:
    """The result for one file: a prediction, or why there is none.

    Attributes: file: path below the folder.
    """

    file: Path
    prediction: PredictionView | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class _ReadFile:
    file: Path
    content: bytes


def classify_files(
    client: MarginClient, project_id: str, folder: Path, files: Sequence[Path], *, files_at_once: int = FILES_AT_ONCE
) -> Iterator[FileAnswer]:
    """Yield one answer per file, in order.

    Args: files: paths below the folder.

    Raises: ServiceRefused: the service gives no further answers.
    """
    waiting: list[_ReadFile] = []
    for file in files:
        read = _read(folder, file)
        if isinstance(read, FileAnswer):
            yield from _classify(client, project_id, waiting)
            yield read
            waiting = []
            continue
        if len(waiting) == files_at_once or _bytes(waiting) + len(read.content) > BYTES_AT_ONCE:
            yield from _classify(client, project_id, waiting)
            waiting = []
        waiting.append(read)
    yield from _classify(client, project_id, waiting)


def _read(folder: Path, file: Path) -> _ReadFile | FileAnswer:
    try:
        return _ReadFile(file=file, content=(folder / file).read_bytes())
    except OSError as error:
        return FileAnswer(file=file, error=f"cannot be read: {error.strerror or error}")


def _bytes(files: Sequence[_ReadFile]) -> int:
    return sum(len(each.content) for each in files)


def _classify(client: MarginClient, project_id: str, files: Sequence[_ReadFile]) -> list[FileAnswer]:
    """Send the files together, or in smaller parts if they are more than the service accepts."""
    if not files:
        return []
    try:
        predictions = client.predict(project_id, [each.content for each in files])
    except RequestTooLarge as error:
        if len(files) == 1:
            return [FileAnswer(file=files[0].file, error=str(error))]
        half = len(files) // 2
        return _classify(client, project_id, files[:half]) + _classify(client, project_id, files[half:])
    return [_answer(each.file, prediction) for each, prediction in zip(files, predictions, strict=True)]


def _answer(file: Path, prediction: PredictionView) -> FileAnswer:
    if prediction.problem is not None:
        return FileAnswer(file=file, error=prediction.problem.detail)
    return FileAnswer(file=file, prediction=prediction)
