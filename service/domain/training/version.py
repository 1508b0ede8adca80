"""Versions: immutable saved classifiers, and whether each was promoted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Version:
    """One immutable saved classifier of a project.

    evaluation: by `ml.evaluation.evaluate` on the held-out images, as plain JSON; None when there were too few.
    reasons: why it was promoted or not when training ended.
    """

    project_id: str
    number: int
    created_at: datetime
    labels: tuple[str, ...]
    head: str
    encoder_key: str
    annotations: int
    promoted: bool
    reasons: tuple[str, ...]
    evaluation: dict[str, Any] | None = None
