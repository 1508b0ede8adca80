"""The order of a pool."""

import numpy as np
import pytest

from ml.ranking import order, reason_of, worth_of
from ml.strategies.table import strategies, strategy
from ml.strategy import Strategy

every_strategy = pytest.mark.parametrize("each", strategies(), ids=lambda each: each.name)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_most_worth_labeling_comes_first() -> None:
    assert order(np.array([0.1, 0.9, 0.5]), seed=0, image_ids=["a", "b", "c"]).tolist() == [1, 2, 0]


def test_order_is_of_the_whole_pool() -> None:
    places = order(np.round(rng().random(1_000), 2), seed=0, image_ids=[f"{n}" for n in range(1_000)])

    assert sorted(places) == list(range(1_000))


def test_ties_do_not_depend_on_how_the_pool_was_listed() -> None:
    image_ids = [f"image-{n}" for n in range(30)]
    shuffled = [image_ids[n] for n in rng().permutation(30)]

    listed = [image_ids[place] for place in order(np.zeros(30), seed=5, image_ids=image_ids)]
    otherwise = [shuffled[place] for place in order(np.zeros(30), seed=5, image_ids=shuffled)]

    assert listed == otherwise
    assert listed != sorted(image_ids)


def test_another_seed_breaks_ties_otherwise() -> None:
    image_ids = [f"{n}" for n in range(30)]

    first, second = (order(np.zeros(30), seed=seed, image_ids=image_ids).tolist() for seed in (1, 2))

    assert first != second


def test_empty_pool_has_an_empty_order() -> None:
    assert order(np.empty(0), seed=0, image_ids=[]).shape == (0,)


def test_with_several_labels_the_least_decided_class_counts() -> None:
    probabilities = np.array([[0.99, 0.5, 0.01], [0.9, 0.9, 0.9]])

    worth = worth_of(strategy("margin"), probabilities, multi_label=True, rng=rng())

    assert worth == pytest.approx([1.0, 0.2])


@every_strategy
@pytest.mark.parametrize("multi_label", [False, True])
def test_worth_of_chunks_is_worth_of_the_whole(each: Strategy, multi_label: bool) -> None:
    probabilities = rng().dirichlet([1, 1, 1], size=40)
    passed_on = rng()

    chunks = [
        worth_of(each, chunk, multi_label=multi_label, rng=passed_on) for chunk in np.array_split(probabilities, 6)
    ]

    assert np.array_equal(np.concatenate(chunks), worth_of(each, probabilities, multi_label=multi_label, rng=rng()))


@every_strategy
@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("classes", [1, 3])
def test_empty_pool_has_no_worth(each: Strategy, multi_label: bool, classes: int) -> None:
    assert worth_of(each, np.empty((0, classes)), multi_label=multi_label, rng=rng()).shape == (0,)


def test_single_label_with_several_allowed_is_still_a_question() -> None:
    assert worth_of(strategy("margin"), np.array([[0.5]]), multi_label=True, rng=rng()) == pytest.approx([1])


def test_reason_with_several_labels_asks_about_the_least_decided_class() -> None:
    reason = reason_of(strategy("margin"), np.array([0.99, 0.52]), ("Coast", "Boat"), multi_label=True)

    assert reason == "between Boat (52 %) and not Boat (48 %)"


def test_reason_with_one_label_is_the_strategys_own() -> None:
    reason = reason_of(strategy("least-confidence"), np.array([0.4, 0.6]), ("Coast", "Boat"), multi_label=False)

    assert reason == "at most Boat (60 %)"
