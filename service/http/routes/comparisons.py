"""Comparisons of heads and encoders on a project's labels."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field

from ml.compare import ALL_HEADS, heads_meant
from ml.encoders.table import check_encoder_name
from service.domain.job import JobKind, JobRequest
from service.http.dependencies import ApplicationDependency, ProjectDependency
from service.http.views.job import JobView, job_view
from service.reports.comparison_report import ComparisonReport
from service.usecases.stored_comparisons import ComparisonForm

router = APIRouter(prefix="/v1/projects/{project}/comparisons", tags=["comparisons"])

# What is compared multiplies.
MOST_HEADS, MOST_ENCODERS, MOST_SIZES, MOST_REPEATS = 50, 10, 10, 20
LARGEST_SIZE = 100_000

HeadName = Annotated[str, Field(min_length=1, max_length=200)]
EncoderName = Annotated[str, Field(min_length=1, max_length=1000)]
Size = Annotated[int, Field(ge=1, le=LARGEST_SIZE)] | Literal["all"]


class NewComparison(BaseModel):
    """What to compare; the default head is always among the heads, for all are compared to it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"heads": ["all", "softmax-regression"], "labels_per_class": [5, 20, "all"], "seed": 0}
        },
    )

    heads: list[HeadName] = Field(
        default=[ALL_HEADS], max_length=MOST_HEADS, description="Names of heads; `all` stands for every kind"
    )
    encoders: list[EncoderName] = Field(
        default=[], max_length=MOST_ENCODERS, description="The project's own when left out"
    )
    labels_per_class: list[Size] = Field(
        default=["all"], min_length=1, max_length=MOST_SIZES, description="How many labels of each class to train on"
    )
    repeats: int | None = Field(
        default=None, ge=1, le=MOST_REPEATS, description="Of cross-validation; by the number of images when left out"
    )
    seed: int = Field(default=0, ge=0, lt=2**32)


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def compare(
    project: ProjectDependency, application: ApplicationDependency, body: NewComparison | None = None
) -> JobView:
    """Queue a comparison of heads and encoders, each trained and tested on the same splits of the labeled images."""
    body = body or NewComparison()
    heads_meant(body.heads, multi_label=project.multi_label)
    for name in body.encoders:
        check_encoder_name(name)
    arguments = body.model_dump() | {
        "labels_per_class": [None if size == "all" else size for size in body.labels_per_class]
    }
    request = JobRequest(kind=JobKind.COMPARE, project_id=project.id, arguments=arguments)
    return job_view(application.adapters.queue.enqueue(request))


@router.get("/latest", response_model=ComparisonReport)
def get_latest_comparison(project: ProjectDependency, application: ApplicationDependency) -> Response:
    """The newest comparison, with the sentence that says which head is best."""
    content = application.stored_comparisons.latest(project.id, ComparisonForm.JSON)
    return Response(content, media_type="application/json")


@router.get("/latest.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def get_latest_comparison_table(project: ProjectDependency, application: ApplicationDependency) -> Response:
    """The newest comparison as a table, a line for each combination."""
    content = application.stored_comparisons.latest(project.id, ComparisonForm.CSV)
    return Response(content, media_type="text/csv")


@router.get("/latest.html", response_class=Response, responses={200: {"content": {"text/html": {}}}})
def get_latest_comparison_page(project: ProjectDependency, application: ApplicationDependency) -> Response:
    """The newest comparison as a page with plots, confusions and mistaken images."""
    content = application.stored_comparisons.latest(project.id, ComparisonForm.HTML)
    return Response(content, media_type="text/html")
