"""A body that is too large is refused in any form."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.service.assembled import World, a_png
from tests.service.http.serving import files, problem_of, serve

LIMIT = 20_000


@pytest.fixture
def client() -> Iterator[TestClient]:
    world = World(max_form_bytes=LIMIT, max_json_bytes=LIMIT)
    world.add_project()
    with serve(world) as client:
        yield client


@pytest.mark.parametrize("path", ["/v1/projects", "/webhook", "/setup", "/v1/projects/birds/images"])
def test_a_large_json_body_is_refused(path: str, client: TestClient) -> None:
    answer = client.post(path, json={"id": "x" * LIMIT})

    assert problem_of(answer, 413) == "body-too-large"
    assert str(LIMIT) in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/projects/birds/images", "/v1/projects/birds/predict", "/v1/embed"])
def test_a_large_form_is_refused(path: str, client: TestClient) -> None:
    answer = client.post(path, files=files(b"x" * LIMIT))

    assert problem_of(answer, 413) == "body-too-large"


def test_a_large_body_that_does_not_say_its_length_is_refused(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(5):
            yield b" " * (LIMIT // 4)

    answer = client.post("/v1/projects", content=pieces(), headers={"Content-Type": "application/json"})

    assert problem_of(answer, 413) == "body-too-large"


def test_a_body_within_the_limit_passes(client: TestClient) -> None:
    assert client.post("/v1/embed", files=files(a_png())).status_code == 200


def test_what_is_parsed_in_memory_may_be_less_than_a_form() -> None:
    world = World(max_form_bytes=10 * LIMIT, max_json_bytes=LIMIT)

    with serve(world) as client:
        form = client.post("/v1/embed", files=files(a_png(size=64), b"x" * LIMIT))
        json = client.post("/v1/projects", json={"id": "x" * LIMIT})

    assert form.status_code == 200
    assert problem_of(json, 413) == "body-too-large"
