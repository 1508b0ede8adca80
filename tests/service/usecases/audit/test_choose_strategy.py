"""The query strategy of a project whose strategy is "auto"."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.domain.ranking.ranking import Ranking
from service.reports.audit.record import audit_record
from service.usecases.audit.choose_strategy import ChooseStrategy
from tests.ml.audited import an_audit, audited
from tests.service.assembled import World, a_png


@pytest.fixture
def world() -> World:
    world = World()
    world.add_project(strategy="auto")
    world.upload(*(a_png(seed=seed) for seed in range(3)))
    return world


def store_audit(world: World, *, strategy: str = "auto", gain: float = 0.0) -> None:
    """Store an audit in which entropy clearly beats random. Args: gain: of the project's own strategy."""
    found = an_audit(audited("entropy", 0.05), audited(strategy, gain), strategy=strategy)
    record = audit_record(found, title="Birds", created_at=datetime(2026, 3, 1, tzinfo=UTC), left_out=())
    world.application.audit.stored_audits.save("birds", record)


def ranked(world: World, **arguments: str) -> Ranking:
    world.rank(**arguments)
    return world.stores.rankings.latest("birds", limit=10, after=0)


def choose(world: World) -> str | None:
    choice = ChooseStrategy(world.application.audit.stored_audits).choose(world.project())
    return None if choice is None else choice.strategy


def test_where_auto_does_not_pay_the_ranking_is_by_what_does_and_says_so(world: World) -> None:
    store_audit(world)

    ranking = ranked(world)

    assert ranking.strategy == "entropy"
    assert ranking.note is not None
    assert ranking.note.endswith(": the strategy is now entropy")


def test_a_strategy_that_a_person_asks_for_is_not_overruled(world: World) -> None:
    store_audit(world)

    ranking = ranked(world, strategy_name="margin")

    assert (ranking.strategy, ranking.note) == ("margin", None)


def test_a_project_that_names_its_strategy_keeps_it_whatever_an_audit_says(world: World) -> None:
    world.stores.projects.update(replace(world.project(), strategy="margin"))
    store_audit(world, strategy="margin")

    ranking = ranked(world)

    assert (ranking.strategy, ranking.note) == ("margin", None)


def test_an_audit_of_another_strategy_decides_nothing(world: World) -> None:
    store_audit(world, strategy="margin")

    assert choose(world) is None


def test_before_any_audit_nothing_is_decided(world: World) -> None:
    assert choose(world) is None


def test_auto_that_pays_goes_on(world: World) -> None:
    store_audit(world, gain=0.03)

    assert choose(world) == "auto"
