"""Errors that a caller can act on; `service.http.problems` gives each its HTTP status."""

# The encoder needs about this long for a batch of images.
RETRY_AFTER_SECONDS = 1


class MarginError(Exception):
    """Base of the errors that a caller can understand and act on; the message is one sentence."""


class NotFound(MarginError):
    """The requested object does not exist."""

    def __init__(self, what: str, name: object) -> None:
        super().__init__(f"no {what} {name!r} here")


class AlreadyExists(MarginError):
    """An object with this name exists already."""


class InvalidInput(MarginError):
    """The request was understood but is wrong; the message names what is wrong and where."""


class UnknownLabel(InvalidInput):
    """A label that is not in the project's label set."""

    def __init__(self, label: str, labels: tuple[str, ...]) -> None:
        super().__init__(f"label {label!r} is not in the label set: {', '.join(labels)}")


class NotReady(MarginError):
    """The request makes sense, but something must happen first; the message names it."""


class Overloaded(MarginError):
    """Too many requests are waiting; try again after RETRY_AFTER_SECONDS."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is full; try again in {RETRY_AFTER_SECONDS} s")


class QueueUnavailable(MarginError):
    """Redis does not answer; stored data stays stored, and the scheduler queues the missing jobs later."""


class StorageUnavailable(MarginError):
    """The database, the artifacts or the embedding cache cannot be read or written (a full disk, a lost connection)."""


class ImageUnavailable(MarginError):
    """The bytes of an image could not be fetched; the message gives the reason and a remedy."""


class LabelStudioError(MarginError):
    """Label Studio refused or failed a request; the message holds its answer."""


class InvalidLabelConfig(InvalidInput):
    """The label config has no control that Margin can serve; the message names what is missing."""


class TrackingFailed(MarginError):
    """A version could not be recorded with the experiment tracker; the version itself is saved."""


class DamagedVersion(MarginError):
    """A saved version's bytes do not match its manifest."""
