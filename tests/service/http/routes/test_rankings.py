"""The routes of rankings."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.domain.job import JobKind
from tests.service.assembled import World, a_png
from tests.service.http.serving import problem_of

RANKINGS = "/v1/projects/birds/rankings"
LATEST = f"{RANKINGS}/latest"


def test_a_ranking_is_queued_with_what_was_asked(world: World, client: TestClient) -> None:
    answer = client.post(RANKINGS, json={"strategy": "entropy", "count": 2, "seed": 7})

    assert (answer.status_code, answer.json()["kind"]) == (202, "rank")
    assert world.queue.requests[answer.json()["id"]].arguments == {"strategy_name": "entropy", "count": 2, "seed": 7}


def test_a_ranking_needs_no_body(world: World, client: TestClient) -> None:
    answer = client.post(RANKINGS)

    assert answer.status_code == 202
    assert world.queue.requests[answer.json()["id"]].arguments == {}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"strategy": "no-such"}, "unknown-strategy"),
        ({"count": 0}, "invalid-request"),
        ({"seed": -1}, "invalid-request"),
        ({"seed": "x"}, "invalid-request"),
        ({"order": "random"}, "invalid-request"),
    ],
)
def test_a_ranking_that_makes_no_sense_is_not_queued(
    body: dict[str, Any], code: str, world: World, client: TestClient
) -> None:
    assert problem_of(client.post(RANKINGS, json=body), 422) == code
    assert world.queued(JobKind.RANK) == []


def test_a_ranking_waits_for_redis(world: World, client: TestClient) -> None:
    world.queue.available = False

    assert problem_of(client.post(RANKINGS), 503) == "queue-unavailable"


def test_before_any_ranking_there_is_none(client: TestClient) -> None:
    assert problem_of(client.get(LATEST), 404) == "not-found"


def test_a_ranking_is_read_page_by_page(world: World, client: TestClient) -> None:
    ids = world.upload(*(a_png(seed=seed) for seed in range(5)))
    world.rank()

    pages = [client.get(f"{LATEST}?limit=2&after={after}").json() for after in (0, 2, 4)]

    assert sorted(image["image"] for page in pages for image in page["images"]) == sorted(ids)
    assert [page["next"] for page in pages] == [2, 4, None]
    assert {page["pool_size"] for page in pages} == {5}


def test_each_image_of_a_ranking_says_why_it_is_asked_for(world: World, client: TestClient) -> None:
    world.label_colours(4)
    world.train()
    world.upload(a_png("red", 50), a_png("blue", 50))
    world.rank()

    ranking = client.get(LATEST).json()

    worth = [image["worth"] for image in ranking["images"]]
    assert worth == sorted(worth, reverse=True)
    assert all(image["reason"] for image in ranking["images"])
    assert (ranking["version"], ranking["strategy"], ranking["seed"]) == (1, "margin", 0)


def test_a_picked_image_shows_what_speaks_for_it(world: World, client: TestClient) -> None:
    world.label_colours(4)
    world.train()
    world.upload(a_png("red", 50))
    world.rank()

    (image,) = client.get(LATEST).json()["images"]

    why = image["why"]
    assert (image["at_random"], why["stands_for"]) == (False, 1)
    assert why["closest_classes"][0]["label"] == "red"
    assert [near["labels"] for near in why["nearest_labeled"]] == [["red"]] * 3
    assert why["nearest_labeled"][0].keys() == {"image", "labels", "distance"}


def test_an_image_drawn_at_random_is_told_from_others(world: World, client: TestClient) -> None:
    world.upload(*(a_png(seed=seed) for seed in range(3)))
    world.rank(strategy_name="random", count=2)

    images = client.get(LATEST).json()["images"]

    assert [(image["at_random"], image["why"]) for image in images] == [(True, None)] * 2


@pytest.mark.parametrize("query", ["limit=0", "after=-1", "after=x", f"after={10**30}"])
def test_a_cursor_that_makes_no_sense_is_refused(query: str, client: TestClient) -> None:
    assert problem_of(client.get(f"{LATEST}?{query}"), 422) == "invalid-request"
