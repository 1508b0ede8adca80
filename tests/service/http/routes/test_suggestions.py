"""The routes with which several annotators label at once."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.domain.ranking.ranking import NewRanking, RankedImage
from tests.contracts.storing import NOON
from tests.service.assembled import World, a_png
from tests.service.http.serving import problem_of, serve

SUGGESTIONS = "/v1/projects/birds/suggestions"


def ask(client: TestClient, annotator: str = "ada", **asked: Any) -> dict[str, Any]:
    answer = client.post(SUGGESTIONS, json={"annotator": annotator} | asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def ids(told: dict[str, Any]) -> list[str]:
    return [image["image"] for image in told["images"]]


def upload(world: World, count: int) -> list[str]:
    return world.upload(*(a_png(seed=seed) for seed in range(count)))


def rank(world: World, image_ids: list[str]) -> int:
    """Store a ranking with these images in this order."""
    images = tuple(
        RankedImage(image_id=image_id, worth=1 - place / 10, reason=f"reason {place}")
        for place, image_id in enumerate(image_ids)
    )
    ranking = NewRanking(
        project_id="birds",
        version=None,
        strategy="margin",
        seed=0,
        created_at=NOON,
        pool_size=len(image_ids),
        images=images,
    )
    return world.stores.rankings.add(ranking)


@pytest.fixture
def ranked(world: World) -> list[str]:
    """Return six images in the order of the newest ranking."""
    image_ids = sorted(upload(world, 6), reverse=True)
    rank(world, image_ids)
    return image_ids


def test_the_first_of_the_newest_ranking_are_given_with_their_reasons(world: World, client: TestClient) -> None:
    image_ids = upload(world, 3)
    rank(world, image_ids)
    newest = rank(world, image_ids[::-1])

    told = ask(client, count=2)

    assert ids(told) == [image_ids[2], image_ids[1]]
    assert [(i["worth"], i["reason"], i["place"]) for i in told["images"]] == [(1, "reason 0", 0), (0.9, "reason 1", 1)]
    assert (told["ranking"], told["version"], told["leased_to_others"], told["note"]) == (newest, None, 0, None)


def test_what_a_ranking_shows_of_an_image_its_suggestion_shows_too(ranked: list[str], client: TestClient) -> None:
    (in_ranking,) = client.get("/v1/projects/birds/rankings/latest?limit=1").json()["images"]

    (suggested,) = ask(client, count=1)["images"]

    assert in_ranking["image"] == ranked[0]
    assert {name: suggested[name] for name in in_ranking} == in_ranking


def test_each_image_says_until_when_it_is_kept() -> None:
    world = World(clock=lambda: NOON)
    world.add_project()
    upload(world, 1)

    with serve(world) as client:
        (image,) = ask(client, minutes=90)["images"]

    assert image["leased_until"] == (NOON + timedelta(minutes=90)).isoformat().replace("+00:00", "Z")


def test_annotators_get_different_images(ranked: list[str], client: TestClient) -> None:
    given = [ids(ask(client, annotator, count=2)) for annotator in ("ada", "bob", "cyd")]

    assert given == [ranked[:2], ranked[2:4], ranked[4:]]


def test_the_same_annotator_gets_unfinished_images_first(ranked: list[str], world: World, client: TestClient) -> None:
    ask(client, "ada", count=2)
    ask(client, "bob", count=1)
    world.annotate(ranked[0], "red", annotator="ada")

    assert ids(ask(client, "ada", count=3)) == [ranked[1], ranked[3], ranked[4]]


def test_asking_for_fewer_again_gives_the_first_unfinished(ranked: list[str], client: TestClient) -> None:
    ask(client, count=4)

    assert ids(ask(client, count=2)) == ranked[:2]


def test_unfinished_images_are_renewed() -> None:
    now = [NOON]
    world = World(clock=lambda: now[0])
    world.add_project()
    (image_id,) = upload(world, 1)

    with serve(world) as client:
        ask(client, "ada", minutes=10)
        now[0] += timedelta(minutes=9)
        ask(client, "ada", minutes=10)
        now[0] += timedelta(minutes=9)

        assert ids(ask(client, "bob")) == []
        now[0] += timedelta(minutes=1)
        assert ids(ask(client, "bob")) == [image_id]


@pytest.mark.parametrize("decision", [{"label": "red"}, {"skipped": True}])
def test_an_annotated_or_skipped_image_is_given_to_nobody(
    decision: dict[str, Any], ranked: list[str], client: TestClient
) -> None:
    ask(client, "ada", count=1)

    client.put(f"/v1/projects/birds/images/{ranked[0]}/annotation", json=decision)

    assert ids(ask(client, "ada", count=1)) == [ranked[1]]
    assert ask(client, "bob", count=1)["leased_to_others"] == 1


def test_what_is_given_back_is_given_to_others(ranked: list[str], client: TestClient) -> None:
    ask(client, "ada", count=3)

    answer = client.delete(f"{SUGGESTIONS}?annotator=ada")

    assert answer.status_code == 204
    assert ids(ask(client, "bob", count=1)) == ranked[:1]


def test_the_next_request_follows_a_ranking_stored_meanwhile(
    ranked: list[str], world: World, client: TestClient
) -> None:
    ask(client, "ada", count=2)
    rank(world, ranked[::-1])

    assert ids(ask(client, "bob", count=2)) == [ranked[5], ranked[4]]
    assert ids(ask(client, "ada", count=3)) == [ranked[1], ranked[0], ranked[3]]


def test_an_unfinished_image_outside_the_newest_ranking_stays_with_its_annotator(
    ranked: list[str], world: World, client: TestClient
) -> None:
    ask(client, "ada", count=1)
    rank(world, ranked[1:])

    first, second = ask(client, "ada", count=2)["images"]

    assert (first["image"], first["place"], first["worth"]) == (ranked[0], None, 0)
    assert (second["image"], second["place"]) == (ranked[1], 0)


def test_before_any_ranking_images_come_in_order_of_id(world: World, client: TestClient) -> None:
    image_ids = sorted(upload(world, 3))

    told = ask(client, count=2)

    assert ids(told) == image_ids[:2]
    assert [image["place"] for image in told["images"]] == [None, None]
    assert told["ranking"] is None
    assert "nothing is ranked yet" in told["note"]


def test_it_says_how_many_are_with_others_when_the_pool_is_at_its_end(ranked: list[str], client: TestClient) -> None:
    ask(client, "ada", count=5)

    told = ask(client, "bob", count=2)

    assert ids(told) == ranked[5:]
    assert (told["leased_to_others"], told["unleased"]) == (5, 0)
    assert told["note"] == "no further image of the pool is free: 5 of its images are leased to other annotators"


def test_it_says_when_the_pool_has_images_that_the_ranking_lacks(world: World, client: TestClient) -> None:
    image_ids = upload(world, 3)
    rank(world, image_ids[:1])

    told = ask(client, count=2)

    assert (ids(told), told["unleased"]) == (image_ids[:1], 2)
    assert "2 of the pool are free" in told["note"]


def test_an_empty_pool_is_said_to_be_empty(client: TestClient) -> None:
    told = ask(client)

    assert (told["images"], told["leased_to_others"], told["unleased"]) == ([], 0, 0)
    assert "the pool is empty" in told["note"]


def test_a_ranking_longer_than_what_is_looked_at_in_one_go_is_followed_to_its_end(
    world: World, client: TestClient
) -> None:
    (image_id,) = upload(world, 1)
    rank(world, [*(f"gone-{number}" for number in range(1_000)), image_id])

    assert [image["place"] for image in ask(client, count=1)["images"]] == [1_000]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"annotator": ""},
        {"annotator": "a" * 201},
        {"annotator": "a\0b"},
        {"annotator": "ada", "count": 0},
        {"annotator": "ada", "count": 501},
        {"annotator": "ada", "minutes": 0},
        {"annotator": "ada", "minutes": 24 * 60 + 1},
        {"annotator": "ada", "hours": 1},
    ],
)
def test_asking_for_what_makes_no_sense_is_refused(body: dict[str, Any], client: TestClient) -> None:
    assert problem_of(client.post(SUGGESTIONS, json=body), 422) == "invalid-request"


@pytest.mark.parametrize("query", ["", "?annotator=", f"?annotator={'a' * 201}", "?annotator=%00"])
def test_giving_back_needs_an_annotator(query: str, client: TestClient) -> None:
    assert problem_of(client.delete(f"{SUGGESTIONS}{query}"), 422) == "invalid-request"


def test_a_project_that_is_not_there_has_nothing_to_suggest(client: TestClient) -> None:
    answer = client.post("/v1/projects/fish/suggestions", json={"annotator": "ada"})

    assert problem_of(answer, 404) == "not-found"
    assert problem_of(client.delete("/v1/projects/fish/suggestions?annotator=ada"), 404) == "not-found"
