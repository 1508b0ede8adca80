"""The routes that train, list, promote and roll back versions."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from ml.classifier.saved_version import HEAD_TENSORS
from service.domain.artifact_keys import version_key
from service.domain.job import JobKind
from tests.service.assembled import World, a_png
from tests.service.http.serving import files, problem_of, serve

VERSIONS = "/v1/projects/birds/versions"


@pytest.fixture
def twice_trained(world: World) -> World:
    """Return a world with two versions: the second is trained on more images."""
    world.label_colours(8)
    world.train()
    world.label_colours(4, first=8)
    world.train()
    return world


def test_training_is_queued_once(client: TestClient) -> None:
    first, second = client.post(VERSIONS), client.post(VERSIONS)

    assert (first.status_code, first.json()["kind"], first.json()["state"]) == (202, "train", "queued")
    assert second.json()["id"] == first.json()["id"]


def test_training_waits_for_redis(world: World, client: TestClient) -> None:
    world.queue.available = False

    assert problem_of(client.post(VERSIONS), 503) == "queue-unavailable"


@pytest.mark.usefixtures("twice_trained")
def test_versions_come_newest_first_page_by_page(client: TestClient) -> None:
    first = client.get(f"{VERSIONS}?limit=1").json()
    second = client.get(f"{VERSIONS}?limit=1&before={first['next']}").json()

    assert [version["number"] for version in (*first["versions"], *second["versions"])] == [2, 1]
    assert first["versions"][0]["name"] == "margin-birds-v2"
    assert first["versions"][0]["current"]


@pytest.mark.usefixtures("twice_trained")
def test_one_version_shows_its_whole_evaluation(client: TestClient) -> None:
    short = client.get(VERSIONS).json()["versions"][0]["evaluation"]
    whole = client.get(f"{VERSIONS}/2").json()["evaluation"]

    assert short["images"] > 0
    assert short.items() <= whole.items()
    assert len(whole) > len(short)


def test_a_version_that_was_evaluated_before_a_figure_was_measured_is_shown_without_it(
    twice_trained: World, client: TestClient
) -> None:
    made_now = twice_trained.stores.versions.get("birds", 2)
    twice_trained.stores.versions.add(replace(made_now, number=3, evaluation={"images": 7, "accuracy": 0.5}))

    assert client.get(VERSIONS).json()["versions"][0]["evaluation"] == {"images": 7, "accuracy": 0.5}


def test_a_version_without_held_out_images_has_no_evaluation(world: World, client: TestClient) -> None:
    world.label_colours(1, "red", "green")
    world.train()

    assert client.get(f"{VERSIONS}/1").json()["evaluation"] is None
    assert client.get(VERSIONS).json()["versions"][0]["evaluation"] is None


@pytest.mark.parametrize("path", ["/7", "/7/promote"])
def test_a_version_that_is_not_there_is_said_so(path: str, client: TestClient) -> None:
    answer = client.request("POST" if path.endswith("promote") else "GET", VERSIONS + path)

    assert problem_of(answer, 404) == "not-found"


@pytest.mark.parametrize("number", ["first", "1.5", str(10**30), "-1"])
def test_a_version_is_named_by_a_number(number: str, client: TestClient) -> None:
    assert problem_of(client.get(f"{VERSIONS}/{number}"), 422) == "invalid-request"


@pytest.mark.parametrize("before", ["x", str(10**30)])
def test_a_cursor_of_versions_is_a_number(before: str, client: TestClient) -> None:
    assert problem_of(client.get(f"{VERSIONS}?before={before}"), 422) == "invalid-request"


def test_rolling_back_lets_the_older_version_answer_and_ranks_anew(twice_trained: World, client: TestClient) -> None:
    twice_trained.work()

    answer = client.post(f"{VERSIONS}/1/promote")

    assert (answer.status_code, answer.json()["kind"]) == (202, "rank")
    (prediction,) = client.post("/v1/projects/birds/predict", files=files(a_png("red", 99))).json()["predictions"]
    assert prediction["version"] == 1
    assert twice_trained.queued() == [JobKind.RANK]


@pytest.mark.usefixtures("twice_trained")
def test_after_a_roll_back_the_newer_version_can_be_promoted_again(client: TestClient) -> None:
    client.post(f"{VERSIONS}/1/promote")
    client.post(f"{VERSIONS}/2/promote")

    assert client.get("/v1/projects/birds").json()["current_version"] == 2


def test_a_damaged_version_is_not_promoted_and_the_current_one_stays(twice_trained: World) -> None:
    key = version_key("birds", 1, HEAD_TENSORS)
    content = bytearray(twice_trained.artifacts.get(key))
    content[-1] ^= 1
    twice_trained.artifacts.put(key, bytes(content))
    twice_trained.application = twice_trained.another_process()

    with serve(twice_trained) as client:
        answer = client.post(f"{VERSIONS}/1/promote")

    assert problem_of(answer, 409) == "damaged-version"
    assert twice_trained.project().current_version == 2


def test_a_promotion_that_cannot_queue_its_ranking_changes_nothing(twice_trained: World, client: TestClient) -> None:
    twice_trained.queue.available = False

    assert problem_of(client.post(f"{VERSIONS}/1/promote"), 503) == "queue-unavailable"
    assert twice_trained.project().current_version == 2
