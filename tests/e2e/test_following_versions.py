"""Label Studio follows the current version: for later tasks, and back to an older version."""

import pytest

from tests.e2e.harness.connected_project import PATIENCE_SECONDS, POLL_SECONDS, ConnectedProject, connect_digits
from tests.e2e.harness.digits import digits
from tests.e2e.harness.label_studio_client import LabelStudioClient
from tests.e2e.harness.margin_process import MarginProcess
from tests.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def project(people: LabelStudioClient, margin: MarginProcess) -> ConnectedProject:
    """Return a project with two versions."""
    project = connect_digits(people, margin, digits("six", "nine", each=8), title="versions")
    for _ in range(2):
        for label, task_ids in project.tasks_by_label().items():
            project.annotate(label, task_ids[:2])
        project.train()
    return project


def test_tasks_that_come_later_are_predicted_too(project: ConnectedProject) -> None:
    later = digits("six", "nine", each=2, skip=8)
    before = {task["id"] for task in project.people.tasks(project.id)}

    project.people.upload(project.id, {digit.file_name: digit.png for digit in later})

    new = {task["id"] for task in project.people.tasks(project.id)} - before
    assert len(new) == len(later)
    wait_until(lambda: new <= set(project.predicted()), seconds=PATIENCE_SECONDS, every_seconds=POLL_SECONDS)
    predicted = project.predicted()
    assert all(predicted[task_id] for task_id in new)


def test_rolling_back_makes_label_studio_follow_the_older_version(project: ConnectedProject) -> None:
    older = project.versions()[-1]

    project.margin.post(f"{project.path}/versions/{older['number']}/promote")
    project.settle()

    assert project.current_version() == older["name"]
    assert project.people.backend(project.backend_id)["model_version"] == older["name"]
    assert {each["model_version"] for each in project.people.predictions(project.id)} == {older["name"]}
