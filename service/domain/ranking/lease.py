"""Leases: images of the pool that are reserved for one annotator, so that nobody else gets them meanwhile."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Lease:
    """One image reserved for one annotator. The lease ends at `until`, or earlier if the image leaves the pool."""

    image_id: str
    annotator: str
    until: datetime
