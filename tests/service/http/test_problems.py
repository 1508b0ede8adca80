"""Every error becomes a problem that programs and people can read."""

import logging
import threading

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from ml import errors
from ml.types import Embeddings
from service.domain.errors import LabelStudioError, StorageUnavailable
from service.domain.projects.project import Project
from service.http.problems import problem_of as problem_told
from tests.service.assembled import World, a_png
from tests.service.colour_encoder import DIMENSION, NAME, ColourEncoder
from tests.service.http.serving import files, problem_of, serve


def test_an_unknown_path_is_a_problem(client: TestClient) -> None:
    assert problem_of(client.get("/v2/projects"), 404) == "not-found"


def test_a_wrong_method_is_a_problem(client: TestClient) -> None:
    assert problem_of(client.delete("/v1/projects"), 405) == "method-not-allowed"


def test_an_unforeseen_error_is_logged_and_shows_nothing(
    world: World, client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(_project_id: str) -> Project:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(world.stores.projects, "get", bug)

    answer = client.get("/v1/projects/birds")

    assert problem_of(answer, 500) == "bug"
    assert "secret detail" not in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert any(record.exc_info for record in caplog.records if record.levelno == logging.ERROR)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StorageUnavailable("the disk is full"), 503, "storage-unavailable"),
        (LabelStudioError("Label Studio answered 500"), 502, "label-studio"),
    ],
)
def test_an_error_of_a_neighbour_has_its_own_status(
    error: Exception, status: int, code: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_project_id: str) -> Project:
        raise error

    monkeypatch.setattr(world.stores.projects, "get", fail)

    with serve(world) as client:
        assert problem_of(client.get("/v1/projects/birds"), status) == code


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.UnknownEncoder("?"), 422, "unknown-encoder"),
        (errors.UnknownHead("?"), 422, "unknown-head"),
        (errors.UnknownStrategy("?"), 422, "unknown-strategy"),
        (errors.InvalidHeadOptions("?"), 422, "invalid-head-options"),
        (errors.InvalidStrategyOptions("?"), 422, "invalid-strategy-options"),
        (errors.InvalidHierarchy("?"), 422, "invalid-hierarchy"),
        (errors.InvalidPrompts("?"), 422, "invalid-prompts"),
        (errors.MissingSideInformation("?"), 409, "missing-background"),
        (errors.UnreadableImage("?"), 422, "unreadable-image"),
        (errors.NotEnoughLabels(needed=2, found=1), 409, "not-enough-labels"),
        (errors.EncoderUnavailable("?"), 503, "encoder-unavailable"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_an_error_of_learning_has_its_own_status_and_code(error: errors.MLError, status: int, code: str) -> None:
    told = problem_told(error)

    assert (told.status, told.code) == (status, code)


class HeldEncoder(ColourEncoder):
    """An encoder that waits until the test lets it encode."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.gate = threading.Event()

    def encode(self, batch: NDArray[np.uint8]) -> Embeddings:
        self.entered.set()
        assert self.gate.wait(10)
        return super().encode(batch)


def test_more_than_may_wait_is_told_to_come_back() -> None:
    encoder = HeldEncoder()
    world = World(encoders={NAME: encoder}, max_waiting_images=1)

    with serve(world) as client:
        encoded = world.application.serving.embedder.submit(NAME, a_png(seed=1))
        assert encoder.entered.wait(10)
        waiting = world.application.serving.embedder.submit(NAME, a_png(seed=2))

        refused = client.post("/v1/embed", files=files(a_png(seed=3)))
        encoder.gate.set()

        assert problem_of(refused, 429) == "overloaded"
        assert int(refused.headers["Retry-After"]) >= 1
        assert (encoded.result(10).shape, waiting.result(10).shape) == ((DIMENSION,), (DIMENSION,))
