"""Random picks, balanced by the number of labels of each class."""

from dataclasses import replace

import numpy as np
import pytest

from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from tests.ml.pools import a_pool

BALANCED = strategy("class-balanced-random")


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def labeled_as(pool: Pool, *labels_of_class: int) -> Pool:
    classes = np.repeat(np.arange(len(labels_of_class)), labels_of_class)
    return replace(
        pool,
        labeled_targets=np.eye(len(labels_of_class), dtype=bool)[classes],
        labeled_embeddings=np.zeros((len(classes), pool.embeddings.shape[1]), dtype=np.float32),
    )


def looks_like(pool: Pool) -> list[int]:
    return list(pool.probabilities.argmax(axis=1).tolist())


def test_every_start_fills_up_the_class_with_fewest_labels() -> None:
    pool = labeled_as(a_pool(images=60), 4, 0, 3)

    picked = BALANCED.pick(pool, 12, rng=rng())

    has, seen = [4, 0, 3], looks_like(pool)
    for row in picked:
        assert has[seen[row]] == min(has)
        has[seen[row]] += 1


def test_a_class_that_is_never_predicted_is_skipped() -> None:
    pool = a_pool(images=20)
    pool = replace(pool, probabilities=np.tile([0.2, 0.0, 0.8], (20, 1)))

    assert len(BALANCED.pick(pool, 20, rng=rng())) == 20


def test_within_a_class_all_images_are_equally_likely() -> None:
    pool = labeled_as(a_pool(images=12), 9, 0, 9)

    firsts = [int(BALANCED.pick(pool, 1, rng=rng(seed))[0]) for seed in range(800)]

    of_class = np.flatnonzero(pool.probabilities.argmax(axis=1) == 1)
    assert set(firsts) == set(of_class.tolist())
    assert np.bincount(firsts, minlength=12)[of_class] / 800 == pytest.approx(1 / len(of_class), abs=0.06)


def test_classes_with_as_many_labels_are_as_likely_to_be_first() -> None:
    pool = labeled_as(a_pool(images=60), 2, 2, 2)

    firsts = [looks_like(pool)[BALANCED.pick(pool, 1, rng=rng(seed))[0]] for seed in range(100)]

    assert set(firsts) == {0, 1, 2}


def test_before_the_first_version_texts_tell_classes() -> None:
    pool, known = (a_pool(images=90, known=known, with_texts=True) for known in (False, True))

    picked = BALANCED.pick(pool, 9, rng=rng())

    assert np.bincount(known.probabilities.argmax(axis=1)[picked]).tolist() == [3, 3, 3]
