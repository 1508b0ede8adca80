"""The service reports honestly whether it is alive and ready."""

import pytest
from fastapi.testclient import TestClient

from ml.errors import EncoderUnavailable
from service.domain.errors import StorageUnavailable
from service.domain.projects.project import Project
from tests.service.assembled import World
from tests.service.http.serving import serve


def test_the_process_answers(client: TestClient) -> None:
    assert client.get("/live").json() == {"status": "alive"}


def test_all_is_ready(client: TestClient) -> None:
    answer = client.get("/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "wrong": {}})


def test_redis_that_is_gone_is_named(world: World, client: TestClient) -> None:
    world.queue.available = False

    answer = client.get("/ready")

    assert answer.status_code == 503
    assert list(answer.json()["wrong"]) == ["redis"]


def test_a_database_that_is_gone_is_named(world: World, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.stores.projects, "page", gone)

    answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["wrong"] == {"database": "the disk is full"}


def test_an_encoder_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr(world.application.serving.embedder, "encoder", truncated)

    with serve(world) as client:
        answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["wrong"] == {"encoder": "the weights are cut off"}


def test_an_encoder_of_no_known_name_is_named() -> None:
    with serve(World(encoder="no-such")) as client:
        answer = client.get("/ready")

    assert answer.status_code == 503
    assert list(answer.json()["wrong"]) == ["encoder"]


def test_a_database_that_is_gone_at_the_start_leaves_the_service_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr(world.stores.projects, "page", gone)

    with serve(world) as client:
        answer = client.get("/live")

    assert answer.status_code == 200


def test_metrics_count_answers_by_route_template(client: TestClient) -> None:
    client.get("/v1/projects/birds")
    client.get("/v1/projects/unheard-of")
    client.get("/no/such/path")

    answer = client.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert 'margin_requests_total{method="GET",route="/v1/projects/{project}",status="200"} 1.0' in answer.text
    assert 'margin_requests_total{method="GET",route="/v1/projects/{project}",status="404"} 1.0' in answer.text
    assert "unheard-of" not in answer.text
    assert "/no/such/path" not in answer.text


def test_metrics_count_what_failed(world: World, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.stores.projects, "get", bug)
    client.get("/v1/projects/birds")

    text = client.get("/metrics").text

    assert 'margin_requests_total{method="GET",route="/v1/projects/{project}",status="500"} 1.0' in text


def gone(**_: object) -> list[Project]:
    raise StorageUnavailable("the disk is full")


def truncated(_name: str) -> None:
    raise EncoderUnavailable("the weights are cut off")


def bug(_project_id: str) -> Project:
    raise ZeroDivisionError("secret detail")
