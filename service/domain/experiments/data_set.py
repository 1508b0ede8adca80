"""Labeled data sets outside of any project, and the checks that make them comparable."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.domain.errors import InvalidInput

# One to train on and one to test on.
FEWEST_IMAGES, FEWEST_CLASSES = 2, 2


@dataclass(frozen=True, kw_only=True)
class LabeledFile:
    """An image file with its label; name: the name that people see."""

    name: str
    label: str


@dataclass(frozen=True, kw_only=True)
class IdentifiedFile:
    """A file with the identity of its bytes: two files with the same image id are the same image."""

    file: LabeledFile
    image_id: str


def copies(files: Iterable[IdentifiedFile]) -> dict[str, str]:
    """Find duplicate files, and return by name why each is left out.

    One copy of an image stays, none if the copies have different labels. A duplicate must not be in the training set
    and in the test set.
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
    """Require at least two classes with at least two images each. Raises: InvalidInput."""
    if len(labels) < FEWEST_CLASSES:
        raise InvalidInput(f"there is one class only, {', '.join(labels)}: a comparison needs {FEWEST_CLASSES} or more")
    counts = Counter(file.label for file in files)
    for label in labels:
        if counts[label] < FEWEST_IMAGES:
            raise InvalidInput(
                f'class "{label}" has {counts[label]} images that can be used, at least {FEWEST_IMAGES} are needed: '
                "one to train on and one to test on; add images or remove the class"
            )
