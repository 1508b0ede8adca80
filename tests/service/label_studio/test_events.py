"""Reading recorded and malformed webhook bodies."""

import json
from pathlib import Path
from typing import Any

import pytest

from service.domain.errors import InvalidInput
from service.label_studio.events import (
    AnnotationsChanged,
    AnnotationsDeleted,
    IgnoredEvent,
    ProjectUpdated,
    StartTraining,
    TasksCreated,
    TasksDeleted,
    parse_event,
    project_key,
    read_task,
)

RECORDINGS = Path(__file__).parents[2] / "recordings"
WEBHOOKS = sorted(path.name for path in RECORDINGS.glob("*-webhook-*.json"))
PROJECT = {"id": 1, "created_at": "2026-11-21T21:28:01.423689Z", "title": "scenes", "label_config": "<View/>"}
ANNOTATION = {"id": 9, "task": 5, "result": [], "updated_at": "2026-11-21T21:30:00Z", "completed_by": 3}


def body(name: str) -> Any:
    return json.loads((RECORDINGS / name).read_text())["request"]["body"]


@pytest.mark.parametrize("name", WEBHOOKS)
def test_every_recorded_event_is_understood(name: str) -> None:
    event = parse_event(body(name))

    assert not isinstance(event, IgnoredEvent)
    assert event.project is not None
    assert event.project.label_config.startswith("<View>")


def test_a_created_annotation_comes_with_its_task() -> None:
    event = parse_event(body("20-webhook-ANNOTATION_CREATED.json"))

    assert isinstance(event, AnnotationsChanged)
    (annotation,) = event.annotations
    assert (annotation.id, annotation.task_id, annotation.annotator) == (1, 5, "1")
    assert annotation.result[0]["value"] == {"choices": ["Coast"]}
    assert not annotation.was_cancelled
    assert annotation.updated_at.isoformat() == "2026-11-21T21:29:58.156266+00:00"
    assert event.tasks[0].data == {"image": "/data/upload/1/f0fcf002-Coast_image_0002.jpg"}


def test_a_skipped_annotation_says_so() -> None:
    event = parse_event(body("21-webhook-ANNOTATION_CREATED-skipped.json"))

    assert isinstance(event, AnnotationsChanged)
    assert event.annotations[0].was_cancelled


def test_annotations_made_from_predictions_come_in_lists() -> None:
    event = parse_event(body("24-webhook-ANNOTATIONS_CREATED.json"))

    assert isinstance(event, AnnotationsChanged)
    assert [annotation.id for annotation in event.annotations] == [6, 7]
    assert [task.id for task in event.tasks] == [14, 15]


def test_deletions_have_only_ids() -> None:
    annotations = parse_event(body("23-webhook-ANNOTATIONS_DELETED.json"))
    tasks = parse_event(body("26-webhook-TASKS_DELETED.json"))

    assert isinstance(annotations, AnnotationsDeleted)
    assert annotations.annotation_ids == (1,)
    assert isinstance(tasks, TasksDeleted)
    assert tasks.task_ids == (10,)


def test_created_tasks_are_listed() -> None:
    event = parse_event(body("25-webhook-TASKS_CREATED.json"))

    assert isinstance(event, TasksCreated)
    assert [task.id for task in event.tasks] == [4, 5]


def test_project_and_training_events_name_the_project() -> None:
    updated = parse_event(body("27-webhook-PROJECT_UPDATED.json"))
    training = parse_event(body("28-webhook-START_TRAINING.json"))

    assert isinstance(updated, ProjectUpdated)
    assert "Office" in updated.project.label_config
    assert isinstance(training, StartTraining)
    assert training.project.title == "renamed"


def test_an_event_names_its_project_as_setup_does() -> None:
    event = parse_event(body("20-webhook-ANNOTATION_CREATED.json"))

    assert event.project is not None
    assert event.project.key == body("02-setup.json")["project"]


def test_the_key_cuts_fractions_off_and_minds_the_zone() -> None:
    assert project_key({"id": 1, "created_at": "2026-11-21T22:28:01.999999+01:00"}) == "1.1795296481"


@pytest.mark.parametrize("action", ["REVIEW_CREATED", "PROJECT_CREATED", ""])
def test_other_actions_are_ignored_by_name(action: str) -> None:
    event = parse_event({"action": action})

    assert event == IgnoredEvent(action=action, project=None)


def test_an_annotation_may_come_without_its_task() -> None:
    event = parse_event({"action": "ANNOTATION_UPDATED", "project": PROJECT, "annotation": ANNOTATION})

    assert isinstance(event, AnnotationsChanged)
    assert event.tasks == ()


@pytest.mark.parametrize(
    ("completed_by", "annotator"), [(7, "7"), ({"id": 7, "email": "a@b.c"}, "7"), (None, "unknown")]
)
def test_the_annotator_is_a_user_id(completed_by: object, annotator: str) -> None:
    event = parse_event(
        {"action": "ANNOTATION_CREATED", "project": PROJECT, "annotation": {**ANNOTATION, "completed_by": completed_by}}
    )

    assert isinstance(event, AnnotationsChanged)
    assert event.annotations[0].annotator == annotator


def test_a_task_brings_its_annotations() -> None:
    task = read_task({"id": 5, "data": {}, "annotations": [{k: v for k, v in ANNOTATION.items() if k != "task"}]})

    assert [annotation.task_id for annotation in task.annotations] == [5]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (None, "body"),
        ([], "body"),
        ({}, "'action'"),
        ({"action": 3}, "'action'"),
        ({"action": "PROJECT_UPDATED"}, "'project'"),
        ({"action": "PROJECT_UPDATED", "project": {**PROJECT, "id": "1"}}, "'id'"),
        ({"action": "PROJECT_UPDATED", "project": {**PROJECT, "id": True}}, "'id'"),
        ({"action": "PROJECT_UPDATED", "project": {**PROJECT, "created_at": "yesterday"}}, "'created_at'"),
        ({"action": "PROJECT_UPDATED", "project": {**PROJECT, "created_at": "2026-11-21T21:28:01"}}, "'created_at'"),
        (
            {"action": "PROJECT_UPDATED", "project": {**PROJECT, "created_at": "9999-12-31T23:59:59-10:00"}},
            "'created_at'",
        ),
        ({"action": "PROJECT_UPDATED", "project": {**PROJECT, "label_config": None}}, "'label_config'"),
        ({"action": "ANNOTATION_CREATED", "project": PROJECT}, "'annotation'"),
        ({"action": "ANNOTATION_CREATED", "project": PROJECT, "annotation": [3]}, "annotation"),
        ({"action": "ANNOTATION_CREATED", "project": PROJECT, "annotation": {**ANNOTATION, "result": 3}}, "'result'"),
        ({"action": "ANNOTATION_CREATED", "project": PROJECT, "annotation": {**ANNOTATION, "result": [3]}}, "'result'"),
        ({"action": "ANNOTATION_CREATED", "project": PROJECT, "annotation": {**ANNOTATION, "task": None}}, "'task'"),
        ({"action": "ANNOTATION_CREATED", "project": PROJECT, "annotation": ANNOTATION, "task": {"id": 1}}, "'data'"),
        ({"action": "ANNOTATIONS_DELETED", "project": PROJECT, "annotations": [{}]}, "'id'"),
        ({"action": "TASKS_DELETED", "project": PROJECT, "tasks": "all"}, "'tasks'"),
    ],
)
def test_a_malformed_body_is_refused_by_the_name_of_its_key(wrong: object, named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        parse_event(wrong)
