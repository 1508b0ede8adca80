"""The head of versions of a project whose head is "auto", and the reason that they give."""

from dataclasses import replace
from typing import Any

import pytest

from ml.classifier.saved_version import HEAD_TENSORS
from service.domain.artifact_keys import version_key
from tests.service.assembled import World
from tests.service.colour_encoder import ColourTextEncoder


def world_of(head: str, **changes: Any) -> World:
    world = World()
    world.add_project(head=head, **changes)
    return world


def test_the_chosen_head_is_the_versions_and_the_reason_is_among_its_reasons() -> None:
    world = world_of(" auto ")
    world.label_colours(4)

    outcome = world.train()

    version = world.stores.versions.get("birds", 1)
    assert outcome["promoted"]
    assert version.head == "softmax-regression"
    assert version.reasons[0] == "it is the first version"
    assert version.reasons[1].startswith("head softmax-regression stays: 12 images")


def test_the_current_versions_head_stays_where_no_other_is_clearly_better() -> None:
    world = world_of("knn")
    world.label_colours(10)
    world.train()
    world.stores.projects.update(replace(world.project(), head="auto"))

    world.train()

    assert world.stores.versions.get("birds", 2).head == "knn"
    assert "head knn stays: none of " in world.stores.versions.get("birds", 2).reasons[-1]


def test_a_damaged_current_version_has_no_say() -> None:
    world = world_of("auto")
    world.label_colours(4)
    world.train()
    world.artifacts.put(version_key("birds", 1, HEAD_TENSORS), b"damaged")
    world.application = world.another_process()

    assert world.train()["promoted"]


def test_texts_are_made_for_the_heads_that_may_need_them() -> None:
    world = World(encoders={"openclip:RN50/openai": ColourTextEncoder()})
    world.add_project(head="auto", encoder="openclip:RN50/openai")
    world.label_colours(9)

    reasons = world.train()["reasons"]

    assert "none of 4 others is better" in reasons[-1]


def test_several_labels_an_image_are_no_obstacle() -> None:
    world = world_of("auto", multi_label=True)
    world.label_colours(4)

    world.train()

    assert world.stores.versions.get("birds", 1).head == "sigmoid-regression"


@pytest.mark.parametrize(
    ("head", "multi_label", "expected"),
    [
        ("auto", True, "auto"),
        ("auto", False, "auto"),
        ("knn", True, "sigmoid-regression"),
        ("knn", False, "knn"),
    ],
)
def test_auto_is_a_default_for_either_kind_of_project(head: str, multi_label: bool, expected: str) -> None:
    world = World(head=head)

    assert world.application.projects.defaults.head(multi_label=multi_label) == expected
