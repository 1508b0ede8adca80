"""Audits: replays of a project's own labels that measure what its strategy was worth."""

from fastapi import APIRouter, status

from ml.strategies.registry import strategy
from service.api.audit import NewAudit
from service.api.audit_record import AuditRecordView
from service.api.job import JobView
from service.domain.job import JobKind, JobRequest
from service.http.dependencies import AuditUseCasesDependency, ProjectDependency, QueueDependency
from service.http.report_routes import Latest, Words, add_latest
from service.reports.audit.record import AuditRecord
from service.reports.audit.report import audit_report
from service.usecases.audit.audit_strategies import check_auditable
from service.usecases.stored_records import AUDITS, StoredRecords

router = APIRouter(prefix="/v1/projects/{project}/audits", tags=["audits"])


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def audit(project: ProjectDependency, queue: QueueDependency, body: NewAudit | None = None) -> JobView:
    """Queue an audit: it replays the labeling by several strategies on the images that are labeled by now."""
    body = body or NewAudit()
    check_auditable(project)
    for name in body.strategies:
        strategy(name)
    request = JobRequest(kind=JobKind.AUDIT, project_id=project.id, arguments=body.model_dump())
    return JobView.from_job(queue.enqueue(request))


def _stored(audits: AuditUseCasesDependency) -> StoredRecords[AuditRecord]:
    return audits.stored_audits


add_latest(
    router,
    Latest(subject=AUDITS, view=AuditRecordView, stored=_stored, report=lambda record, _pictures: audit_report(record)),
    {
        "json": Words(
            noun="",
            description="The newest audit: how many labels each strategy saved, how much more labels are expected to "
            "bring, and which strategy to use next.",
        ),
        "csv": Words(
            noun="table",
            description="The newest audit as a table, one line per strategy and number of labels.",
        ),
        "html": Words(noun="page", description="The newest audit as a page with the learning curves."),
    },
)
