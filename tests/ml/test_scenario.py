"""What a replay starts from."""

import numpy as np
import pytest

from ml.errors import NothingToReplay
from ml.scenario import Scenario, scenario_of
from ml.types import Targets


def targets(*images_per_class: int) -> Targets:
    return np.eye(len(images_per_class), dtype=bool)[np.repeat(np.arange(len(images_per_class)), images_per_class)]


def dealt(seed: int = 0, *, labels_per_class: int = 2, test_share: float = 0.3) -> Scenario:
    return scenario_of(
        targets(20, 10),
        labels_per_class=labels_per_class,
        test_share=test_share,
        rng=np.random.default_rng(seed),
    )


def test_each_image_is_in_one_part() -> None:
    scenario = dealt()

    assert sorted([*scenario.start, *scenario.pool, *scenario.test]) == list(range(30))


def test_the_test_part_has_its_share_of_each_class() -> None:
    assert targets(20, 10)[dealt().test].sum(axis=0).tolist() == [6, 3]


def test_the_start_has_as_many_labels_of_each_class() -> None:
    assert targets(20, 10)[dealt().start].sum(axis=0).tolist() == [2, 2]


def test_nobody_needs_to_be_labeled_from_the_start() -> None:
    assert dealt(labels_per_class=0).start.tolist() == []


def test_a_class_of_one_image_is_never_tested() -> None:
    scenario = scenario_of(targets(10, 1), labels_per_class=1, test_share=0.5, rng=np.random.default_rng(0))

    assert 10 in scenario.start


def test_given_test_images_are_taken() -> None:
    scenario = scenario_of(targets(4, 4), labels_per_class=1, test=np.array([0, 7]), rng=np.random.default_rng(0))

    assert scenario.test.tolist() == [0, 7]


def test_another_seed_deals_otherwise() -> None:
    assert dealt(1).test.tolist() == dealt(1).test.tolist()
    assert dealt(1).test.tolist() != dealt(2).test.tolist()


@pytest.mark.parametrize(
    ("images_per_class", "labels_per_class", "said"),
    [((1, 1), 1, "0 are to test on"), ((0, 0), 1, "of 0 images"), ((3, 3), 5, "all images are labeled from the start")],
)
def test_too_few_images_are_refused(images_per_class: tuple[int, ...], labels_per_class: int, said: str) -> None:
    with pytest.raises(NothingToReplay, match=said):
        scenario_of(
            targets(*images_per_class),
            labels_per_class=labels_per_class,
            test_share=0.3,
            rng=np.random.default_rng(0),
        )
