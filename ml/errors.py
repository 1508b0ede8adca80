"""Names everything that can go wrong in `ml`, in one tree:

MLError
├── UnknownName: no such name; the message lists the nearest ones
│   ├── UnknownEncoder
│   ├── UnknownHead
│   ├── UnknownStrategy
│   └── UnknownLoss
├── InvalidOptions: an option in a name, as in `knn(k=10)`, is unknown or out of its bounds
│   ├── InvalidHeadOptions
│   └── InvalidStrategyOptions
├── InvalidValue: something that a person wrote cannot be used as it is
│   ├── InvalidHierarchy
│   ├── InvalidPrompts
│   └── InvalidCoverage
├── NotEnoughData: there are too few images or labels for what was asked
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
├── InvalidArrays: arrays do not fit each other, or hold what they must not
│   ├── UnusableTargets
│   ├── WrongDimension
│   ├── EmbeddingsNotFinite
│   ├── InvalidLearningCurve
│   └── UnpairedRuns
├── UnreadableImage
├── UnknownVersionFormat
├── Damaged: a file of ours was changed or cut off
│   ├── DamagedVersionFiles
│   └── BrokenGraph
└── EncoderUnavailable

No class here knows about HTTP: `service/http/problems.py` decides which status each gets.
"""

from collections.abc import Sequence


class MLError(Exception):
    """Base class of everything that `ml` raises on purpose."""


class UnknownName(MLError):
    """Nothing of this kind goes by this name; the message lists the nearest names."""


class UnknownEncoder(UnknownName):
    """No encoder goes by this name."""


class UnknownHead(UnknownName):
    """No head goes by this name."""


class UnknownStrategy(UnknownName):
    """No strategy goes by this name."""


class UnknownLoss(UnknownName, ValueError):
    """No loss goes by this name; a ValueError too, as pydantic expects of what checks an option."""


class InvalidOptions(MLError):
    """A name is not of the form kind(option=value), or an option is unknown or out of its bounds."""


class InvalidHeadOptions(InvalidOptions):
    """An option of a head is unknown, out of its bounds, or does not fit the images or the classes."""


class InvalidStrategyOptions(InvalidOptions):
    """An option of a strategy is unknown or out of its bounds."""


class InvalidValue(MLError):
    """Something that a person wrote cannot be used as it is; the message says what to change."""


class InvalidHierarchy(InvalidValue):
    """A hierarchy does not fit the label set, or is not of a form that is read; the message names label or parent."""


class InvalidPrompts(InvalidValue):
    """A template does not say where the class goes, or prompts are empty or for no class; the message says which."""


class InvalidCoverage(InvalidValue):
    """The promised coverage of prediction sets is not a share between none and all."""

    def __init__(self, *, found: float) -> None:
        super().__init__(
            f"coverage is how many sets shall hold the true label: expected more than 0, less than 1, got {found}"
        )


class NotEnoughData(MLError):
    """There are too few images or labels for what was asked; the message says what is missing."""


class NotEnoughLabels(NotEnoughData):
    """Training needs labels in more classes than have one."""

    def __init__(self, *, needed: int, found: int) -> None:
        super().__init__(
            f"training needs labels in at least {needed} classes, found {found}: label an image of another class first"
        )
        self.needed = needed
        self.found = found


class NothingToEvaluate(NotEnoughData):
    """There is no held-out image."""


class NothingToCompare(NotEnoughData):
    """No image can be tested after training on others."""


class NothingToReplay(NotEnoughData):
    """The images leave none to ask about, or none to test on."""


class NothingToAudit(NotEnoughData):
    """The labels cannot show what a strategy is worth."""


class MissingSideInformation(MLError):
    """A head needs a hierarchy or texts, which there are not; the message says what to do."""


class CannotFinetune(MLError):
    """What was asked cannot be fine-tuned; the message says why and what to do."""


class NotTunable(CannotFinetune):
    """This network cannot be fine-tuned, or not so many blocks of it."""


class TooFewToValidate(CannotFinetune, NotEnoughData):
    """No class has enough images to set one aside."""

    def __init__(self) -> None:
        super().__init__("no class has enough images to set one aside for choosing the best epoch: label more of each")


class FinetuningDiverged(CannotFinetune):
    """The training loss became infinite or not a number."""

    def __init__(self, *, epoch: int) -> None:
        super().__init__(f"the loss is not a finite number in epoch {epoch}: choose lower learning rates")


class InvalidArrays(MLError):
    """Arrays do not fit each other, or hold what they must not; the message says how."""


class UnusableTargets(InvalidArrays):
    """Targets do not fit the embeddings or the label set."""


class WrongDimension(InvalidArrays):
    """These embeddings do not come from the encoder that the classifier was trained on."""

    def __init__(self, *, expected: int, found: tuple[int, ...]) -> None:
        super().__init__(f"expected embeddings of shape (images, {expected}), got {found}")


class EmbeddingsNotFinite(InvalidArrays):
    """Some embeddings hold NaN or infinity."""

    def __init__(self, *, rows: Sequence[int]) -> None:
        super().__init__(f"{len(rows)} embeddings are not finite, the first in row {rows[0]}")


class InvalidLearningCurve(InvalidArrays):
    """Labels and accuracies are no learning curve."""


class UnpairedRuns(InvalidArrays):
    """Two ways of asking cannot be compared run by run."""


class UnreadableImage(MLError):
    """These bytes cannot be turned into pixels, now or later; the message says why in one sentence."""


class UnknownVersionFormat(MLError):
    """A saved version was written in a format that this program does not read."""

    def __init__(self, *, found: object, newest: int) -> None:
        super().__init__(
            f"this version is saved in format {found}, only 1 to {newest} can be read: use a newer program"
        )


class Damaged(MLError):
    """A file of ours was changed or cut off; the message says where."""


class DamagedVersionFiles(Damaged):
    """A saved version lacks a file, has a changed byte or holds no whole head."""


class BrokenGraph(Damaged):
    """A saved graph of similar embeddings leads nowhere."""


class EncoderUnavailable(MLError):
    """The encoder's weights are missing, truncated or of another architecture; the message says what to do."""
