"""What the /v1 routes send: our values as JSON, without secrets."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from service.domain.annotation import Annotation
from service.domain.image import Image, Side
from service.domain.job import Job
from service.domain.prediction import Prediction
from service.domain.project import Project
from service.domain.ranking import Ranking
from service.domain.version import Version
from service.http.problems import Problem


class RetrainingView(BaseModel):
    """When a project retrains without anybody asking."""

    after_annotations: int
    after_seconds: int
    cron: str | None


class ProjectView(BaseModel):
    """One project."""

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
    retraining: RetrainingView
    current_version: int | None
    label_studio_project: int | None
    created_at: datetime
    images: dict[str, int] | None = None


def project_view(project: Project, images: dict[str, int] | None = None) -> ProjectView:
    """Args: images: how many images are in each state, where that was counted."""
    rule = project.retraining
    return ProjectView(
        id=project.id,
        title=project.title,
        labels=list(project.active_labels),
        inactive_labels=[label.name for label in project.labels if not label.active],
        multi_label=project.multi_label,
        encoder=project.encoder,
        head=project.head,
        strategy=project.strategy,
        seed=project.seed,
        retraining=RetrainingView(
            after_annotations=rule.after_annotations, after_seconds=rule.after_seconds, cron=rule.cron
        ),
        current_version=project.current_version,
        label_studio_project=None if project.label_studio is None else project.label_studio.project_id,
        created_at=project.created_at,
        images=images,
    )


class AnnotationView(BaseModel):
    """One person's decision about one image."""

    annotator: str
    origin: str
    labels: list[str]
    state: str
    updated_at: datetime


class ImageView(BaseModel):
    """One image of a project."""

    id: str
    state: str
    labels: list[str]
    held_out: bool
    error: str | None
    added_at: datetime
    annotations: list[AnnotationView] | None = None


def image_view(image: Image, annotations: list[Annotation] | None = None) -> ImageView:
    """Args: annotations: all of the image's, where they were asked for."""
    return ImageView(
        id=image.id,
        state=image.state,
        labels=list(image.labels),
        held_out=image.side is Side.HELD_OUT,
        error=image.error,
        added_at=image.added_at,
        annotations=None if annotations is None else [annotation_view(annotation) for annotation in annotations],
    )


def annotation_view(annotation: Annotation) -> AnnotationView:
    """An annotation without the keys it is stored under."""
    return AnnotationView(
        annotator=annotation.annotator,
        origin=annotation.origin,
        labels=list(annotation.labels),
        state=annotation.state,
        updated_at=annotation.updated_at,
    )


class PredictionView(BaseModel):
    """What the current version says of one image, or the problem with it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "image": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "label": "Coast",
                "labels": ["Coast"],
                "probabilities": {"Coast": 0.81, "Forest": 0.19},
                "margin": 0.62,
                "plausible_labels": ["Coast", "Forest"],
                "version": 3,
            }
        }
    )

    image: str | None = None
    label: str | None = None
    labels: list[str] | None = None
    probabilities: dict[str, float] | None = None
    margin: float | None = None
    plausible_labels: list[str] | None = None
    version: int | None = None
    problem: Problem | None = None


def prediction_view(prediction: Prediction, labels: tuple[str, ...]) -> PredictionView:
    """Args: labels: the project's label set, in whose order the probabilities are."""
    return PredictionView(
        image=prediction.image_id,
        label=prediction.labels[0] if prediction.labels else None,
        labels=list(prediction.labels),
        probabilities=dict(zip(labels, prediction.probabilities, strict=True)),
        margin=prediction.margin,
        plausible_labels=list(prediction.plausible_labels),
        version=prediction.version,
    )


class VersionView(BaseModel):
    """One version; evaluation is None when there were no held-out images yet."""

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


SHORT_METRICS = ("images", "accuracy", "accuracy_interval", "macro_f1", "log_loss", "calibration_error")


def version_view(version: Version, project: Project, *, whole: bool) -> VersionView:
    """Args: whole: with the full evaluation rather than its main figures."""
    evaluation = version.evaluation
    if evaluation is not None and not whole:
        evaluation = {name: evaluation[name] for name in SHORT_METRICS}
    return VersionView(
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


class RankedImageView(BaseModel):
    """One image's place in a ranking; worth is in 0..1, 1 is most worth labeling."""

    image: str
    worth: float
    reason: str


class RankingView(BaseModel):
    """A page of a stored ranking, most worth labeling first."""

    id: int
    version: int | None
    strategy: str
    seed: int
    created_at: datetime
    pool_size: int
    images: list[RankedImageView]
    next: int | None


def ranking_view(ranking: Ranking, *, after: int, limit: int) -> RankingView:
    """Args: after: the place of the first image of this page."""
    return RankingView(
        id=ranking.id,
        version=ranking.version,
        strategy=ranking.strategy,
        seed=ranking.seed,
        created_at=ranking.created_at,
        pool_size=ranking.pool_size,
        images=[
            RankedImageView(image=ranked.image_id, worth=ranked.worth, reason=ranked.reason)
            for ranked in ranking.images
        ],
        next=after + limit if len(ranking.images) == limit else None,
    )


class JobView(BaseModel):
    """One job; progress is in 0..1."""

    id: str
    kind: str
    project: str
    state: str
    progress: float
    message: str | None
    error: str | None
    result: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


def job_view(job: Job) -> JobView:
    """A job as it stands."""
    return JobView(
        id=job.id,
        kind=job.kind,
        project=job.project_id,
        state=job.state,
        progress=job.progress,
        message=job.message,
        error=job.error,
        result=job.result,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )
