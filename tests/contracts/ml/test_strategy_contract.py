"""Contract of all strategies in the registry, with and without picking rules."""

from dataclasses import fields, replace

import numpy as np
import pytest

from ml.strategies.base import BaseStrategy
from ml.strategies.pool import Pool
from ml.strategies.registry import strategies, strategy
from ml.types import Rows
from tests.ml.pools import a_pool

RULES = ("margin(distinct=0.9)", "margin(most_per_class=0.4)", "margin(random_share=0.3)", "random(distinct=0.95)")
every_strategy = pytest.mark.parametrize(
    "each", [*strategies(), *(strategy(name) for name in RULES)], ids=lambda each: each.name
)

ARRAYS = ("embeddings", "probabilities", "labeled_embeddings", "labeled_targets")


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def of_equal_images(pool: Pool) -> Pool:
    first = np.zeros(pool.size, dtype=np.intp)
    return replace(pool, embeddings=pool.embeddings[first], probabilities=pool.probabilities[first])


POOLS = {
    "with a version": a_pool(),
    "before the first version": a_pool(known=False),
    "no labeled image": replace(
        a_pool(), labeled_embeddings=np.empty((0, 8), dtype=np.float32), labeled_targets=np.empty((0, 3), dtype=bool)
    ),
    "of one image": a_pool(images=1),
    "of duplicates": of_equal_images(a_pool()),
    "of labeled images once more": replace(
        a_pool(images=30),
        labeled_embeddings=a_pool(images=30).embeddings,
        labeled_targets=np.eye(3, dtype=bool)[np.arange(30) % 3],
    ),
    "one class": a_pool(classes=1),
    "two classes": a_pool(classes=2),
    "a class without labels": replace(a_pool(), labeled_targets=np.eye(3, dtype=bool)[[0, 0, 0, 1, 1, 1]]),
    "labels of one class": replace(a_pool(), labeled_targets=np.eye(3, dtype=bool)[[0, 0, 0, 0, 0, 0]]),
    "several labels an image": a_pool(multi_label=True),
    "texts of the classes": a_pool(known=False, with_texts=True),
}
every_pool = pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS.keys())


@every_strategy
@every_pool
def test_picks_each_image_once_and_the_same_by_the_same_seed_and_changes_nothing(
    each: BaseStrategy, pool: Pool
) -> None:
    before = {field.name: np.copy(getattr(pool, field.name)) for field in fields(pool) if field.name in ARRAYS}
    said = pool.probabilities if pool.classify is None else pool.classify(pool.embeddings)

    first, again = (each.pick(pool, 7, rng=rng(3)) for _ in range(2))

    assert_are_images_of(pool, first, count=7)
    assert first.tolist() == again.tolist()
    assert all(np.array_equal(getattr(pool, name), array) for name, array in before.items())
    assert pool.classify is None or np.array_equal(pool.classify(pool.embeddings), said)


@every_strategy
@pytest.mark.parametrize("name", ["with a version", "before the first version"])
def test_picks_a_single_image_and_the_whole_pool(each: BaseStrategy, name: str) -> None:
    pool = POOLS[name]

    for count in (1, 1_000):
        assert_are_images_of(pool, each.pick(pool, count, rng=rng()), count=count)


@every_strategy
def test_where_nothing_is_there_or_asked_for_nothing_is_picked(each: BaseStrategy) -> None:
    for pool, count in ((a_pool(images=0), 5), (a_pool(images=0, known=False), 5), (a_pool(), 0)):
        assert each.pick(pool, count, rng=rng()).shape == (0,)


@every_strategy
def test_goes_on_to_the_end_of_the_pool(each: BaseStrategy) -> None:
    pool, asked = a_pool(images=12), 0

    while pool.size:
        picked = each.pick(pool, 5, rng=rng(asked))
        asked += len(picked)
        pool = _labeled(pool, picked)

    assert asked == 12


@every_strategy
def test_its_name_finds_it_again(each: BaseStrategy) -> None:
    assert strategy(each.name) == each


def assert_are_images_of(pool: Pool, picked: Rows, *, count: int) -> None:
    assert picked.dtype == np.intp
    assert len(picked) == min(count, pool.size)
    assert len(set(picked.tolist())) == len(picked)
    assert set(picked.tolist()) <= set(range(pool.size))


def _labeled(pool: Pool, picked: Rows) -> Pool:
    left = np.setdiff1d(np.arange(pool.size), picked)
    answers = np.eye(pool.probabilities.shape[1], dtype=bool)[pool.probabilities[picked].argmax(axis=1)]
    return replace(
        pool,
        embeddings=pool.embeddings[left],
        probabilities=pool.probabilities[left],
        labeled_embeddings=np.vstack([pool.labeled_embeddings, pool.embeddings[picked]]),
        labeled_targets=np.vstack([pool.labeled_targets, answers]),
    )
