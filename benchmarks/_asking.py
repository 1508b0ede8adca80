"""Replays labeling with a head that trains in milliseconds, so that many strategies can be compared many times."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import softmax

from benchmarks._collections import Collection
from ml.heads.linear.softmax_regression import fit_softmax_path
from ml.simulation.replay import LabelingSplit, round_quality
from ml.strategies.pool import Pool, undecided
from ml.types import Embeddings, Probabilities, Rows, Targets

# scikit-learn's C: weak regularisation, near the best value from one label per class to thirty.
REGULARISATION = 1_000.0

Classify = Callable[[Embeddings], Probabilities]


class Asker(Protocol):
    """A query strategy: one of ours, or one of another library.

    Attributes: starts_at_random: True if its first images are drawn at random, because there is no classifier yet; they
        are the same images for all strategies of this kind.
    """

    @property
    def name(self) -> str: ...

    @property
    def starts_at_random(self) -> bool: ...

    def pick(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows: ...


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """The results of one run, by budget, until the pool was empty.

    Attributes:
        accuracy: on the test images, 0..1; with an imbalanced pool the mean over classes.
        query_seconds: time to choose the images; 0 if there were none to choose.
    """

    labels: list[int]
    accuracy: list[float]
    query_seconds: list[float]


def replayed(
    asker: Asker, images: Collection, scenario: LabelingSplit, budgets: Sequence[int], *, imbalanced: bool, seed: int
) -> Replayed:
    """Query, label, train from scratch and test for each budget.

    Args: budgets: increasing numbers of labels.
    """
    labeled, pool, found = scenario.initial, scenario.pool, Replayed(labels=[], accuracy=[], query_seconds=[])
    classify = _trained(images, labeled)
    for place, budget in enumerate(budgets):
        wanted = min(budget - len(labeled), len(pool))
        started = time.perf_counter()
        if wanted > 0:
            asked = pool[_picked(asker, _pool(images, labeled, pool, classify), wanted, seed=seed, place=place)]
            labeled, pool = np.concatenate([labeled, asked]), np.setdiff1d(pool, asked)
        found.query_seconds.append(time.perf_counter() - started)
        classify = _trained(images, labeled)
        found.labels.append(len(labeled))
        found.accuracy.append(_accuracy(images, scenario.test, classify, imbalanced=imbalanced))
        if not len(pool):
            break
    return found


def with_all_labels(images: Collection, scenario: LabelingSplit, *, imbalanced: bool) -> Replayed:
    """Train on the labels of the whole pool, and test."""
    labeled = np.concatenate([scenario.initial, scenario.pool])
    accuracy = _accuracy(images, scenario.test, _trained(images, labeled), imbalanced=imbalanced)
    return Replayed(labels=[len(labeled)], accuracy=[accuracy], query_seconds=[0.0])


def _picked(asker: Asker, pool: Pool, count: int, *, seed: int, place: int) -> Rows:
    if pool.classify is None and asker.starts_at_random:
        return np.random.default_rng([seed, place]).permutation(pool.size)[:count]
    return asker.pick(pool, count, rng=np.random.default_rng([seed, place]))


def _pool(images: Collection, labeled: Rows, pool: Rows, classify: Classify | None) -> Pool:
    embeddings = images.embeddings[pool]
    return Pool(
        embeddings=embeddings,
        probabilities=undecided(images=len(pool), classes=images.targets.shape[1])
        if classify is None
        else classify(embeddings),
        labeled_embeddings=images.embeddings[labeled],
        labeled_targets=images.targets[labeled],
        classify=classify,
    )


def _trained(images: Collection, labeled: Rows) -> Classify | None:
    """Train a head, or return None if fewer than two classes are labeled."""
    targets = images.targets[labeled]
    if targets.any(axis=0).sum() < 2:
        return None
    return trained_head(images.embeddings[labeled], targets)


def trained_head(embeddings: Embeddings, targets: Targets) -> Classify:
    """Train a head on these images.

    Args: targets: of at least two classes.
    """
    (head,) = fit_softmax_path(embeddings, targets, [REGULARISATION])

    def classify(others: Embeddings) -> Probabilities:
        probabilities: Probabilities = softmax(head.logits(others), axis=1)
        return probabilities

    return classify


def _accuracy(images: Collection, test: Rows, classify: Classify | None, *, imbalanced: bool) -> float:
    if classify is None:
        return 1 / images.targets.shape[1]
    quality = round_quality(classify(images.embeddings[test]), images.targets[test])
    return quality.mean_recall if imbalanced else quality.top1
