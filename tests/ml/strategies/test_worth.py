"""Worth by a measure, single-label and multi-label."""

import tracemalloc

import numpy as np
import pytest

from ml.labels.label_mode import MULTI_LABEL, SINGLE_LABEL, LabelMode
from ml.strategies.registry import strategies, strategy
from ml.strategies.uncertainty.base import UncertaintyStrategy
from ml.strategies.worth import UncertaintyMeasure, most_worth_first, reason_of, worth_of

MEASURES = [each for each in strategies() if isinstance(each, UncertaintyStrategy)]
every_measure = pytest.mark.parametrize("each", MEASURES, ids=lambda each: each.name)


def measure(name: str) -> UncertaintyMeasure:
    return strategy(name).measure


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_most_worth_labeling_comes_first() -> None:
    assert most_worth_first(np.array([0.1, 0.9, 0.5]), rng=rng()).tolist() == [1, 2, 0]


def test_order_is_of_all_images() -> None:
    rows = most_worth_first(np.round(rng().random(1_000), 2), rng=rng())

    assert sorted(rows) == list(range(1_000))


def test_another_seed_breaks_ties_otherwise() -> None:
    first, second = (most_worth_first(np.zeros(30), rng=rng(seed)).tolist() for seed in (1, 2))

    assert first != second


def test_no_images_have_an_empty_order() -> None:
    assert most_worth_first(np.empty(0), rng=rng()).shape == (0,)


@pytest.mark.parametrize("different", [1, 20, 10_000])
def test_ties_are_broken_as_if_all_were_sorted_by_worth_and_noise(different: int) -> None:
    worth = rng().integers(different, size=1_000) / different

    rows = most_worth_first(worth, rng=rng(1))

    assert rows.tolist() == np.lexsort((rng(1).random(1_000), -worth)).tolist()


def test_with_several_labels_the_least_decided_class_counts() -> None:
    probabilities = np.array([[0.99, 0.5, 0.01], [0.9, 0.9, 0.9]])

    worth = worth_of(measure("margin"), probabilities, mode=MULTI_LABEL, rng=rng())

    assert worth == pytest.approx([1.0, 0.2])


@every_measure
@pytest.mark.parametrize("mode", [SINGLE_LABEL, MULTI_LABEL])
def test_worth_of_chunks_is_worth_of_the_whole(each: UncertaintyMeasure, mode: LabelMode) -> None:
    probabilities = rng().dirichlet([1, 1, 1], size=40)
    passed_on = rng()

    chunks = [worth_of(each, chunk, mode=mode, rng=passed_on) for chunk in np.array_split(probabilities, 6)]

    assert np.array_equal(np.concatenate(chunks), worth_of(each, probabilities, mode=mode, rng=rng()))


@every_measure
@pytest.mark.parametrize("mode", [SINGLE_LABEL, MULTI_LABEL])
def test_empty_pool_has_no_worth(each: UncertaintyMeasure, mode: LabelMode) -> None:
    for classes in (1, 3):
        assert worth_of(each, np.empty((0, classes)), mode=mode, rng=rng()).shape == (0,)


def test_single_label_with_several_allowed_is_still_a_question() -> None:
    assert worth_of(measure("margin"), np.array([[0.5]]), mode=MULTI_LABEL, rng=rng()) == pytest.approx([1])


def test_reason_with_several_labels_asks_about_the_least_decided_class() -> None:
    reason = reason_of(measure("margin"), np.array([0.99, 0.52]), ("Coast", "Boat"), mode=MULTI_LABEL)

    assert reason == "between Boat (52 %) and not Boat (48 %)"


def test_reason_with_one_label_is_the_measures_own() -> None:
    reason = reason_of(measure("least-confidence"), np.array([0.4, 0.6]), ("Coast", "Boat"), mode=SINGLE_LABEL)

    assert reason == "at most Boat (60 %)"


def test_of_many_classes_only_some_images_are_in_memory_once_more() -> None:
    probabilities = np.full((4_000, 500), 0.5)

    tracemalloc.start()
    worth_of(measure("margin"), probabilities, mode=MULTI_LABEL, rng=rng())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 2 * probabilities.nbytes
