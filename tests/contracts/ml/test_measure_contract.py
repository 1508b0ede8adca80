"""Contract of all strategies that score each image on its own (uncertainty measures)."""

import numpy as np
import pytest

from ml.strategies.registry import strategies, strategy
from ml.strategies.uncertainty.base import UncertaintyStrategy
from ml.strategies.worth import UncertaintyMeasure
from ml.types import Probabilities

LABELS = ("Coast", "Forest", "Highway", "Street")
MEASURES = [each for each in strategies() if isinstance(each, UncertaintyStrategy)]
every_measure = pytest.mark.parametrize("each", MEASURES, ids=lambda each: each.name)
every_uncertainty = pytest.mark.parametrize(
    "each", [each for each in MEASURES if each.name != "random"], ids=lambda each: each.name
)

SURE, LEANING, TORN = [1.0, 0.0, 0.0, 0.0], [0.7, 0.1, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25]


def measure(name: str) -> UncertaintyMeasure:
    return strategy(name).measure


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def some_probabilities(images: int = 50) -> Probabilities:
    return np.random.default_rng(1).dirichlet(np.full(len(LABELS), 0.3), size=images)


@every_measure
def test_worth_is_one_number_in_0_to_1_per_image(each: UncertaintyMeasure) -> None:
    worth = each.worth(np.vstack([some_probabilities(), [SURE, TORN]]), rng=rng())

    assert worth.shape == (52,)
    assert worth.dtype == np.float64
    assert ((worth >= 0) & (worth <= 1)).all()


@every_uncertainty
def test_certain_image_is_worth_0_and_evenly_torn_one_1(each: UncertaintyMeasure) -> None:
    worth = each.worth(np.array([SURE, TORN]), rng=rng())

    assert worth == pytest.approx([0, 1])


@every_uncertainty
def test_more_doubt_is_worth_more(each: UncertaintyMeasure) -> None:
    sure, leaning, torn = each.worth(np.array([SURE, LEANING, TORN]), rng=rng())

    assert sure < leaning < torn


@every_uncertainty
def test_reordering_images_reorders_their_worth(each: UncertaintyMeasure) -> None:
    probabilities = some_probabilities()
    shuffled = np.random.default_rng(2).permutation(len(probabilities))

    worth = each.worth(probabilities, rng=rng())

    assert np.array_equal(each.worth(probabilities[shuffled], rng=rng()), worth[shuffled])


@every_uncertainty
def test_reordering_classes_changes_nothing(each: UncertaintyMeasure) -> None:
    probabilities = some_probabilities()

    worth = each.worth(probabilities, rng=rng())

    assert each.worth(probabilities[:, ::-1], rng=rng()) == pytest.approx(worth)


@every_uncertainty
def test_equal_images_are_worth_the_same(each: UncertaintyMeasure) -> None:
    worth = each.worth(np.array([LEANING] * 5), rng=rng())

    assert len(set(worth)) == 1


@every_measure
def test_where_only_one_class_is_possible_nothing_is_worth_asking(each: UncertaintyMeasure) -> None:
    assert (each.worth(np.ones((3, 1)), rng=rng()) == 0).all()


@every_measure
def test_empty_pool_has_no_worth(each: UncertaintyMeasure) -> None:
    for classes in (1, 2, 4):
        assert each.worth(np.empty((0, classes)), rng=rng()).shape == (0,)


@every_measure
def test_same_seed_gives_the_same_worth(each: UncertaintyMeasure) -> None:
    probabilities = some_probabilities()

    assert np.array_equal(each.worth(probabilities, rng=rng()), each.worth(probabilities, rng=rng()))


@every_measure
def test_chunks_with_one_generator_give_the_worth_of_the_whole(each: UncertaintyMeasure) -> None:
    probabilities = some_probabilities()
    passed_on = rng()

    parts = [each.worth(chunk, rng=passed_on) for chunk in np.array_split(probabilities, 7)]

    assert np.array_equal(np.concatenate(parts), each.worth(probabilities, rng=rng()))


@every_measure
def test_gives_its_reason_in_words(each: UncertaintyMeasure) -> None:
    assert each.reason(np.array(LEANING), LABELS)


@pytest.mark.parametrize(
    ("name", "worth"),
    [
        ("margin", 1 - (0.5 - 0.3)),
        ("entropy", -(0.5 * np.log(0.5) + 0.3 * np.log(0.3) + 2 * 0.1 * np.log(0.1)) / np.log(4)),
        ("least-confidence", (1 - 0.5) * 4 / 3),
        ("ratio", 0.3 / 0.5),
    ],
)
def test_worth_is_as_the_formula_says(name: str, worth: float) -> None:
    assert measure(name).worth(np.array([[0.1, 0.5, 0.1, 0.3]]), rng=rng()) == pytest.approx([worth])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("margin", "between Coast (41 %) and Street (38 %)"),
        ("entropy", "as unsure as between 3.3 equal classes, first Coast (41 %)"),
        ("least-confidence", "at most Coast (41 %)"),
        ("ratio", "the second 93 % as likely as the first: Coast (41 %) and Street (38 %)"),
        ("random", "chosen at random"),
    ],
)
def test_reason_names_the_classes_in_question(name: str, reason: str) -> None:
    assert measure(name).reason(np.array([0.41, 0.11, 0.10, 0.38]), LABELS) == reason


def test_random_worth_differs_between_equal_images_and_between_seeds() -> None:
    equal = np.array([TORN] * 20)

    first, second = (measure("random").worth(equal, rng=np.random.default_rng(seed)) for seed in (1, 2))

    assert len(set(first)) == 20
    assert not np.array_equal(first, second)
