"""Requests a comparison on a project from a running Margin, and waits for the result."""

import time
from collections.abc import Callable

from service.api.comparison import NewComparison
from service.cli.client.job_waiting import wait_for
from service.cli.client.margin_client import MarginClient, ServiceRefused
from service.domain.experiments.comparison_request import ComparisonRequest
from service.domain.job import Progress
from service.reports.comparison.record import ComparisonRecord
from service.reports.comparison.record_json import read_comparison_json


def compare_project(
    client: MarginClient,
    project_id: str,
    request: ComparisonRequest,
    *,
    progress: Progress,
    sleep: Callable[[float], None] = time.sleep,
) -> ComparisonRecord:
    """Queue a comparison, wait for it, and fetch its record.

    Raises: ServiceRefused, JobFailed.
    """
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
    wait_for(client, job, progress=progress, sleep=sleep)
    try:
        return read_comparison_json(client.latest_comparison(project_id))
    except ValueError as error:
        raise ServiceRefused(
            "the service sends comparisons in another form: use the same version of margin as the service"
        ) from error
