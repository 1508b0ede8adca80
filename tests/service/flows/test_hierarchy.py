"""Heads that use a hierarchy are trained if the project has one; without it there is a reason and no version."""

import pytest

from service.domain.job import JobKind
from tests.service.assembled import World, a_png

PARENTS = {"warm": ["red"], "cold": ["green", "blue"]}


@pytest.fixture
def world() -> World:
    world = World()
    world.add_project(head="hierarchical")
    world.label_colours(8)
    return world


def test_without_a_hierarchy_there_is_a_reason_and_no_version(world: World) -> None:
    outcome = world.train()

    assert (outcome["version"], outcome["promoted"]) == (None, False)
    assert "needs a hierarchy: give each class a parent" in outcome["reasons"][0]


def test_once_it_has_one_it_is_trained(world: World) -> None:
    world.train()

    world.application.projects.change_projects.change(world.project(), parents=PARENTS)

    assert world.queued(JobKind.TRAIN) == [JobKind.TRAIN]
    world.work()
    assert world.stores.versions.get("birds", 1).head == "hierarchical"


def test_a_parent_is_as_probable_as_its_labels(world: World) -> None:
    world.application.projects.change_projects.change(world.project(), parents=PARENTS)
    world.train()

    (prediction,) = world.application.serving.predictor.classify(world.project(), [a_png("green", 99)])

    assert not isinstance(prediction, Exception)
    red, green, blue = prediction.probabilities
    assert prediction.labels == ("green",)
    assert prediction.parents == pytest.approx({"warm": red, "cold": green + blue})


def test_options_that_do_not_fit_give_a_reason_and_no_version(world: World) -> None:
    world.application.projects.change_projects.change(world.project(), head="hierarchical(parents=clusters, number=9)")

    outcome = world.train()

    assert outcome["version"] is None
    assert "only 3 classes" in outcome["reasons"][0]
