"""A project whose head needs no labels answers from its first minute, and learns from labels when they come."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.domain.errors import NotReady
from service.domain.job import JobKind, JobState
from service.domain.training.version import Version
from tests.service.assembled import LABELS, World, a_png
from tests.service.colour_encoder import NAME, ColourEncoder, ColourTextEncoder
from tests.service.http.serving import files, problem_of, serve

TEXT = "openclip:local-dir/colours"
ZERO_SHOT = {"id": "birds", "labels": list(LABELS), "encoder": TEXT, "head": "zero-shot"}
RECORDED = Path(__file__).parents[2] / "recordings" / "04-predict-one-task.json"


@pytest.fixture
def world() -> World:
    """No project, and an encoder with a text side beside one without."""
    return World(encoders={NAME: ColourEncoder(), TEXT: ColourTextEncoder(TEXT)})


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with serve(world) as client:
        yield client


def create(client: TestClient, **changes: Any) -> None:
    assert client.post("/v1/projects", json=ZERO_SHOT | changes).status_code == 201


def labels_of(client: TestClient, *colours: str) -> list[str]:
    """What images of these colours are called."""
    answer = client.post("/v1/projects/birds/predict", files=files(*(a_png(colour, 99) for colour in colours)))
    assert answer.status_code == 200, answer.text
    return [prediction["label"] for prediction in answer.json()["predictions"]]


def current(world: World) -> Version:
    return world.stores.versions.get("birds", world.project().current_version or 0)


@pytest.mark.parametrize("head", ["zero-shot", "zero-shot-blend"])
def test_it_classifies_before_anybody_labeled(head: str, world: World, client: TestClient) -> None:
    create(client, head=head)

    world.work()

    assert labels_of(client, "green", "blue", "red") == ["green", "blue", "red"]
    version = current(world)
    assert (version.number, version.annotations, version.evaluation) == (1, 0, None)
    assert version.reasons == ("it is the first version",)


def test_it_ranks_the_pool_before_anybody_labeled(world: World, client: TestClient) -> None:
    create(client)
    world.upload(a_png("red", 1), a_png("blue", 2))

    world.work()

    ranking = client.get("/v1/projects/birds/rankings/latest").json()
    assert (ranking["version"], ranking["pool_size"]) == (1, 2)
    assert all(image["reason"] for image in ranking["images"])


def test_until_a_worker_was_free_it_says_what_is_waited_for(client: TestClient) -> None:
    create(client)

    answer = client.post("/v1/projects/birds/predict", files=files(a_png()))

    assert problem_of(answer, 409) == "not-ready"
    assert "without labels" in answer.json()["detail"]


@pytest.mark.parametrize(
    "change",
    [
        {"labels": ["red", "green"]},
        {"prompts": {"red": ["the colour green"]}},
        {"head": "zero-shot-blend"},
        {"coverage": 0.8},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_changes_its_answers_trains_it_anew(change: dict[str, Any], world: World, client: TestClient) -> None:
    create(client)
    world.work()

    client.patch("/v1/projects/birds", json=change)

    assert world.queued() == [JobKind.TRAIN]
    world.work()
    assert current(world).number == 2


def test_a_label_that_comes_is_answered_without_an_image_of_it(world: World, client: TestClient) -> None:
    create(client, labels=["red", "green"])
    world.work()

    client.patch("/v1/projects/birds", json={"labels": ["red", "green", "blue"]})
    world.work()

    assert labels_of(client, "blue") == ["blue"]


def test_prompts_say_what_a_label_means(world: World, client: TestClient) -> None:
    create(client, labels=["stop", "go"], prompts={"stop": ["a red light"], "go": ["a green light"]})

    world.work()

    assert labels_of(client, "green", "red") == ["go", "stop"]


def test_another_head_that_needs_labels_waits_for_them(world: World, client: TestClient) -> None:
    create(client, head="softmax-regression")
    assert world.queued() == []

    client.patch("/v1/projects/birds", json={"head": "zero-shot"})

    assert world.queued() == [JobKind.TRAIN]


def test_labels_that_come_are_learned_and_judged(world: World, client: TestClient) -> None:
    create(client, head="zero-shot-blend")
    world.work()

    world.label_colours(8)
    outcome = world.train()

    assert outcome["promoted"]
    version = current(world)
    assert version.annotations == 24
    assert version.evaluation is not None


@pytest.mark.parametrize("head", ["zero-shot", "zero-shot-blend"])
@pytest.mark.parametrize(
    "encoder", [NAME, "timm:resnet50.a1_in1k", f"{NAME}+{TEXT}"], ids=["efficientnet", "timm", "concatenated"]
)
def test_an_encoder_that_knows_no_texts_is_refused_at_once(encoder: str, head: str, client: TestClient) -> None:
    answer = client.post("/v1/projects", json=ZERO_SHOT | {"encoder": encoder, "head": head})

    assert problem_of(answer, 422) == "invalid-input"
    assert "needs an encoder with a text side" in answer.json()["detail"]


def test_a_change_to_an_encoder_that_knows_no_texts_changes_nothing(world: World, client: TestClient) -> None:
    create(client)

    assert problem_of(client.patch("/v1/projects/birds", json={"encoder": NAME}), 422) == "invalid-input"
    assert world.project().encoder == TEXT


def test_an_encoder_that_turns_out_to_know_no_texts_gives_a_reason_and_no_version(world: World) -> None:
    world.encoders[TEXT] = ColourEncoder(TEXT)
    world.add_project(encoder=TEXT, head="zero-shot")

    outcome = world.train()

    assert (outcome["version"], outcome["promoted"]) == (None, False)
    assert "choose one with a text side" in outcome["reasons"][0]
    assert world.project().current_version is None


def test_training_anew_loads_no_encoder(world: World, client: TestClient) -> None:
    create(client)
    world.work()
    world.encoders.clear()
    world.application = world.another_process()

    assert world.train()["promoted"]


def test_label_studio_gets_pre_annotations_before_anybody_labeled() -> None:
    world = World(encoders={TEXT: ColourTextEncoder(TEXT)}, encoder=TEXT, head="zero-shot")
    body = colour_tasks()
    setup = {"project": body["project"], "schema": body["label_config"]}
    for task, colour in zip(body["tasks"], LABELS, strict=False):
        world.fetcher.shelf[task["data"]["image"]] = a_png(colour, 99)

    with serve(world) as client:
        client.post("/setup", json=setup)
        assert JobKind.TRAIN in world.queued()
        world.drop(JobKind.RECONCILE)
        world.train("label-studio-1")
        version = client.post("/setup", json=setup).json()["model_version"]
        answer = client.post("/predict", json=body).json()

    chosen = [result["result"][0]["value"]["choices"] for result in answer["results"]]
    assert chosen == [[colour] for colour in LABELS[: len(chosen)]]
    assert {result["model_version"] for result in answer["results"]} == {version}


def test_the_schedule_makes_up_for_a_queue_that_was_away(world: World, client: TestClient) -> None:
    world.queue.available = False
    create(client)
    world.queue.available = True

    world.application.training.retraining.sweep()
    again = world.application.training.retraining.sweep()

    assert world.queued() == [JobKind.TRAIN]
    assert again == []


@pytest.mark.parametrize("state", [JobState.FINISHED, JobState.CANCELLED])
def test_what_was_tried_or_called_off_is_not_tried_by_the_schedule(
    state: JobState, world: World, client: TestClient
) -> None:
    create(client)
    (job,) = world.queue.page(project_id="birds", kind=JobKind.TRAIN, limit=9)
    if state is JobState.CANCELLED:
        world.queue.cancel(job.id)
    else:
        world.queue.start(job.id)
        world.queue.finish(job.id, {"version": None})

    assert world.application.training.retraining.sweep() == []


def test_other_heads_without_labels_are_left_alone_by_the_schedule(world: World) -> None:
    world.add_project()

    assert world.application.training.retraining.sweep() == []
    with pytest.raises(NotReady, match="annotate images of two classes"):
        world.application.serving.predictor.classify(world.project(), [a_png()])


def colour_tasks() -> dict[str, Any]:
    """A /predict body as Label Studio sends it, with a label config of colours."""
    body: dict[str, Any] = json.loads(RECORDED.read_text())["request"]["body"]
    choices = "".join(f'<Choice value="{colour}"/>' for colour in LABELS)
    image = '<Image name="image" value="$image"/>'
    body["label_config"] = f'<View>{image}<Choices name="c" toName="image">{choices}</Choices></View>'
    return body
