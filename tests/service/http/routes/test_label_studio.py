"""Answers to recorded requests of a real Label Studio."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ml.classifier.saved_version import HEAD_TENSORS
from service.domain.annotations.annotation import Annotation
from service.domain.artifact_keys import version_key
from service.domain.images.image import ImageState
from service.domain.job import JobKind
from service.domain.projects.project import Project
from service.http.app import PREDICT_THREADS
from tests.service.assembled import World, a_png, png
from tests.service.colour_encoder import mixed
from tests.service.http.serving import problem_of, serve
from tests.validation import validate_predictions
from tests.waiting import wait_until

RECORDINGS = Path(__file__).parents[3] / "recordings"
PREDICTS = sorted(path.name for path in RECORDINGS.glob("*-predict-*.json"))
WEBHOOKS = sorted(path.name for path in RECORDINGS.glob("*-webhook-*.json"))
CREATED, SKIPPED = "20-webhook-ANNOTATION_CREATED.json", "21-webhook-ANNOTATION_CREATED-skipped.json"
UPDATED, DELETED = "22-webhook-ANNOTATION_UPDATED.json", "23-webhook-ANNOTATIONS_DELETED.json"
TASKS_CREATED, TASKS_DELETED = "25-webhook-TASKS_CREATED.json", "26-webhook-TASKS_DELETED.json"
PROJECT_UPDATED, START_TRAINING = "27-webhook-PROJECT_UPDATED.json", "28-webhook-START_TRAINING.json"
SETUP, BATCH = "02-setup.json", "05-predict-batch.json"
TOKEN = "0123456789abcdef0123456789abcdef01234567"
# One colour per label, in label-set order.
SHOWN = ("blue", "green", "red")


@pytest.fixture
def world() -> World:
    return World()


def recorded(name: str) -> Any:
    return json.loads((RECORDINGS / name).read_text())["request"]["body"]


def tell(client: TestClient, name: str) -> Any:
    return client.post("/webhook", json=recorded(name))


def set_up(client: TestClient, body: dict[str, Any]) -> str:
    """Send /setup for the project of a /predict body. Returns: the version in the answer."""
    asked = {"project": body["project"], "schema": body["label_config"], "hostname": "http://ls", "access_token": TOKEN}
    answer = client.post("/setup", json=asked)
    assert answer.status_code == 200
    version: str = answer.json()["model_version"]
    return version


def train(world: World, body: dict[str, Any]) -> Project:
    """Train the first version for the project of a /predict body."""
    project_id = f"label-studio-{body['project'].partition('.')[0]}"
    for label, colour in zip(world.project(project_id).active_labels, SHOWN, strict=False):
        for image_id in world.upload(*(a_png(colour, seed) for seed in range(6)), project_id=project_id):
            world.annotate(image_id, label, project_id=project_id)
    assert world.train(project_id)["promoted"]
    return world.project(project_id)


def abstain_below(project: Project, probability: float, world: World) -> None:
    world.application.projects.change_projects.change(project, abstain_below=probability)


def shelve(world: World, body: dict[str, Any]) -> None:
    """Give every task of a /predict body an image of the first label."""
    for place, task in enumerate(body["tasks"]):
        world.fetcher.shelf[task["data"]["image"]] = a_png(SHOWN[0], 100 + place)


def the_annotations(world: World) -> list[Annotation]:
    """Return the annotations of the first project that are not deleted."""
    sources = world.stores.images.unresolved_sources("label-studio-1", after=0, limit=100)
    for source in sources:
        world.stores.images.add_image("label-studio-1", f"image of task {source.task_id}", source_id=source.id)
    ids = [f"image of task {task_id}" for task_id in sorted(world.stores.images.task_ids("label-studio-1"))]
    return [a for image_id in ids for a in world.stores.annotations.of_image("label-studio-1", image_id)]


@pytest.mark.parametrize("path", ["/", "/health"])
def test_it_is_up(path: str, client: TestClient) -> None:
    assert client.get(path).json() == {"status": "UP", "model_class": "Margin"}


def test_setup_mirrors_the_project_and_reconciles_it_once(world: World, client: TestClient) -> None:
    first, second = (client.post("/setup", json=recorded(SETUP)) for _ in range(2))

    assert first.json() == second.json() == {"model_version": "margin-label-studio-1-v0"}
    assert world.project("label-studio-1").active_labels == ("Coast", "Forest", "Highway")
    assert world.queued() == [JobKind.RECONCILE]


def test_setup_answers_while_redis_is_gone(world: World, client: TestClient) -> None:
    world.queue.available = False

    assert client.post("/setup", json=recorded(SETUP)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"project": None},
        {"project": "one"},
        {"project": "9" * 5000},
        {"project": "1.1795296481.2"},
        {"schema": None},
        {"schema": 5},
        {"schema": "<View/>"},
        {"schema": '<View><Image name="image" value="$image"/></View>'},
        {"schema": "<View"},
        {"schema": ""},
        {"schema": '<!DOCTYPE x [<!ENTITY a "b">]><View/>'},
    ],
)
def test_a_setup_that_cannot_be_served_is_refused(change: dict[str, Any], world: World, client: TestClient) -> None:
    assert problem_of(client.post("/setup", json=recorded(SETUP) | change), 422)
    assert world.stores.projects.page(after=None, limit=1) == []


@pytest.mark.parametrize("name", PREDICTS)
def test_before_the_first_version_every_task_gets_an_empty_answer_that_comes_last(
    name: str, client: TestClient
) -> None:
    body = recorded(name)
    version = set_up(client, body)

    answer = client.post("/predict", json=body).json()

    assert version
    assert answer["model_version"] == version
    assert answer["results"] == [{"result": [], "score": 1.0, "model_version": version}] * len(body["tasks"])


def test_before_the_first_version_images_are_prepared_in_the_background(world: World, client: TestClient) -> None:
    client.post("/predict", json=recorded(BATCH))

    assert world.queued() == [JobKind.EMBED]
    assert world.stores.images.task_ids("label-studio-1") == {task["id"] for task in recorded(BATCH)["tasks"]}


@pytest.mark.parametrize("name", PREDICTS)
def test_answers_are_what_label_studio_can_store(name: str, world: World, client: TestClient) -> None:
    body = recorded(name)
    set_up(client, body)
    project = train(world, body)
    shelve(world, body)

    version = set_up(client, body)
    answer = client.post("/predict", json=body).json()

    assert answer["model_version"] == version == project.version_name(1)
    assert len(answer["results"]) == len(body["tasks"])
    assert validate_predictions(body["label_config"], answer["results"]) == []
    for result in answer["results"]:
        (region,) = result["result"]
        (value,) = region["value"][region["type"]]
        assert "/".join(value if isinstance(value, list) else [value]) == project.active_labels[0]
        assert 0 <= result["score"] <= 1
        assert 0 <= region["score"] <= 1


def test_an_image_that_nothing_is_sure_of_is_left_to_the_annotator_and_comes_before_others(
    world: World, client: TestClient
) -> None:
    body = recorded(BATCH)
    set_up(client, body)
    abstain_below(train(world, body), 0.9, world)
    doubtful, clear = (task["data"]["image"] for task in body["tasks"][:2])
    world.fetcher.shelf |= {doubtful: png(mixed("blue", "red")), clear: a_png("blue", 100)}

    first, second, *_ = client.post("/predict", json=body).json()["results"]

    assert first["result"] == []
    assert second["result"]
    assert 0 <= first["score"] < second["score"]


def test_where_it_is_sure_of_a_branch_of_the_taxonomy_only_that_is_filled_in(world: World, client: TestClient) -> None:
    body = recorded("08-predict-taxonomy.json")
    set_up(client, body)
    abstain_below(train(world, body), 0.8, world)
    world.fetcher.shelf[body["tasks"][0]["data"]["image"]] = png(mixed("blue", "green"))

    (result,) = client.post("/predict", json=body).json()["results"]

    assert result["result"][0]["value"] == {"taxonomy": [["Nature"]]}
    assert result["result"][0]["score"] >= 0.8
    assert validate_predictions(body["label_config"], [result]) == []


def test_an_image_that_was_picked_keeps_its_place_and_reason_when_asked_live(world: World, client: TestClient) -> None:
    body = recorded(BATCH)
    set_up(client, body)
    project = train(world, body)
    world.application.projects.change_projects.change(project, strategy="margin(random_share=1)")
    shelve(world, body)
    client.post("/predict", json=body)
    world.rank(project.id)
    world.rank(project.id, strategy_name="entropy")

    results = client.post("/predict", json=body).json()["results"]

    ranked = world.stores.rankings.latest_own(project.id, version=1, limit=10).images
    assert sorted(result["score"] for result in results) == [1 - image.worth for image in ranked]
    assert min(image.worth for image in ranked) > 0.5
    assert all("; chosen at random" in result["result"][0]["meta"]["text"][0] for result in results)
    assert validate_predictions(body["label_config"], results) == []


def test_an_image_that_no_ranking_has_seen_is_judged_alone_and_not_asked_for(world: World, client: TestClient) -> None:
    body = recorded("04-predict-one-task.json")
    set_up(client, body)
    project = train(world, body)
    world.rank(project.id)
    shelve(world, body)

    (result,) = client.post("/predict", json=body).json()["results"]

    assert ";" not in result["result"][0]["meta"]["text"][0]
    assert 0 <= result["score"] <= 1


def test_images_that_no_ranking_has_seen_come_in_random_order_where_random_is_asked_for(
    world: World, client: TestClient
) -> None:
    body = recorded(BATCH)
    set_up(client, body)
    project = train(world, body)
    world.application.projects.change_projects.change(project, strategy="random")
    shelve(world, body)

    first, again = (client.post("/predict", json=body).json()["results"] for _ in range(2))

    scores = [result["score"] for result in first]
    assert len(set(scores)) == len(scores) > 1
    assert [result["score"] for result in again] == scores


def test_of_two_choices_the_first_is_served(world: World, client: TestClient) -> None:
    body = recorded("10-predict-two-choices.json")
    set_up(client, body)
    train(world, body)
    shelve(world, body)

    (result,) = client.post("/predict", json=body).json()["results"]

    assert [region["from_name"] for region in result["result"]] == ["scene"]


@pytest.mark.parametrize("nothing", [{"text": "no image here"}, {"image": 5}, {}, None])
def test_a_task_without_an_address_gets_an_empty_answer_and_the_others_are_answered(
    nothing: dict[str, Any] | None, world: World, client: TestClient
) -> None:
    body = recorded(BATCH)
    set_up(client, body)
    train(world, body)
    shelve(world, body)
    body["tasks"][0]["data"] = nothing

    first, second = client.post("/predict", json=body).json()["results"]

    assert (first["result"], first["score"]) == ([], 1.0)
    assert second["result"]


@pytest.mark.parametrize("content", [b"<html>log in</html>", b"", a_png()[:50]])
def test_an_unreadable_image_gets_an_empty_answer_and_the_others_are_answered(
    content: bytes, world: World, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    body = recorded(BATCH)
    set_up(client, body)
    train(world, body)
    shelve(world, body)
    world.fetcher.shelf[body["tasks"][0]["data"]["image"]] = content

    first, second = client.post("/predict", json=body).json()["results"]

    assert (first["result"], first["score"]) == ([], 1.0)
    assert second["result"]
    assert f"task {body['tasks'][0]['id']} of label-studio-1" in caplog.text
    assert world.stores.images.count("label-studio-1")[ImageState.UNREADABLE] == 1


def test_an_image_that_cannot_be_fetched_gets_an_empty_answer_and_its_source_says_why(
    world: World, client: TestClient
) -> None:
    body = recorded("04-predict-one-task.json")
    set_up(client, body)
    train(world, body)

    (result,) = client.post("/predict", json=body).json()["results"]

    (source,) = world.stores.images.unresolved_sources("label-studio-1", after=0, limit=10)
    assert (result["result"], result["score"]) == ([], 1.0)
    assert "404" in str(source.error)


def test_images_that_are_late_get_an_empty_answer_and_are_prepared_for_later() -> None:
    world = World(label_studio_predict_seconds=1e-9)
    body = recorded(BATCH)
    with serve(world) as client:
        set_up(client, body)
        train(world, body)
        shelve(world, body)
        world.drop(JobKind.RECONCILE, JobKind.RANK)

        answer = client.post("/predict", json=body).json()

    assert [result["result"] for result in answer["results"]] == [[], []]
    assert world.queued() == [JobKind.RANK]


def test_what_is_in_the_cache_is_answered_however_late() -> None:
    world = World(label_studio_predict_seconds=1e-9)
    body = recorded(BATCH)
    with serve(world) as client:
        set_up(client, body)
        train(world, body)
        shelve(world, body)
        client.post("/predict", json=body)
        world.embed("label-studio-1")

        answer = client.post("/predict", json=body).json()

    assert all(result["result"] for result in answer["results"])


def test_an_image_is_fetched_and_encoded_once_for_many_predictions(world: World, client: TestClient) -> None:
    body = recorded("04-predict-one-task.json")
    set_up(client, body)
    train(world, body)
    shelve(world, body)
    before = world.encoder.encoded

    answers = [client.post("/predict", json=body).json() for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert world.encoder.encoded == before + 1


def test_a_whole_project_in_one_request_is_answered_in_order(world: World, client: TestClient) -> None:
    body = recorded("04-predict-one-task.json")
    set_up(client, body)
    project = train(world, body)
    body["tasks"] = [{"id": 1000 - place, "data": {"image": f"/{place}.png"}} for place in range(120)]
    for place in range(120):
        world.fetcher.shelf[f"/{place}.png"] = a_png(SHOWN[place % 3], 1000 + place)

    results = client.post("/predict", json=body).json()["results"]

    chosen = [result["result"][0]["value"]["choices"][0] for result in results]
    assert chosen == [project.active_labels[place % 3] for place in range(120)]


@pytest.mark.parametrize(
    "change",
    [
        {"tasks": None},
        {"tasks": [{}]},
        {"tasks": [{"id": "four", "data": {}}]},
        {"tasks": [{"id": 10**30, "data": {}}]},
        {"project": 1},
        {"label_config": None},
    ],
)
def test_a_predict_that_makes_no_sense_is_refused(change: dict[str, Any], client: TestClient) -> None:
    assert problem_of(client.post("/predict", json=recorded(BATCH) | change), 422) == "invalid-request"


def test_a_predict_without_tasks_is_answered(client: TestClient) -> None:
    assert client.post("/predict", json=recorded(BATCH) | {"tasks": []}).json()["results"] == []


@pytest.mark.parametrize("name", WEBHOOKS)
def test_every_recorded_event_is_stored(name: str, client: TestClient) -> None:
    answer = tell(client, name)

    assert (answer.status_code, answer.json()) == (201, {"status": "stored"})


def test_an_annotation_is_kept_with_its_annotator(world: World, client: TestClient) -> None:
    tell(client, CREATED)

    (annotation,) = the_annotations(world)
    assert (annotation.labels, annotation.annotator, annotation.external_id) == (("Coast",), "1", "1")


def test_a_skipped_annotation_is_kept_and_trains_nothing(world: World, client: TestClient) -> None:
    tell(client, SKIPPED)

    (annotation,) = the_annotations(world)
    assert (annotation.labels, annotation.state) == ((), "skipped")
    assert world.stores.images.labeled("label-studio-1") == []


@pytest.mark.parametrize("order", [[CREATED, UPDATED], [UPDATED, CREATED], [CREATED, UPDATED, CREATED, UPDATED]])
def test_the_newest_state_of_an_annotation_counts_in_whatever_order_it_is_told(
    order: list[str], world: World, client: TestClient
) -> None:
    for name in order:
        tell(client, name)

    (annotation,) = the_annotations(world)
    assert annotation.labels == ("Forest",)


@pytest.mark.parametrize("order", [[CREATED, DELETED], [DELETED, CREATED], [CREATED, DELETED, UPDATED]])
def test_a_deleted_annotation_stays_deleted_in_whatever_order_it_is_told(
    order: list[str], world: World, client: TestClient
) -> None:
    for name in order:
        tell(client, name)

    assert the_annotations(world) == []


def test_the_same_event_twice_counts_once(world: World, client: TestClient) -> None:
    for _ in range(2):
        tell(client, CREATED)

    assert world.stores.annotations.tally("label-studio-1", since_revision=0).changed == 1


def test_new_tasks_are_listed_and_their_images_prepared(world: World, client: TestClient) -> None:
    tell(client, TASKS_CREATED)

    assert world.stores.images.task_ids("label-studio-1") == {4, 5}
    assert set(world.queued()) == {JobKind.RECONCILE, JobKind.EMBED}


def test_a_deleted_task_leaves_the_pool(world: World, client: TestClient) -> None:
    event = recorded(TASKS_DELETED)
    tell(client, TASKS_CREATED)

    client.post("/webhook", json=event | {"tasks": [{"id": 4}]})

    assert world.stores.images.task_ids("label-studio-1") == {5}


def test_start_training_queues_training(world: World, client: TestClient) -> None:
    tell(client, START_TRAINING)

    assert world.queued(JobKind.TRAIN) == [JobKind.TRAIN]


def test_an_annotation_is_stored_while_redis_is_gone_and_trained_later(world: World, client: TestClient) -> None:
    world.queue.available = False

    assert tell(client, CREATED).status_code == 201

    world.queue.available = True
    assert len(the_annotations(world)) == 1


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["Coast", "Forest", "Highway", "Street"], "added: ['Street']"),
        (["Coast", "Forest"], "removed labels: ['Highway']"),
        (["Coast", "Forest", "Road"], "labels Highway were removed and Road added; if labels were renamed"),
    ],
)
def test_a_changed_label_set_is_followed_and_said(
    labels: list[str], said: str, world: World, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client.post("/setup", json=recorded(SETUP))
    event = recorded(PROJECT_UPDATED)
    choices = "".join(f'<Choice value="{label}"/>' for label in labels)
    event["project"]["label_config"] = (
        f'<View><Image name="image" value="$image"/><Choices name="cls" toName="image">{choices}</Choices></View>'
    )

    client.post("/webhook", json=event)

    assert world.project("label-studio-1").active_labels == tuple(labels)
    assert said in caplog.text


def test_an_annotation_under_a_label_that_left_is_kept(world: World, client: TestClient) -> None:
    tell(client, CREATED)
    event = recorded(PROJECT_UPDATED)
    event["project"]["label_config"] = event["project"]["label_config"].replace('<Choice value="Coast"/>', "")

    client.post("/webhook", json=event)

    (annotation,) = the_annotations(world)
    assert annotation.labels == ("Coast",)


def test_an_event_that_is_not_known_is_answered_and_changes_nothing(world: World, client: TestClient) -> None:
    answer = client.post("/webhook", json={"action": "LABEL_LINK_CREATED", "label": {"id": 1}})

    assert answer.status_code == 201
    assert world.stores.projects.page(after=None, limit=1) == []


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b"", b"\xff", b"[" * 100_000, b'"text"', b"{}"])
def test_an_event_that_is_no_event_is_refused(content: bytes, client: TestClient) -> None:
    answer = client.post("/webhook", content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "change",
    [
        {"project": None},
        {"project": {"id": 1}},
        {"annotation": None},
        {"annotation": {"id": "one"}},
        {"annotation": {"id": 10**30, "task": 5, "result": [], "updated_at": "2026-11-21T21:30:00Z"}},
        {"annotation": {"id": 1, "task": 5, "result": [], "updated_at": "yesterday"}},
        {"task": "five"},
        {"task": {"id": 10**30, "data": {"image": "/a.png"}}},
    ],
)
def test_an_event_with_a_wrong_part_is_refused(change: dict[str, Any], client: TestClient) -> None:
    assert problem_of(client.post("/webhook", json=recorded(CREATED) | change), 422) == "invalid-input"


def test_an_event_of_a_project_without_choices_is_refused_with_a_sentence(client: TestClient) -> None:
    event = recorded(CREATED)
    event["project"]["label_config"] = '<View><Text name="text" value="$text"/></View>'

    answer = client.post("/webhook", json=event)

    assert problem_of(answer, 422) == "invalid-input"
    assert "<Image>" in answer.json()["detail"]


def test_no_answer_and_no_log_line_shows_the_token(
    world: World, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = recorded(BATCH)
    set_up(client, body)
    train(world, body)

    answers = [
        client.post("/setup", json={"project": "x", "schema": 3, "access_token": TOKEN}),
        client.post("/setup", json=[TOKEN]),
        client.post("/predict", json=body | {"params": {"password": TOKEN}}),
        *(client.get(path) for path in ("/v1/projects", "/v1/projects/label-studio-1", "/v1/jobs", "/metrics")),
    ]

    assert all(TOKEN not in answer.text for answer in answers)
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(world.project("label-studio-1"))


def test_a_project_of_label_studio_does_not_take_labels_from_elsewhere(client: TestClient) -> None:
    client.post("/setup", json=recorded(SETUP))

    answer = client.patch("/v1/projects/label-studio-1", json={"labels": ["Coast"]})

    assert problem_of(answer, 422) == "invalid-input"


def test_reconciliation_can_be_asked_for(client: TestClient) -> None:
    client.post("/setup", json=recorded(SETUP))

    answer = client.post("/v1/projects/label-studio-1/reconciliations")

    assert (answer.status_code, answer.json()["kind"]) == (202, "reconcile")


def test_a_project_without_label_studio_has_nothing_to_reconcile(world: World, client: TestClient) -> None:
    world.add_project()

    assert problem_of(client.post("/v1/projects/birds/reconciliations"), 404) == "not-found"


def test_an_annotation_whose_task_was_not_told_comes_in_by_reconciliation(world: World, client: TestClient) -> None:
    tell(client, CREATED)
    world.drop(JobKind.RECONCILE)
    body = recorded(CREATED)
    body["annotation"] |= {"id": 4711, "task": 4711}
    body["task"] = {}

    answer = client.post("/webhook", json={key: value for key, value in body.items() if key != "task"})

    assert answer.status_code == 201
    assert JobKind.RECONCILE in world.queued()


def test_a_damaged_version_gives_empty_answers_and_is_said_in_the_log(
    world: World, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    body = recorded(BATCH)
    set_up(client, body)
    project = train(world, body)
    key = version_key(project.id, 1, HEAD_TENSORS)
    world.artifacts.put(key, world.artifacts.get(key)[:-1] + b"!")

    answer = client.post("/predict", json=body)

    assert answer.status_code == 200
    assert [result["result"] for result in answer.json()["results"]] == [[]] * len(body["tasks"])
    assert "is not predicted" in caplog.text


def test_annotations_and_set_up_do_not_wait_for_predictions_whose_images_hang() -> None:
    world = World(label_studio_predict_seconds=30, fetch_timeout_seconds=30)
    body = recorded(BATCH)
    with serve(world) as client:
        set_up(client, body)
        train(world, body)
        world.fetcher.answers.clear()
        with ThreadPoolExecutor(50) as pool:
            hanging = [pool.submit(client.post, "/predict", json=body) for _ in range(50)]
            wait_until(lambda: len(world.fetcher.asked) >= PREDICT_THREADS)

            stored, named = tell(client, CREATED), set_up(client, body)
            still_hanging = not any(future.done() for future in hanging)
            world.fetcher.answers.set()

    assert stored.status_code == 201
    assert named.endswith("-v1")
    assert still_hanging


def test_one_image_may_hang_no_longer_than_any_other_address() -> None:
    world = World(label_studio_predict_seconds=80, fetch_timeout_seconds=7)
    body = recorded(BATCH)
    with serve(world) as client:
        set_up(client, body)
        train(world, body)
        client.post("/predict", json=body)

    assert set(world.fetcher.patience) == {7}
