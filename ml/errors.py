"""Defines all errors of `ml` in one tree:

MLError
├── UnknownName: the name is not known; the message lists the nearest ones
│   ├── UnknownEncoder
│   ├── UnknownHead
│   ├── UnknownStrategy
│   └── UnknownLoss
├── InvalidOptions: an option in a name, as in `knn(k=10)`, is unknown or out of bounds
│   ├── InvalidHeadOptions
│   └── InvalidStrategyOptions
├── InvalidValue: a user's input cannot be used
│   ├── InvalidHierarchy
│   ├── InvalidPrompts
│   └── InvalidCoverage
├── NotEnoughData: there are too few images or labels
│   ├── NotEnoughLabels
│   ├── NothingToEvaluate
│   ├── NothingToCompare
│   ├── NothingToReplay
│   ├── NothingToAudit
│   └── TooFewToValidate (also a CannotFinetune)
├── MissingSideInformation
├── CannotFinetune
│   ├── NotTunable
│   └── FinetuningDiverged
├── InvalidArrays: arrays do not fit together, or hold invalid values
│   ├── UnusableTargets
│   ├── WrongDimension
│   ├── EmbeddingsNotFinite
│   ├── InvalidLearningCurve
│   └── UnpairedRuns
├── UnreadableImage
├── UnknownVersionFormat
├── Damaged: one of our files was changed or truncated
│   ├── DamagedVersionFiles
│   └── BrokenGraph
└── EncoderUnavailable

No class here knows about HTTP: `service/http/problems.py` maps each to a status.
"""

from collections.abc import Sequence


class MLError(Exception):
    """Base class of everything that `ml` raises on purpose."""


class UnknownName(MLError):
    """The name is not known; the message lists the nearest names."""


class UnknownEncoder(UnknownName):
    """No encoder has this name."""


class UnknownHead(UnknownName):
    """No head has this name."""


class UnknownStrategy(UnknownName):
    """No strategy has this name."""


class UnknownLoss(UnknownName, ValueError):
    """No loss has this name; also a ValueError, because pydantic expects one from the validators of options."""


class InvalidOptions(MLError):
    """A name is not of the form kind(option=value), or an option is unknown or out of bounds."""


class InvalidHeadOptions(InvalidOptions):
    """An option of a head is unknown, out of bounds, or does not fit the images or the classes."""


class InvalidStrategyOptions(InvalidOptions):
    """An option of a strategy is unknown or out of bounds."""


class InvalidValue(MLError):
    """A user's input cannot be used; the message says what to change."""


class InvalidHierarchy(InvalidValue):
    """A hierarchy does not fit the label set, or has an unsupported form; the message names the label or parent."""


class InvalidPrompts(InvalidValue):
    """A template has no placeholder for the class, or prompts are empty or for an unknown class."""


class InvalidCoverage(InvalidValue):
    """The coverage of prediction sets is not between 0 and 1."""

    def __init__(self, *, found: float) -> None:
        super().__init__(
            f"coverage is the share of sets that hold the true label: expected more than 0, less than 1, got {found}"
        )


class NotEnoughData(MLError):
    """There are too few images or labels; the message says what is missing."""


class NotEnoughLabels(NotEnoughData):
    """Too few classes have a label for training."""

    def __init__(self, *, needed: int, found: int) -> None:
        super().__init__(
            f"training needs labels in at least {needed} classes, found {found}: label an image of another class first"
        )
        self.needed = needed
        self.found = found


class NothingToEvaluate(NotEnoughData):
    """There are no held-out images."""


class NothingToCompare(NotEnoughData):
    """No image can be tested after training on the others."""


class NothingToReplay(NotEnoughData):
    """A split leaves no images to label, or none to test on."""


class NothingToAudit(NotEnoughData):
    """There are too few labels to compare strategies."""


class MissingSideInformation(MLError):
    """A head needs a hierarchy or texts that are missing; the message says what to do."""


class CannotFinetune(MLError):
    """An encoder cannot be fine-tuned; the message says why and what to do."""


class NotTunable(CannotFinetune):
    """This network cannot be fine-tuned, or has fewer blocks than requested."""


class TooFewToValidate(CannotFinetune, NotEnoughData):
    """No class has enough images to hold one out for validation."""

    def __init__(self) -> None:
        super().__init__("no class has enough images to hold one out for choosing the best epoch: label more of each")


class FinetuningDiverged(CannotFinetune):
    """The training loss became infinite or NaN."""

    def __init__(self, *, epoch: int) -> None:
        super().__init__(f"the loss is not a finite number in epoch {epoch}: choose lower learning rates")


class InvalidArrays(MLError):
    """Arrays do not fit together, or hold invalid values; the message says how."""


class UnusableTargets(InvalidArrays):
    """Targets do not fit the embeddings or the label set."""


class WrongDimension(InvalidArrays):
    """Embeddings do not have the dimension of the encoder that the classifier was trained on."""

    def __init__(self, *, expected: int, found: tuple[int, ...]) -> None:
        super().__init__(f"expected embeddings of shape (images, {expected}), got {found}")


class EmbeddingsNotFinite(InvalidArrays):
    """Some embeddings hold NaN or infinity."""

    def __init__(self, *, rows: Sequence[int]) -> None:
        super().__init__(f"{len(rows)} embeddings are not finite, the first in row {rows[0]}")


class InvalidLearningCurve(InvalidArrays):
    """Labels and accuracies do not form a learning curve."""


class UnpairedRuns(InvalidArrays):
    """The runs of two strategies cannot be paired."""


class UnreadableImage(MLError):
    """An image cannot be decoded, now or later; the message says why in one sentence."""


class UnknownVersionFormat(MLError):
    """A saved version has a format that this program cannot read."""

    def __init__(self, *, found: object, newest: int) -> None:
        super().__init__(
            f"this version is saved in format {found}, only 1 to {newest} can be read: use a newer program"
        )


class Damaged(MLError):
    """One of our files was changed or truncated; the message says where."""


class DamagedVersionFiles(Damaged):
    """A saved version lacks a file, has a changed byte, or its head is incomplete."""


class BrokenGraph(Damaged):
    """A saved similarity graph refers to rows that do not exist."""


class EncoderUnavailable(MLError):
    """The encoder's weights are missing, truncated or of another architecture; the message says what to do."""
