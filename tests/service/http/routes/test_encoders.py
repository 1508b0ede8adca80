"""The routes that embed images and classify them by texts."""

from collections.abc import Iterator

import numpy as np
import pytest
from fastapi.testclient import TestClient

from tests.service.assembled import World, a_png
from tests.service.colour_encoder import DIMENSION, NAME, ColourEncoder, ColourTextEncoder
from tests.service.http.serving import codes, files, problem_of, serve

TEXT = "openclip:colours/tiny"


@pytest.fixture
def world() -> World:
    """Return a world in which one project uses another encoder than new projects get."""
    world = World(encoders={NAME: ColourEncoder(), TEXT: ColourTextEncoder(TEXT)})
    world.add_project(encoder=TEXT)
    return world


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with serve(world) as client:
        yield client


def test_images_are_embedded_under_the_encoders_identity(world: World, client: TestClient) -> None:
    answer = client.post("/v1/embed", files=files(a_png("red"), a_png("blue"))).json()

    rows = np.array([item["embedding"] for item in answer["embeddings"]])
    assert answer["encoder"] == world.encoders[NAME].identity.key
    assert (answer["dimension"], rows.shape) == (DIMENSION, (2, DIMENSION))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_another_encoder_is_chosen_by_name(world: World, client: TestClient) -> None:
    answer = client.post("/v1/embed", files=files(a_png()), data={"encoder": TEXT}).json()

    assert answer["encoder"] == world.encoders[TEXT].identity.key


@pytest.mark.parametrize("path", ["/v1/embed", "/v1/zero-shot"])
def test_an_unknown_encoder_is_refused(path: str, client: TestClient) -> None:
    answer = client.post(path, files=files(a_png()), data={"encoder": "no-such", "texts": ["red", "blue"]})

    assert problem_of(answer, 422) == "unknown-encoder"


def test_an_encoder_that_no_project_uses_is_not_loaded_for_strangers(client: TestClient) -> None:
    answer = client.post("/v1/embed", files=files(a_png()), data={"encoder": "openclip:local-dir//etc"})

    assert problem_of(answer, 422) == "invalid-input"
    assert TEXT in answer.json()["detail"]


def test_a_bad_file_fails_alone_in_embedding(client: TestClient) -> None:
    items = client.post("/v1/embed", files=files(b"", a_png())).json()["embeddings"]

    assert codes(items) == ["unreadable-image", None]


def test_images_are_compared_with_texts(client: TestClient) -> None:
    answer = client.post(
        "/v1/zero-shot", files=files(a_png("blue"), b"", a_png("red")), data={"encoder": TEXT, "texts": ["red", "blue"]}
    ).json()

    assert [item["text"] for item in answer["images"]] == ["blue", None, "red"]
    assert codes(answer["images"]) == [None, "unreadable-image", None]
    assert sum(answer["images"][0]["probabilities"]) == pytest.approx(1)


def test_an_encoder_without_a_text_side_says_so(client: TestClient) -> None:
    answer = client.post("/v1/zero-shot", files=files(a_png()), data={"texts": ["red", "blue"]})

    assert problem_of(answer, 409) == "not-ready"
    assert "no text side" in answer.json()["detail"]


@pytest.mark.parametrize("texts", [[], ["red"], ["red", " "]])
def test_fewer_than_two_texts_are_no_choice(texts: list[str], client: TestClient) -> None:
    answer = client.post("/v1/zero-shot", files=files(a_png()), data={"encoder": TEXT, "texts": texts})

    assert problem_of(answer, 422) == "invalid-input"


def test_texts_are_needed(client: TestClient) -> None:
    assert (
        problem_of(client.post("/v1/zero-shot", files=files(a_png()), data={"encoder": TEXT}), 422) == "invalid-input"
    )
