"""Contract of all experiment trackers: a version is found again with its parameters and metrics."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient

from service.adapters.mlflow_tracker import ENVIRONMENT, MlflowTracker
from service.ports import ExperimentTracker
from tests.contracts.storing import a_project, a_version
from tests.doubles.experiment_tracker import InMemoryExperimentTracker

# The name, the head and the metrics of a recorded version.
Found = tuple[str, str, dict[str, float]]
Tracked = tuple[ExperimentTracker, Callable[[], list[Found]]]
EVALUATED = a_version(2, evaluation={"accuracy": 0.75, "images": 8, "per_class": [], "note": "small", "shaky": True})


@pytest.fixture(params=["in memory", "mlflow"])
def tracked(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracked]:
    """Yield a tracker, and a function that lists its versions, oldest first."""
    if request.param == "in memory":
        tracker = InMemoryExperimentTracker()
        yield tracker, lambda: [found(tracker, place) for place in range(len(tracker.recorded))]
        return
    # MLflow allows file stores only with this variable; its databases take ten seconds to create.
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    url = (tmp_path / "runs").as_uri()
    yield MlflowTracker(url), lambda: found_in_mlflow(url)


def found(tracker: InMemoryExperimentTracker, place: int) -> Found:
    project, version = tracker.recorded[place]
    numbers = {"accuracy": 0.75, "images": 8.0} if version.evaluation else {}
    return project.version_name(version.number), version.head, {"annotations": float(version.annotations)} | numbers


def found_in_mlflow(url: str) -> list[Found]:
    client = MlflowClient(tracking_uri=url)
    experiment = client.get_experiment_by_name("margin-birds")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], order_by=["attributes.run_name"])
    return [(run.info.run_name, run.data.params["head"], run.data.metrics) for run in runs]


def test_versions_are_found_again_with_what_they_were_made_of_and_how_good_they_are(tracked: Tracked) -> None:
    tracker, read = tracked

    tracker.record(a_project(), a_version(1))
    tracker.record(a_project(), EVALUATED)

    assert read() == [
        ("margin-birds-v1", "softmax-regression", {"annotations": 12}),
        ("margin-birds-v2", "softmax-regression", {"annotations": 12, "accuracy": 0.75, "images": 8}),
    ]
