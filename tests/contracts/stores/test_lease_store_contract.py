"""Contract of all lease stores."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from service.adapters.sql.database import open_database
from service.adapters.sql.lease_store import SqlLeaseStore
from service.domain.annotations.annotation import AnnotationState
from service.domain.errors import NotFound
from service.domain.ranking.lease import Lease
from tests.contracts.storing import NOON, Stores, add_image, add_task, after_noon, an_annotation

IMAGES = ("c", "a", "b")
MINUTE = 60


@pytest.fixture
def pool(stores: Stores) -> Stores:
    """Return stores with three images that nobody has annotated."""
    for image_id in IMAGES:
        add_image(stores, image_id)
    return stores


def take(
    stores: Stores, annotator: str, image_ids: Sequence[str] = IMAGES, *, most: int = 10, seconds: float = 0
) -> list[str]:
    """Take leases for a minute. Returns: the ids of the leased images."""
    taken = stores.leases.take(
        "birds",
        image_ids,
        annotator=annotator,
        most=most,
        at=after_noon(seconds),
        until=after_noon(seconds + MINUTE),
    )
    return [lease.image_id for lease in taken]


def holders(stores: Stores, *, seconds: float = 1) -> dict[str, str]:
    return {lease.image_id: lease.annotator for lease in stores.leases.held("birds", at=after_noon(seconds))}


def test_the_first_of_the_images_are_leased_in_their_order(pool: Stores) -> None:
    assert take(pool, "ann", most=2) == ["c", "a"]

    until = after_noon(MINUTE)
    assert pool.leases.held("birds", at=NOON) == [
        Lease(image_id="a", annotator="ann", until=until),
        Lease(image_id="c", annotator="ann", until=until),
    ]


def test_what_somebody_else_holds_is_passed_over(pool: Stores) -> None:
    take(pool, "ann", most=2)

    assert take(pool, "bob", seconds=1) == ["b"]
    assert holders(pool) == {"a": "ann", "c": "ann", "b": "bob"}


def test_asking_again_renews(pool: Stores) -> None:
    take(pool, "ann", ["a"])

    assert take(pool, "ann", ["a"], seconds=30) == ["a"]
    assert [lease.until for lease in pool.leases.held("birds", at=NOON)] == [after_noon(30 + MINUTE)]


def test_an_image_named_twice_is_leased_once(pool: Stores) -> None:
    assert take(pool, "ann", ["a", "a", "b"], most=2) == ["a", "b"]


def test_a_lease_is_over_at_its_time(pool: Stores) -> None:
    take(pool, "ann", ["a"])

    assert holders(pool, seconds=MINUTE - 1) == {"a": "ann"}
    assert holders(pool, seconds=MINUTE) == {}
    assert take(pool, "bob", ["a"], seconds=MINUTE) == ["a"]


def test_leases_that_are_over_are_forgotten_when_new_ones_are_written(pool: Stores) -> None:
    take(pool, "ann", ["a"])

    take(pool, "ann", ["b"], seconds=2 * MINUTE)

    assert holders(pool) == {"b": "ann"}


@pytest.mark.parametrize("state", [AnnotationState.USABLE, AnnotationState.SKIPPED])
def test_an_annotation_or_a_skip_ends_the_lease(state: AnnotationState, pool: Stores) -> None:
    take(pool, "ann", ["a", "b"])

    pool.annotations.put(an_annotation("1", state=state, image_id="a"))

    assert holders(pool) == {"b": "ann"}
    assert take(pool, "bob", ["a"]) == []


def test_the_annotation_of_a_task_that_shows_the_image_ends_the_lease(stores: Stores) -> None:
    source_id = add_task(stores, 7, "a")
    take(stores, "ann", ["a"])

    stores.annotations.put(an_annotation("1", source_id=source_id))

    assert holders(stores) == {}


def test_an_ended_lease_does_not_come_back_with_its_image(pool: Stores) -> None:
    take(pool, "ann", ["a"])
    pool.annotations.put(an_annotation("1", image_id="a"))
    take(pool, "bob", ["b"])

    pool.annotations.delete("birds", origin="label-studio", external_ids=["1"], at=after_noon(1))

    assert holders(pool) == {"b": "bob"}


@pytest.mark.parametrize("image_id", ["nowhere", "unreadable", "annotated"])
def test_only_images_of_the_pool_are_leased(image_id: str, pool: Stores) -> None:
    add_image(pool, "unreadable", error="not an image")
    add_image(pool, "annotated")
    pool.annotations.put(an_annotation("1", image_id="annotated"))

    assert take(pool, "ann", [image_id, "a"]) == ["a"]


def test_nothing_is_leased_of_nothing(stores: Stores) -> None:
    assert take(stores, "ann", []) == []


def test_an_annotator_gives_back_what_is_theirs(pool: Stores) -> None:
    take(pool, "ann", ["a", "b"])
    take(pool, "bob", ["c"])

    pool.leases.give_back("birds", annotator="ann")

    assert holders(pool) == {"c": "bob"}


def test_projects_have_leases_of_their_own(pool: Stores) -> None:
    take(pool, "ann", ["a"])

    pool.leases.give_back("fish", annotator="ann")

    assert pool.leases.held("fish", at=NOON) == []
    assert holders(pool) == {"a": "ann"}


def test_a_deleted_project_has_no_leases_left(pool: Stores) -> None:
    take(pool, "ann", ["a"])
    birds = pool.projects.get("birds")

    pool.projects.delete("birds")
    pool.projects.add(birds)
    add_image(pool, "a")

    assert holders(pool) == {}


def test_a_project_that_is_gone_is_said_so_by_the_database(database_url: str) -> None:
    database = open_database(database_url)
    leases = SqlLeaseStore(database)

    with pytest.raises(NotFound):
        leases.take("no-such", ["a"], annotator="ann", most=1, at=NOON, until=after_noon(1))
    database.close()


@pytest.mark.parametrize("stores", ["sql"], indirect=True)
def test_eight_annotators_at_once_get_eighty_different_images(stores: Stores, database_url: str) -> None:
    image_ids = [f"{number:03d}" for number in range(100)]
    for image_id in image_ids:
        add_image(stores, image_id)
    together = Barrier(8)

    def ask(annotator: str) -> list[str]:
        # A separate connection, like that of another process.
        database = open_database(database_url)
        database.ping()
        together.wait(30)
        taken: list[str] = []
        for _ in range(10):
            others = [image_id for image_id in image_ids if image_id not in taken]
            (lease,) = SqlLeaseStore(database).take(
                "birds", others, annotator=annotator, most=1, at=NOON, until=after_noon(MINUTE)
            )
            taken.append(lease.image_id)
        database.close()
        return taken

    with ThreadPoolExecutor(8) as annotators:
        given = [image_id for got in annotators.map(ask, "abcdefgh") for image_id in got]

    assert sorted(given) == image_ids[:80]
