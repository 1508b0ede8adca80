"""Audits: what asking by a strategy has been worth on a project's own labels."""

from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field

from ml.audit import FEWEST_RUNS, MOST_RUNS
from ml.strategies.table import strategy
from service.domain.job import JobKind, JobRequest
from service.http.dependencies import ApplicationDependency, ProjectDependency
from service.http.views.job import JobView, job_view
from service.reports.audit_report import AuditReport
from service.usecases.audit_strategies import (
    DEFAULT_LABELS_PER_CLASS,
    DEFAULT_RIVALS,
    DEFAULT_RUNS,
    check_auditable,
)
from service.usecases.stored_audits import AuditForm

router = APIRouter(prefix="/v1/projects/{project}/audits", tags=["audits"])

# Each is replayed as often as there are runs.
MOST_STRATEGIES, MOST_LABELS_PER_CLASS = 10, 100

StrategyName = Annotated[str, Field(min_length=1, max_length=200)]


class NewAudit(BaseModel):
    """What to replay; asking at random and the project's own strategy are always among the strategies."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"strategies": ["margin"], "runs": 10, "seed": 0}}
    )

    strategies: list[StrategyName] = Field(default=list(DEFAULT_RIVALS), max_length=MOST_STRATEGIES)
    runs: int = Field(
        default=DEFAULT_RUNS,
        ge=FEWEST_RUNS,
        le=MOST_RUNS,
        description="How often, each time with other test images and another start",
    )
    labels_per_class: int = Field(
        default=DEFAULT_LABELS_PER_CLASS,
        ge=0,
        le=MOST_LABELS_PER_CLASS,
        description="Labeled from the start; 0 lets the strategy ask for the very first images too",
    )
    seed: int = Field(default=0, ge=0, lt=2**32)


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def audit(project: ProjectDependency, application: ApplicationDependency, body: NewAudit | None = None) -> JobView:
    """Queue an audit: replays of the labeling, by several strategies, on the images that are labeled by now."""
    body = body or NewAudit()
    check_auditable(project)
    for name in body.strategies:
        strategy(name)
    request = JobRequest(kind=JobKind.AUDIT, project_id=project.id, arguments=body.model_dump())
    return job_view(application.adapters.queue.enqueue(request))


@router.get("/latest", response_model=AuditReport)
def get_latest_audit(project: ProjectDependency, application: ApplicationDependency) -> Response:
    """The newest audit: what strategies saved, what the next labels will bring, and by what to go on asking."""
    content = application.stored_audits.latest(project.id, AuditForm.JSON)
    return Response(content, media_type="application/json")


@router.get("/latest.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def get_latest_audit_table(project: ProjectDependency, application: ApplicationDependency) -> Response:
    """The newest audit as a table, a line for each strategy and number of labels."""
    content = application.stored_audits.latest(project.id, AuditForm.CSV)
    return Response(content, media_type="text/csv")


@router.get("/latest.html", response_class=Response, responses={200: {"content": {"text/html": {}}}})
def get_latest_audit_page(project: ProjectDependency, application: ApplicationDependency) -> Response:
    """The newest audit as a page with the learning curves."""
    content = application.stored_audits.latest(project.id, AuditForm.HTML)
    return Response(content, media_type="text/html")
