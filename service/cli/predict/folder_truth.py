"""Compares predictions with the names of the files' folders, if folders are named after labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.cli.predict.answer_table import BETWEEN_LABELS, Rows
from service.cli.predict.file_answers import FileAnswer
from service.domain.errors import InvalidInput


def folder_truths(files: Sequence[Path], labels: Sequence[str]) -> dict[Path, str]:
    """Return the label of each file whose folder is named after one; a label may also be a path of several folders.

    Args: files: paths below the folder that is classified.

    Raises: InvalidInput: no folder is named after a label.
    """
    truths = {file: truth for file in files if (truth := _truth(file, set(labels))) is not None}
    if not truths:
        raise InvalidInput(
            f"--truth folders: no image lies in a folder named after a label of the project: {', '.join(labels)}"
        )
    return truths


def _truth(file: Path, labels: set[str]) -> str | None:
    folder = file.parent
    return next((name for name in (folder.as_posix(), folder.name) if name in labels), None)


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """Counts of the classified images with a truth: right ones and all; an answer without a label is wrong."""

    right: int
    images: int

    @property
    def share(self) -> float:
        """Accuracy in 0..1; 0 without images."""
        return self.right / max(self.images, 1)


class TruthCheck:
    """Counts the right answers, and writes a row for each wrong one."""

    def __init__(self, truths: Mapping[Path, str], wrong: Rows) -> None:
        self._truths = truths
        self._wrong = wrong
        self._right = self._images = 0
        wrong.writerow(["file", "truth", "label", "plausible labels", "probability of truth", "probability of label"])

    def check(self, answer: FileAnswer) -> None:
        """Count one answer; skips files without a truth or a prediction."""
        truth, prediction = self._truths.get(answer.file), answer.prediction
        if truth is None or prediction is None:
            return
        self._images += 1
        if prediction.labels == [truth]:
            self._right += 1
            return
        probabilities = prediction.probabilities or {}
        self._wrong.writerow(
            [
                answer.file,
                truth,
                BETWEEN_LABELS.join(prediction.labels or ()),
                BETWEEN_LABELS.join(prediction.plausible_labels or ()),
                probabilities.get(truth, ""),
                max((probabilities.get(label, 0.0) for label in prediction.labels or ()), default=""),
            ]
        )

    @property
    def accuracy(self) -> Accuracy:
        """Return the accuracy over all answers so far."""
        return Accuracy(right=self._right, images=self._images)
