"""The label config changes while people label."""

import pytest

from tests.e2e.harness.connected_project import ConnectedProject, connect_digits
from tests.e2e.harness.digits import digits
from tests.e2e.harness.label_studio_client import LabelStudioClient, Region, choices_config
from tests.e2e.harness.margin_process import MarginProcess

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def project(people: LabelStudioClient, margin: MarginProcess) -> ConnectedProject:
    """Return a project with two classes in the label config and three among the images, trained on the two."""
    scans = digits("zero", "one", "four", each=10)
    project = connect_digits(people, margin, scans, title="label set", label_config=choices_config(["zero", "one"]))
    waiting = project.tasks_by_label()
    project.annotate("zero", waiting["zero"][:3])
    project.annotate("one", waiting["one"][:3])
    project.train()
    return project


def test_an_added_class_is_learned_and_then_predicted(project: ConnectedProject) -> None:
    fours = project.tasks_by_label()["four"]
    project.people.set_label_config(project.id, choices_config(["zero", "one", "four"]))

    project.annotate("four", fours[:4])
    version = project.train()

    assert version["labels"] == ["zero", "one", "four"]
    assert "four" in chosen(project, fours[4:])


def test_a_removed_class_keeps_its_annotations_and_is_never_predicted(project: ConnectedProject) -> None:
    project.people.set_label_config(project.id, choices_config(["zero", "four"]))

    version = project.train()

    assert "one" not in version["labels"]
    everything = [task_id for task_ids in project.tasks_by_label().values() for task_id in task_ids]
    assert set(chosen(project, everything)) == {"zero", "four"}
    assert list(project.annotated_images().values()).count(["one"]) == 3


def chosen(project: ConnectedProject, task_ids: list[int]) -> list[str]:
    """Return the predicted label of each task, as Label Studio stores it."""
    predicted: dict[int, list[Region]] = project.predicted()
    return [predicted[task_id][0]["value"]["choices"][0] for task_id in task_ids]
