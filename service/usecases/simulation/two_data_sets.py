"""Joins two labeled data sets: one for training and the pool, and one that is only tested on."""

from service.domain.errors import InvalidInput
from service.domain.experiments.data_set import LabeledFile
from service.ports import DataSet

TRAIN, TEST = "train/", "test/"


class TwoDataSets:
    """A data set made of two; the prefix of a file's name is the data set that it comes from.

    Test files come first: of duplicates the first is kept, and a test set must stay complete.
    """

    def __init__(self, train: DataSet, test: DataSet) -> None:
        """Join two data sets. Raises: InvalidInput: the test set has a class without training images."""
        unknown = [label for label in test.labels if label not in train.labels]
        if unknown:
            raise InvalidInput(
                f'{test.title} has a class "{unknown[0]}" that {train.title} lacks: '
                "test images must be of classes that can be labeled"
            )
        self._train, self._test = train, test

    @property
    def title(self) -> str:
        return self._train.title

    @property
    def labels(self) -> tuple[str, ...]:
        return self._train.labels

    @property
    def files(self) -> tuple[LabeledFile, ...]:
        return (*_renamed(self._test, TEST), *_renamed(self._train, TRAIN))

    def read(self, name: str) -> bytes:
        """Read the bytes of a file. Raises: OSError."""
        if name.startswith(TEST):
            return self._test.read(name.removeprefix(TEST))
        return self._train.read(name.removeprefix(TRAIN))


def is_test_file(file: LabeledFile) -> bool:
    """Return whether a file of `TwoDataSets` belongs to the test set."""
    return file.name.startswith(TEST)


def _renamed(data_set: DataSet, prefix: str) -> list[LabeledFile]:
    return [LabeledFile(name=f"{prefix}{file.name}", label=file.label) for file in data_set.files]
