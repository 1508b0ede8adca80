"""Projects as the /v1 routes send them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from service.domain.projects.project import Project


class RetrainingView(BaseModel):
    """Rule for automatic retraining."""

    after_annotations: int
    after_seconds: int
    cron: str | None


class ProjectView(BaseModel):
    """One project; `parents` is empty if it has no hierarchy."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "scenes",
                "title": "Kinds of scene",
                "labels": ["Coast", "Forest"],
                "inactive_labels": [],
                "multi_label": False,
                "encoder": "efficientnet-lite0",
                "head": "softmax-regression",
                "strategy": "margin",
                "seed": 0,
                "coverage": 0.9,
                "abstain_below": 0.5,
                "parents": {"Nature": ["Coast", "Forest"]},
                "prompts": {"Coast": ["a photo of the sea shore"]},
                "retraining": {"after_annotations": 10, "after_seconds": 60, "cron": "0 3 * * *"},
                "current_version": 3,
                "label_studio_project": 7,
                "created_at": "2026-11-21T10:00:00Z",
            }
        }
    )

    id: str
    title: str
    labels: list[str]
    inactive_labels: list[str]
    multi_label: bool
    encoder: str
    head: str
    strategy: str
    seed: int
    coverage: float
    abstain_below: float
    parents: dict[str, list[str]]
    prompts: dict[str, list[str]]
    retraining: RetrainingView
    current_version: int | None
    label_studio_project: int | None
    created_at: datetime
    images: dict[str, int] | None = None

    @classmethod
    def from_project(cls, project: Project, images: dict[str, int] | None = None) -> Self:
        """Make the view of a project.

        Args: images: the number of images in each state, or None if they were not counted.
        """
        rule = project.retraining
        return cls(
            id=project.id,
            title=project.title,
            labels=list(project.active_labels),
            inactive_labels=[label.name for label in project.labels if not label.active],
            multi_label=project.multi_label,
            encoder=project.encoder,
            head=project.head,
            strategy=project.strategy,
            seed=project.seed,
            coverage=project.coverage,
            abstain_below=project.abstain_below,
            parents=_by_parent(project),
            prompts={label: list(texts) for label, texts in project.prompts.items()},
            retraining=RetrainingView(
                after_annotations=rule.after_annotations, after_seconds=rule.after_seconds, cron=rule.cron
            ),
            current_version=project.current_version,
            label_studio_project=None if project.label_studio is None else project.label_studio.project_id,
            created_at=project.created_at,
            images=images,
        )


def _by_parent(project: Project) -> dict[str, list[str]]:
    by_parent: dict[str, list[str]] = {}
    for label, parent in zip(project.active_labels, project.parents or (), strict=False):
        by_parent.setdefault(parent, []).append(label)
    return by_parent
