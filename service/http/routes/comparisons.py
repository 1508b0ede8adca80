"""Comparisons of heads and encoders on a project's labels."""

from fastapi import APIRouter, Response, status

from ml.compare import heads_meant
from ml.encoders.registry import check_encoder_name
from service.api.comparison import NewComparison
from service.api.job import JobView, job_view
from service.domain.job import JobKind, JobRequest
from service.http.dependencies import ComparisonUseCasesDependency, ProjectDependency, QueueDependency
from service.reports.comparison_report import ComparisonReport
from service.usecases.stored_comparisons import ComparisonForm

router = APIRouter(prefix="/v1/projects/{project}/comparisons", tags=["comparisons"])


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def compare(project: ProjectDependency, queue: QueueDependency, body: NewComparison | None = None) -> JobView:
    """Queue a comparison of heads and encoders, each trained and tested on the same splits of the labeled images."""
    body = body or NewComparison()
    heads_meant(body.heads, multi_label=project.multi_label)
    for name in body.encoders:
        check_encoder_name(name)
    arguments = body.model_dump() | {
        "labels_per_class": [None if size == "all" else size for size in body.labels_per_class]
    }
    request = JobRequest(kind=JobKind.COMPARE, project_id=project.id, arguments=arguments)
    return job_view(queue.enqueue(request))


@router.get("/latest", response_model=ComparisonReport)
def get_latest_comparison(project: ProjectDependency, comparisons: ComparisonUseCasesDependency) -> Response:
    """The newest comparison, with the sentence that says which head is best."""
    content = comparisons.stored_comparisons.latest(project.id, ComparisonForm.JSON)
    return Response(content, media_type="application/json")


@router.get("/latest.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def get_latest_comparison_table(project: ProjectDependency, comparisons: ComparisonUseCasesDependency) -> Response:
    """The newest comparison as a table, a line for each combination."""
    content = comparisons.stored_comparisons.latest(project.id, ComparisonForm.CSV)
    return Response(content, media_type="text/csv")


@router.get("/latest.html", response_class=Response, responses={200: {"content": {"text/html": {}}}})
def get_latest_comparison_page(project: ProjectDependency, comparisons: ComparisonUseCasesDependency) -> Response:
    """The newest comparison as a page with plots, confusions and mistaken images."""
    content = comparisons.stored_comparisons.latest(project.id, ComparisonForm.HTML)
    return Response(content, media_type="text/html")
