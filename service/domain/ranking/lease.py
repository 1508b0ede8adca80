"""Leases: who is looking at which image of the pool, so that nobody else is asked about it meanwhile."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Lease:
    """One image kept for one annotator; it is over at `until`, or as soon as the image has left the pool."""

    image_id: str
    annotator: str
    until: datetime
