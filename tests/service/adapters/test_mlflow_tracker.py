"""Records versions in MLflow, and reports failures in one sentence."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from service.adapters.mlflow_tracker import ENVIRONMENT, LONGEST_TEXT, MlflowTracker
from service.domain.errors import TrackingFailed
from tests.contracts.storing import a_project, a_version

ROOT = Path(__file__).parents[3]
NOBODY = "http://127.0.0.1:1"
# Without the variables by which MLflow detects a test, because then it sends no telemetry anyway.
REPORTS = """
from service.adapters.mlflow_tracker import MlflowTracker
from service.domain.errors import TrackingFailed
from tests.contracts.storing import a_project, a_version
try:
    MlflowTracker("http://127.0.0.1:1").record(a_project(), a_version(1))
except TrackingFailed:
    from mlflow.telemetry import get_telemetry_client
    print(get_telemetry_client())
"""


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of a file store, which MLflow allows only with this variable."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return (tmp_path / "runs").as_uri()


def the_run(url: str) -> Any:
    client = MlflowClient(tracking_uri=url)
    experiment = client.get_experiment_by_name("margin-birds")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    return run


def test_a_run_tells_what_the_version_was_made_of(url: str) -> None:
    MlflowTracker(url).record(a_project(seed=7), a_version(3, promoted=False, reasons=("worse", "by far")))

    run = the_run(url)
    assert run.data.params == {
        "project": "birds",
        "version": "3",
        "head": "softmax-regression",
        "encoder": "tiny-1",
        "seed": "7",
        "coverage": "0.9",
        "classes": "2",
        "labels": "owl, jay",
    }
    assert (run.data.tags["promoted"], run.data.tags["reasons"]) == ("false", "worse; by far")
    assert run.info.status == "FINISHED"


def test_numbers_that_are_none_are_left_out(url: str) -> None:
    MlflowTracker(url).record(a_project(), a_version(1, evaluation={"alpha": float("nan"), "log_loss": 0.5}))

    assert the_run(url).data.metrics == {"annotations": 12, "log_loss": 0.5}


def test_a_label_set_of_any_length_is_taken(url: str) -> None:
    MlflowTracker(url).record(a_project(), a_version(1, labels=tuple(f"label {number}" for number in range(2_000))))

    run = the_run(url)
    assert run.data.params["classes"] == "2000"
    assert len(run.data.params["labels"]) == LONGEST_TEXT


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("nowhere", [NOBODY, "nosuch://store"])
def test_a_tracker_that_does_not_answer_is_told_in_one_sentence(nowhere: str) -> None:
    with pytest.raises(TrackingFailed, match="MLflow did not record the version: ") as failed:
        MlflowTracker(nowhere).record(a_project(), a_version(1))

    assert "\n" not in str(failed.value)


def test_nothing_is_reported_to_the_makers_of_mlflow() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", REPORTS], env={"PYTHONPATH": str(ROOT)}, check=True, capture_output=True, text=True
    )

    assert ran.stdout == "None\n"
