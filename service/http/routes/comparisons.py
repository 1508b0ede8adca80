"""Comparisons of heads and encoders on a project's labels."""

from fastapi import APIRouter, status

from ml.comparison.compare import resolve_heads
from ml.encoders.registry import check_encoder_name
from service.api.comparison import NewComparison
from service.api.comparison_record import ComparisonRecordView
from service.api.job import JobView
from service.domain.job import JobKind, JobRequest
from service.http.dependencies import ComparisonUseCasesDependency, ProjectDependency, QueueDependency
from service.http.report_routes import Latest, Words, add_latest
from service.reports.comparison.record import ComparisonRecord
from service.reports.comparison.report import comparison_report
from service.usecases.stored_records import COMPARISONS, StoredRecords

router = APIRouter(prefix="/v1/projects/{project}/comparisons", tags=["comparisons"])


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def compare(project: ProjectDependency, queue: QueueDependency, body: NewComparison | None = None) -> JobView:
    """Queue a comparison of heads and encoders; each is trained and tested on the same splits of the labeled images."""
    body = body or NewComparison()
    resolve_heads(body.heads, multi_label=project.multi_label)
    for name in body.encoders:
        check_encoder_name(name)
    arguments = body.model_dump() | {
        "labels_per_class": [None if size == "all" else size for size in body.labels_per_class]
    }
    request = JobRequest(kind=JobKind.COMPARE, project_id=project.id, arguments=arguments)
    return JobView.from_job(queue.enqueue(request))


def _stored(comparisons: ComparisonUseCasesDependency) -> StoredRecords[ComparisonRecord]:
    return comparisons.stored_comparisons


add_latest(
    router,
    Latest(subject=COMPARISONS, view=ComparisonRecordView, stored=_stored, report=comparison_report),
    {
        "json": Words(noun="", description="The newest comparison, with a sentence that names the best head."),
        "csv": Words(noun="table", description="The newest comparison as a table, one line per combination."),
        "html": Words(
            noun="page",
            description="The newest comparison as a page with plots, confusion matrices and misclassified images.",
        ),
    },
)
