"""Tail-first: classes with few labels come first."""

from dataclasses import replace

import numpy as np

from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from tests.ml.pools import a_pool

TAIL_FIRST = strategy("tail-first")
# Number of labels of each class: class 2 has the fewest, class 0 the most.
LABELS = [0, 0, 0, 1, 1, 2]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def with_a_tail(images: int = 30) -> Pool:
    return replace(a_pool(images=images), labeled_targets=np.eye(3, dtype=bool)[LABELS])


def test_classes_take_turns_from_the_one_with_fewest_labels() -> None:
    pool = with_a_tail()

    picked = TAIL_FIRST.pick(pool, 7, rng=rng())

    assert pool.probabilities.argmax(axis=1)[picked].tolist() == [2, 1, 0, 2, 1, 0, 2]


def test_within_a_class_the_most_uncertain_image_comes_first() -> None:
    pool = with_a_tail()
    by_margin = strategy("margin").pick(pool, 30, rng=rng())

    picked = TAIL_FIRST.pick(pool, 30, rng=rng())

    looks_like = pool.probabilities.argmax(axis=1)
    for each in range(3):
        assert picked[looks_like[picked] == each].tolist() == by_margin[looks_like[by_margin] == each].tolist()


def test_a_class_that_runs_out_leaves_its_turns_to_the_others() -> None:
    pool = replace(with_a_tail(5), probabilities=np.eye(3)[[2, 0, 0, 0, 0]])

    picked = TAIL_FIRST.pick(pool, 5, rng=rng())

    assert picked[0] == 0
    assert set(picked.tolist()) == set(range(5))


def test_before_the_first_version_texts_tell_classes() -> None:
    pool, known = (a_pool(images=90, known=known, with_texts=True) for known in (False, True))

    picked = TAIL_FIRST.pick(pool, 9, rng=rng())

    assert np.bincount(known.probabilities.argmax(axis=1)[picked]).tolist() == [3, 3, 3]


def test_classes_with_as_many_labels_come_in_random_order() -> None:
    pool = a_pool(images=60)

    firsts = [pool.probabilities.argmax(axis=1)[TAIL_FIRST.pick(pool, 1, rng=rng(seed))[0]] for seed in range(30)]

    assert set(firsts) == {0, 1, 2}
