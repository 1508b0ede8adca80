"""Tasks and annotations whose events were missed are read from Label Studio's own list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from service.domain.annotations.annotation import Annotation
from service.domain.errors import LabelStudioError
from service.domain.job import JobKind
from service.domain.label_studio import LabelStudioAnnotation, LabelStudioBackend, LabelStudioProject, LabelStudioTask
from service.domain.projects.project import LabelStudioLink, RetrainingRule
from service.label_studio.events import project_key_at
from tests.contracts.storing import NOON, after_noon
from tests.service.assembled import World, no_progress

LABEL_STUDIO_ID = 7
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
CONFIG = (
    '<View><Image name="image" value="$image"/><Choices name="c" toName="image">'
    '<Choice value="red"/><Choice value="green"/></Choices></View>'
)


@pytest.fixture
def world() -> World:
    """Two tasks in Label Studio, the first annotated; Margin knows neither of them."""
    world = World()
    link = LabelStudioLink(
        key=project_key_at(LABEL_STUDIO_ID, CREATED), project_id=LABEL_STUDIO_ID, hostname="", label_config=CONFIG
    )
    world.add_project(label_studio=link, retraining=RetrainingRule(after_annotations=1))
    world.label_studio.add_project(
        LabelStudioProject(
            id=LABEL_STUDIO_ID,
            title="Birds",
            label_config=CONFIG,
            sampling="Sequential sampling",
            model_version=None,
            created_at=CREATED,
        )
    )
    world.label_studio.connect(
        LABEL_STUDIO_ID,
        LabelStudioBackend(id=1, url="http://margin:9090", title="Margin", model_version="margin-birds-v0", state="CO"),
    )
    for task_id in (1, 2):
        task = LabelStudioTask(id=task_id, data={"image": f"/{task_id}.png"}, annotations=())
        world.label_studio.add_task(LABEL_STUDIO_ID, task)
    world.label_studio.annotate(LABEL_STUDIO_ID, an_answer(11, 1, "red"))
    return world


def an_answer(annotation_id: int, task_id: int, *labels: str, **changes: Any) -> LabelStudioAnnotation:
    region = {"from_name": "c", "to_name": "image", "type": "choices", "value": {"choices": list(labels)}}
    values: dict[str, Any] = {
        "id": annotation_id,
        "task_id": task_id,
        "result": [region] if labels else [],
        "was_cancelled": not labels,
        "annotator": "1",
        "updated_at": NOON,
    }
    return LabelStudioAnnotation(**(values | changes))


def reconcile(world: World) -> dict[str, Any]:
    return world.application.label_studio.reconcile.reconcile("birds", progress=no_progress)


def kept(world: World) -> list[Annotation]:
    """List the annotations that count, after the images of their tasks were fetched."""
    sources: Sequence[Any] = world.stores.images.unresolved_sources("birds", after=0, limit=100)
    for source in sources:
        world.stores.images.add_image("birds", f"image {source.task_id}", source_id=source.id)
    found = (world.stores.annotations.of_image("birds", f"image {task_id}") for task_id in (1, 2))
    return [annotation for annotations in found for annotation in annotations]


def test_a_missed_annotation_comes_in(world: World) -> None:
    outcome = reconcile(world)

    assert (outcome["tasks"], outcome["changed"], outcome["removed"]) == (2, 1, 0)
    assert [annotation.labels for annotation in kept(world)] == [("red",)]


def test_a_missed_change_comes_in(world: World) -> None:
    reconcile(world)
    world.label_studio.annotate(LABEL_STUDIO_ID, an_answer(11, 1, "green", updated_at=after_noon(60)))

    assert reconcile(world)["changed"] == 1
    assert [annotation.labels for annotation in kept(world)] == [("green",)]


def test_a_missed_skip_comes_in_and_trains_nothing(world: World) -> None:
    world.label_studio.annotate(LABEL_STUDIO_ID, an_answer(12, 2))

    reconcile(world)

    assert [annotation.state for annotation in kept(world)] == ["usable", "skipped"]


def test_a_deleted_annotation_goes(world: World) -> None:
    reconcile(world)
    task = LabelStudioTask(id=1, data={"image": "/1.png"}, annotations=())
    world.label_studio.add_task(LABEL_STUDIO_ID, task)

    outcome = reconcile(world)

    assert outcome["removed"] == 1
    assert kept(world) == []


def test_a_removed_task_leaves_the_pool(world: World) -> None:
    reconcile(world)
    kept(world)
    world.label_studio.delete_task(LABEL_STUDIO_ID, 2)

    reconcile(world)

    assert world.stores.images.task_ids("birds") == {1}
    assert world.stores.images.pool("birds") == []


def test_what_nothing_was_missed_of_changes_nothing(world: World) -> None:
    reconcile(world)
    before = world.stores.annotations.tally("birds", since_revision=0).revision

    outcome = reconcile(world)

    assert (outcome["changed"], outcome["removed"], outcome["repaired"]) == (0, 0, [])
    assert world.stores.annotations.tally("birds", since_revision=0).revision == before


def test_annotations_over_http_are_none_of_label_studios(world: World) -> None:
    reconcile(world)
    kept(world)
    world.annotate("image 2", "green")

    reconcile(world)

    assert [annotation.labels for annotation in kept(world)] == [("red",), ("green",)]


def test_images_are_prepared_and_training_considered(world: World) -> None:
    reconcile(world)

    assert set(world.queued()) == {JobKind.EMBED, JobKind.TRAIN}


def test_the_webhook_and_the_order_are_mended(world: World) -> None:
    (webhook,) = world.label_studio.webhooks(LABEL_STUDIO_ID)
    world.label_studio.save_webhook(LABEL_STUDIO_ID, replace(webhook, is_active=False))

    outcome = reconcile(world)

    assert len(outcome["repaired"]) == 2
    (mended,) = world.label_studio.webhooks(LABEL_STUDIO_ID)
    assert mended.is_active
    assert world.label_studio.project(LABEL_STUDIO_ID).sampling == "Uncertainty sampling"


def test_a_task_without_an_image_stops_nobody(world: World) -> None:
    world.label_studio.add_task(LABEL_STUDIO_ID, LabelStudioTask(id=3, data={"text": "hello"}, annotations=()))
    world.label_studio.annotate(LABEL_STUDIO_ID, an_answer(13, 3, "red"))

    outcome = reconcile(world)

    assert (outcome["tasks"], outcome["changed"]) == (3, 1)


def test_a_project_without_label_studio_has_nothing_to_do(world: World) -> None:
    world.add_project("fish")

    outcome = world.application.label_studio.reconcile.reconcile("fish", progress=no_progress)

    assert outcome == {"tasks": 0, "changed": 0, "removed": 0, "repaired": []}


def test_labels_come_back_when_a_list_that_lacked_them_is_whole_again(world: World) -> None:
    reconcile(world)
    whole = world.label_studio.tasks(LABEL_STUDIO_ID)
    tasks = list(whole)
    world.label_studio.add_task(LABEL_STUDIO_ID, replace(tasks[0], annotations=()))
    reconcile(world)

    world.label_studio.add_task(LABEL_STUDIO_ID, tasks[0])
    outcome = reconcile(world)

    assert outcome["changed"] == 1
    assert [annotation.labels for annotation in kept(world)] == [("red",)]


def test_a_label_studio_made_anew_takes_no_labels_away(world: World) -> None:
    reconcile(world)
    again = replace(world.label_studio.project(LABEL_STUDIO_ID), created_at=datetime(2026, 2, 2, tzinfo=UTC))
    world.label_studio.add_project(again)

    with pytest.raises(LabelStudioError, match="created again"):
        reconcile(world)

    assert [annotation.labels for annotation in kept(world)] == [("red",)]
