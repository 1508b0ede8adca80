"""Records versions as runs of an MLflow experiment; MLflow is an extra, imported when the first version is recorded."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ml.messages import first_line
from ml.warnings_filter import without_warnings
from service.domain.errors import TrackingFailed
from service.domain.projects.project import Project
from service.domain.training.version import Version

# Variables of MLflow, set unless the user set them: else it would send telemetry, and retry for a quarter of an hour
# when its server does not answer, while the worker could train the next version.
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
}
# The longest text that MLflow accepts.
LONGEST_TEXT = 5_000


class MlflowTracker:
    """Implements the ExperimentTracker port: one experiment per project, one run per version."""

    def __init__(self, url: str) -> None:
        self._url = url

    def record(self, project: Project, version: Version) -> None:
        """Record a version as a run.

        Raises: TrackingFailed.
        """
        for name, value in ENVIRONMENT.items():  # read when it is imported
            os.environ.setdefault(name, value)  # noqa: TID251  written for MLflow, not read
        with _named_errors(), without_warnings():
            # The import takes seconds, and only trainings that are tracked need it.
            from mlflow import MlflowClient  # noqa: PLC0415

            _record(MlflowClient(tracking_uri=self._url), project, version)


def _record(client: Any, project: Project, version: Version) -> None:
    from mlflow.entities import Metric, Param  # noqa: PLC0415

    at = round(version.created_at.timestamp() * 1000)
    run_id = client.create_run(
        _experiment(client, f"margin-{project.id}"),
        start_time=at,
        run_name=project.version_name(version.number),
        tags={"promoted": str(version.promoted).lower(), "reasons": "; ".join(version.reasons)[:LONGEST_TEXT]},
    ).info.run_id
    client.log_batch(
        run_id,
        metrics=[Metric(name, value, at, 0) for name, value in metrics_of(version).items()],
        params=[Param(name, str(value)[:LONGEST_TEXT]) for name, value in parameters_of(project, version).items()],
    )
    client.set_terminated(run_id, end_time=at)


def metrics_of(version: Version) -> dict[str, float]:
    """Return the plain numbers of the evaluation, and the number of annotations."""
    numbers = {
        name: float(value)
        for name, value in (version.evaluation or {}).items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }
    return {"annotations": float(version.annotations)} | numbers


def parameters_of(project: Project, version: Version) -> dict[str, object]:
    """Return what the version was made from."""
    return {
        "project": project.id,
        "version": version.number,
        "head": version.head,
        "encoder": version.encoder_key,
        "seed": project.seed,
        "coverage": project.coverage,
        "classes": len(version.labels),
        "labels": ", ".join(version.labels),
    }


def _experiment(client: Any, name: str) -> str:
    known = client.get_experiment_by_name(name)
    experiment_id: str = client.create_experiment(name) if known is None else known.experiment_id
    return experiment_id


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise TrackingFailed("MLflow is not installed: pip install 'margin[mlflow]'") from error
    except Exception as error:
        # Whatever fails in the tracker, the version is trained and saved.
        raise TrackingFailed(f"MLflow did not record the version: {first_line(error)}") from error
