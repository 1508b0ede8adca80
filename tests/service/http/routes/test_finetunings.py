"""The route that queues the fine-tuning of an encoder."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.domain.job import JobKind
from tests.service.assembled import World
from tests.service.http.serving import problem_of

FINETUNINGS = "/v1/projects/birds/finetunings"


@pytest.fixture
def trained(world: World) -> World:
    world.label_colours(8)
    world.train()
    world.drop(*JobKind)
    return world


def test_fine_tuning_is_queued_once(trained: World, client: TestClient) -> None:
    first, second = client.post(FINETUNINGS), client.post(FINETUNINGS, json={"epochs": 12})

    assert (first.status_code, first.json()["kind"], first.json()["state"]) == (202, "finetune", "queued")
    assert second.json()["id"] == first.json()["id"]
    assert trained.queued() == [JobKind.FINETUNE]


def test_its_options_go_with_the_job(trained: World, client: TestClient) -> None:
    options = {"blocks": 2, "augmentation": {"flip": False}}

    job = client.post(FINETUNINGS, json=options).json()

    assert trained.queue.requests[job["id"]].arguments == {"options": options}


def test_the_job_answers_with_a_result(trained: World, client: TestClient) -> None:
    job = client.post(FINETUNINGS).json()

    trained.work()

    result = client.get(f"/v1/jobs/{job['id']}").json()["result"]
    assert result["version"] is None
    assert "held-out images are needed" in result["reasons"][0]


def test_before_the_first_version_it_is_refused(world: World, client: TestClient) -> None:
    answer = client.post(FINETUNINGS)

    assert problem_of(answer, 409) == "not-ready"
    assert "train one first" in answer.json()["detail"]
    assert world.queued() == []


def test_an_encoder_that_cannot_be_trained_further_is_refused(world: World, client: TestClient) -> None:
    world.add_project("fish", encoder="openclip:ViT-B-32/openai")

    answer = client.post("/v1/projects/fish/finetunings")

    assert problem_of(answer, 409) == "not-ready"
    assert "efficientnet-lite0" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"blocks": 0}, "blocks"),
        ({"epochs": 201}, "epochs"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"augmentation": {"rotation_degrees": 200}}, "rotation_degrees"),
        ({"augmentation": {"blur": 1}}, "blur"),
        ({"layers": 3}, "layers"),
    ],
)
def test_options_out_of_bounds_are_refused(
    body: dict[str, Any], where: str, trained: World, client: TestClient
) -> None:
    answer = client.post(FINETUNINGS, json=body)

    assert problem_of(answer, 422) == "invalid-request"
    assert where in answer.json()["detail"]
    assert trained.queued() == []


def test_fine_tuning_waits_for_redis(trained: World, client: TestClient) -> None:
    trained.queue.available = False

    assert problem_of(client.post(FINETUNINGS), 503) == "queue-unavailable"


def test_a_project_that_is_not_there_is_said_so(client: TestClient) -> None:
    assert problem_of(client.post("/v1/projects/nobody/finetunings"), 404) == "not-found"


def test_an_encoder_that_is_not_kept_here_is_refused_for_a_project(client: TestClient) -> None:
    answer = client.patch("/v1/projects/birds", json={"encoder": "finetuned:birds/3-0a1b2c3d"})

    assert problem_of(answer, 422) == "unknown-encoder"
