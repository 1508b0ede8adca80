"""Has a running Margin compare heads on a project, and waits for what comes of it."""

import time
from collections.abc import Callable

from service.cli.margin_client import MarginClient, ServiceRefused
from service.domain.comparison_request import ComparisonRequest
from service.domain.errors import MarginError
from service.domain.job import JobState
from service.http.routes.comparisons import NewComparison
from service.http.views.job import JobView
from service.ports import Progress
from service.reports.comparison_report import ComparisonReport, from_json
from service.usecases.stored_comparisons import ComparisonForm

POLL_SECONDS = 0.5
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


class ComparisonFailed(MarginError):
    """The job ended without a comparison; the message says why."""


def compare_project(
    client: MarginClient,
    project_id: str,
    request: ComparisonRequest,
    *,
    progress: Progress,
    sleep: Callable[[float], None] = time.sleep,
) -> ComparisonReport:
    """Raises: ServiceRefused, ComparisonFailed."""
    job = client.compare(
        project_id,
        NewComparison(
            heads=list(request.heads),
            encoders=list(request.encoders),
            labels_per_class=["all" if size is None else size for size in request.labels_per_class],
            repeats=request.repeats,
            seed=request.seed,
        ),
    )
    _wait(client, job, progress, sleep)
    try:
        return from_json(client.comparison(project_id, ComparisonForm.JSON))
    except ValueError as error:
        raise ServiceRefused("what answers sends comparisons of another form: use its own version of margin") from error


def _wait(client: MarginClient, job: JobView, progress: Progress, sleep: Callable[[float], None]) -> None:
    while job.state in UNDER_WAY:
        progress(job.progress, job.message or f"the job {job.id} is {job.state}")
        sleep(POLL_SECONDS)
        job = client.job(job.id)
    if job.state != JobState.FINISHED:
        raise ComparisonFailed(f"the job {job.id} {job.state}: {job.error or 'somebody stopped it'}")
