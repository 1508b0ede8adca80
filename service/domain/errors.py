"""The errors that a caller can act on; `service.http.problems` gives each its HTTP status."""

# A batch of images takes the encoder about as long.
RETRY_AFTER_SECONDS = 1


class MarginError(Exception):
    """Something a caller can understand and act on; the message is one sentence."""


class NotFound(MarginError):
    """The thing asked for is not there."""

    def __init__(self, what: str, name: object) -> None:
        super().__init__(f"no {what} {name!r} here")


class AlreadyExists(MarginError):
    """A thing of this name is there already."""


class InvalidInput(MarginError):
    """The request was understood and is wrong; the message says what and where."""


class UnknownLabel(InvalidInput):
    """A label that is not in the project's label set."""

    def __init__(self, label: str, labels: tuple[str, ...]) -> None:
        super().__init__(f"label {label!r} is not in the label set: {', '.join(labels)}")


class NotReady(MarginError):
    """The request makes sense but something must happen first; the message says what."""


class Overloaded(MarginError):
    """Too much is waiting; try again after RETRY_AFTER_SECONDS."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is full; try again in {RETRY_AFTER_SECONDS} s")


class QueueUnavailable(MarginError):
    """Redis does not answer; what was stored stays stored and the schedule catches up."""


class StorageUnavailable(MarginError):
    """The database, the artifacts or the embedding cache cannot be read or written (a full disk, a lost connection)."""


class ImageUnavailable(MarginError):
    """The bytes of an image could not be fetched; the message says why and what helps."""


class LabelStudioError(MarginError):
    """Label Studio did not do what it was asked; the message says what it answered."""


class InvalidLabelConfig(InvalidInput):
    """The label config has nothing Margin can serve; the message says what is missing."""


class TrackingFailed(MarginError):
    """A version could not be recorded with the experiment tracker; the version itself is saved."""


class DamagedVersion(MarginError):
    """A saved version's bytes are not the ones its manifest promises."""
