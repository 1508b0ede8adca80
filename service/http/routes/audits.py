"""Audits: what asking by a strategy has been worth on a project's own labels."""

from fastapi import APIRouter, Response, status

from ml.strategies.registry import strategy
from service.api.audit import NewAudit
from service.api.job import JobView, job_view
from service.domain.job import JobKind, JobRequest
from service.http.dependencies import AuditUseCasesDependency, ProjectDependency, QueueDependency
from service.reports.audit_report import AuditReport
from service.usecases.audit_strategies import check_auditable
from service.usecases.stored_audits import AuditForm

router = APIRouter(prefix="/v1/projects/{project}/audits", tags=["audits"])


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def audit(project: ProjectDependency, queue: QueueDependency, body: NewAudit | None = None) -> JobView:
    """Queue an audit: replays of the labeling, by several strategies, on the images that are labeled by now."""
    body = body or NewAudit()
    check_auditable(project)
    for name in body.strategies:
        strategy(name)
    request = JobRequest(kind=JobKind.AUDIT, project_id=project.id, arguments=body.model_dump())
    return job_view(queue.enqueue(request))


@router.get("/latest", response_model=AuditReport)
def get_latest_audit(project: ProjectDependency, audits: AuditUseCasesDependency) -> Response:
    """The newest audit: what strategies saved, what the next labels will bring, and by what to go on asking."""
    content = audits.stored_audits.latest(project.id, AuditForm.JSON)
    return Response(content, media_type="application/json")


@router.get("/latest.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def get_latest_audit_table(project: ProjectDependency, audits: AuditUseCasesDependency) -> Response:
    """The newest audit as a table, a line for each strategy and number of labels."""
    content = audits.stored_audits.latest(project.id, AuditForm.CSV)
    return Response(content, media_type="text/csv")


@router.get("/latest.html", response_class=Response, responses={200: {"content": {"text/html": {}}}})
def get_latest_audit_page(project: ProjectDependency, audits: AuditUseCasesDependency) -> Response:
    """The newest audit as a page with the learning curves."""
    content = audits.stored_audits.latest(project.id, AuditForm.HTML)
    return Response(content, media_type="text/html")
