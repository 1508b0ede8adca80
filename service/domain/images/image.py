"""Images of a project, and the sources they came from."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SourceKind(StrEnum):
    """Kind of place that an image came from."""

    UPLOAD = "upload"
    ADDRESS = "address"
    LABEL_STUDIO = "label_studio"


class Split(StrEnum):
    """Use of a labeled image: training or evaluation. Once assigned it never changes."""

    TRAIN = "train"
    HELD_OUT = "held_out"


class ImageState(StrEnum):
    """State of an image: in the pool, annotated, only skipped, or unreadable."""

    POOL = "pool"
    ANNOTATED = "annotated"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One way to an image: an upload, an address, or a Label Studio task.

    image_id stays None until the bytes were fetched once; error: why they could not be fetched.
    """

    id: int
    project_id: str
    kind: SourceKind
    address: str
    task_id: int | None = None
    image_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image of a project, identified by the SHA-256 of its bytes (64 hexadecimal digits)."""

    id: str
    project_id: str
    state: ImageState
    labels: tuple[str, ...] = ()
    split: Split | None = None
    error: str | None = None
    added_at: datetime


@dataclass(frozen=True, kw_only=True)
class LabeledImage:
    """An image with the labels that its annotators agree on; several labels only in a multi-label project.

    asked_at_random: a ranking had drawn it at random from the whole pool when it was labeled.
    """

    image_id: str
    labels: tuple[str, ...]
    split: Split | None
    asked_at_random: bool = False


@dataclass(frozen=True, kw_only=True)
class ImageFilter:
    """Filter for listing the images of a project; None accepts everything."""

    state: ImageState | None = None
    label: str | None = None
    source: SourceKind | None = None


@dataclass(frozen=True, kw_only=True)
class NewSource:
    """A source to add; image_id is set if its bytes are known already, error if they are known to be unreadable."""

    address: str
    task_id: int | None = None
    image_id: str | None = None
    error: str | None = None


def image_id_of(content: bytes) -> str:
    """Compute an image's identity: the SHA-256 of its bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
