"""Margin is killed during its work, people continue to label, and Margin starts again on the same folder."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import RETRAIN_AFTER
from tests.e2e.harness.connected_project import PATIENCE_SECONDS, POLL_SECONDS, ConnectedProject, connect_digits
from tests.e2e.harness.digits import digits
from tests.e2e.harness.label_studio_client import LabelStudioClient, choice
from tests.e2e.harness.margin_process import MarginProcess
from tests.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest.fixture
def own_margin(margin_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[MarginProcess]:
    process = MarginProcess(tmp_path_factory.mktemp("killed"), environment=margin_environment)
    process.start()
    yield process
    process.end()


def test_killed_in_the_middle_nothing_is_lost(people: LabelStudioClient, own_margin: MarginProcess) -> None:
    project = connect_digits(people, own_margin, digits("two", "three", "five", each=14), title="killed")
    project.annotate_next(RETRAIN_AFTER)
    wait_until(lambda: not own_margin.is_idle(project.margin_id), seconds=PATIENCE_SECONDS)

    own_margin.kill()
    label_while_margin_is_down(project)
    own_margin.start()

    truth = annotations_in_label_studio(project)
    wait_until(lambda: project.annotated_images() == truth, seconds=PATIENCE_SECONDS, every_seconds=POLL_SECONDS)
    project.wait_for_versions(1)
    project.settle()
    assert own_margin.output().count(str(own_margin.data)) >= 2
    assert_it_goes_on_learning(project)
    assert own_margin.stop() == 0


def label_while_margin_is_down(project: ConnectedProject) -> None:
    """Add six annotations, correct an earlier one and delete another, while Margin is down."""
    former = [task["annotations"][0]["id"] for task in project.people.tasks(project.id) if task["annotations"]]
    for label, task_ids in project.tasks_by_label().items():
        project.annotate(label, task_ids[:2])
    project.people.delete_annotation(former[0])
    project.people.change_annotation(former[1], choice("five"))


def annotations_in_label_studio(project: ConnectedProject) -> dict[str, list[str]]:
    """Return labels by image id, as Label Studio has them."""
    return {
        digit.image_id: task["annotations"][0]["result"][0]["value"]["choices"]
        for task in project.people.tasks(project.id)
        if task["annotations"] and (digit := project.digit_of(task)) is not None
    }


def assert_it_goes_on_learning(project: ConnectedProject) -> None:
    """Assert that the next version is trained on every annotation in Label Studio, and predicts the other images."""
    project.annotate_next(RETRAIN_AFTER)

    version = project.train()

    assert version["annotations"] == len(annotations_in_label_studio(project))
    unannotated = {task_id for task_ids in project.tasks_by_label().values() for task_id in task_ids}
    assert unannotated <= set(project.predicted())
