"""Margin follows annotations that people delete, skip or correct in Label Studio."""

from dataclasses import dataclass

import pytest

from tests.e2e.harness.connected_project import ConnectedProject, connect_digits
from tests.e2e.harness.digits import digits
from tests.e2e.harness.label_studio_client import LabelStudioClient, choice
from tests.e2e.harness.margin_process import MarginProcess
from tests.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A trained project with one skipped, one deleted and one corrected annotation, by image id."""

    project: ConnectedProject
    skipped: str
    deleted: str
    corrected: str


@pytest.fixture(scope="module")
def changed(people: LabelStudioClient, margin: MarginProcess) -> Changed:
    """Make six annotations, delete one and correct a wrong one, and skip a task."""
    project = connect_digits(people, margin, digits("zero", "one", each=8), title="changes")
    waiting = project.tasks_by_label()
    zeros, ones = waiting["zero"], waiting["one"]
    project.annotate("zero", zeros[:3])
    [deleted] = project.annotate("one", ones[:1])
    [corrected] = project.annotate("zero", ones[1:2])
    project.annotate("one", ones[2:3])
    people.skip(zeros[3])
    people.delete_annotation(deleted)
    people.change_annotation(corrected, choice("one"))
    image_of = {task["id"]: digit.image_id for task in people.tasks(project.id) if (digit := project.digit_of(task))}
    project.train()
    return Changed(project=project, skipped=image_of[zeros[3]], deleted=image_of[ones[0]], corrected=image_of[ones[1]])


def test_a_skipped_annotation_is_kept_and_trains_nothing(changed: Changed) -> None:
    image = changed.project.margin.get(f"{changed.project.path}/images/{changed.skipped}")

    assert image["state"] == "skipped"
    assert [annotation["state"] for annotation in image["annotations"]] == ["skipped"]


def test_a_deleted_annotation_gives_its_image_back_to_the_pool(changed: Changed) -> None:
    image = changed.project.margin.get(f"{changed.project.path}/images/{changed.deleted}")

    assert image["state"] == "pool"


def test_a_corrected_annotation_changes_the_label(changed: Changed) -> None:
    assert changed.project.annotated_images()[changed.corrected] == ["one"]


def test_only_annotations_that_stand_are_counted_in_the_version(changed: Changed) -> None:
    assert changed.project.versions()[0]["annotations"] == 5


def test_a_deleted_task_leaves_the_project(changed: Changed) -> None:
    project = changed.project
    task_id = project.tasks_by_label()["one"][-1]
    before = len(project.margin.images(project.margin_id))

    project.people.delete_task(task_id)

    wait_until(lambda: len(project.margin.images(project.margin_id)) == before - 1, seconds=60, every_seconds=0.3)
