"""Versions as the /v1 routes send them."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from service.domain.projects.project import Project
from service.domain.training.version import Version

# Versions made before a figure was measured lack it.
SHORT_METRICS = (
    "images",
    "accuracy",
    "accuracy_interval",
    "macro_f1",
    "macro_f1_interval",
    "krippendorff_alpha",
    "krippendorff_alpha_interval",
    "log_loss",
    "calibration_error",
    "label_sets",
)


class VersionView(BaseModel):
    """One version; `evaluation` is null if there were no held-out images when it was trained."""

    number: int
    name: str
    current: bool
    created_at: datetime
    labels: list[str]
    head: str
    encoder: str
    annotations: int
    promoted: bool
    reasons: list[str]
    evaluation: dict[str, Any] | None

    @classmethod
    def from_version(cls, version: Version, project: Project, *, whole: bool) -> Self:
        """Make the view of a version.

        Args: whole: with the full evaluation, not only its main figures.
        """
        evaluation = version.evaluation
        if evaluation is not None and not whole:
            evaluation = {name: evaluation[name] for name in SHORT_METRICS if name in evaluation}
        return cls(
            number=version.number,
            name=project.version_name(version.number),
            current=version.number == project.current_version,
            created_at=version.created_at,
            labels=list(version.labels),
            head=version.head,
            encoder=version.encoder_key,
            annotations=version.annotations,
            promoted=version.promoted,
            reasons=list(version.reasons),
            evaluation=evaluation,
        )
