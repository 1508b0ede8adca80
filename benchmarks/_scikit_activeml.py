"""Runs strategies of scikit-activeml like ours: on the same pool, with the same head."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skactiveml import pool as activeml
from skactiveml.base import SkactivemlClassifier

from benchmarks._asking import Classify, trained_head
from ml.strategies.pool import Pool
from ml.types import Embeddings, Rows, Targets

PREFIX = "scikit-activeml "
# Strategies that compare all images with each other get at most this many of the pool, drawn again each time.
MOST_COMPARED = 4_000
COMMITTEE = 5


class GivenHead(SkactivemlClassifier):  # type: ignore[misc]  # the library is untyped
    """A trained head in the form of a scikit-activeml classifier, so that all strategies use the same head."""

    def __init__(
        self,
        classify: Classify | None = None,
        classes: Any = None,
        missing_label: float = np.nan,
        cost_matrix: Any = None,
        random_state: int | None = None,
    ) -> None:
        super().__init__(
            classes=classes, missing_label=missing_label, cost_matrix=cost_matrix, random_state=random_state
        )
        self.classify = classify
        self.classes_ = np.asarray(classes)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "GivenHead":  # noqa: N803, ARG002
        """Do nothing: the head is trained already."""
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Predict for embeddings, or for parts of them."""
        assert self.classify is not None
        return self.classify(np.asarray(X, dtype=np.float32))

    def predict(self, X: Any) -> NDArray[np.intp]:  # noqa: N803
        """Return the most probable class."""
        return np.asarray(self.predict_proba(X).argmax(axis=1), dtype=np.intp)


# Makes the heads that a query gets besides the images, from the pool.
Learners = Callable[[Pool, int], dict[str, Any]]


def _nothing(pool: Pool, seed: int) -> dict[str, Any]:  # noqa: ARG001
    return {}


def _classifier(pool: Pool, seed: int) -> dict[str, Any]:  # noqa: ARG001
    return {"clf": _given(pool.classify, pool.labeled_targets), "fit_clf": False}


def _estimator(pool: Pool, seed: int) -> dict[str, Any]:  # noqa: ARG001
    return {"estimator": _given(pool.classify, pool.labeled_targets), "fit_estimator": False}


def _committee(pool: Pool, seed: int) -> dict[str, Any]:
    """Train a committee on labels drawn with replacement; each class keeps the label that was bought first."""
    rng, targets = np.random.default_rng(seed), pool.labeled_targets
    _, first = np.unique(targets.argmax(axis=1), return_index=True)
    drawn = (np.concatenate([first, rng.integers(len(targets), size=len(targets))]) for _ in range(COMMITTEE))
    heads = (trained_head(pool.labeled_embeddings[rows], targets[rows]) for rows in drawn)
    return {"ensemble": [_given(head, targets) for head in heads], "fit_ensemble": False}


def _given(classify: Classify | None, targets: Targets) -> GivenHead:
    return GivenHead(classify, classes=np.arange(targets.shape[1]))


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """make: makes a strategy from a seed and a number of classes; compares_all: it gets only MOST_COMPARED images."""

    make: Callable[[int, int], Any]
    learners: Learners = _nothing
    compares_all: bool = False


def _uncertainty(method: str) -> _Kind:
    return _Kind(
        make=lambda seed, _: activeml.UncertaintySampling(method=method, random_state=seed), learners=_classifier
    )


_KINDS: Mapping[str, _Kind] = {
    "RandomSampling": _Kind(make=lambda seed, _: activeml.RandomSampling(random_state=seed)),
    "UncertaintySampling margin": _uncertainty("margin_sampling"),
    "UncertaintySampling entropy": _uncertainty("entropy"),
    "UncertaintySampling least confident": _uncertainty("least_confident"),
    "QueryByCommittee": _Kind(
        make=lambda seed, _: activeml.QueryByCommittee(method="KL_divergence", random_state=seed), learners=_committee
    ),
    "Clue": _Kind(make=lambda seed, _: activeml.Clue(random_state=seed), learners=_estimator),
    "DropQuery": _Kind(make=lambda seed, _: activeml.DropQuery(random_state=seed), learners=_classifier),
    "Falcun": _Kind(make=lambda seed, _: activeml.Falcun(random_state=seed), learners=_classifier),
    "ContrastiveAL": _Kind(make=lambda seed, _: activeml.ContrastiveAL(random_state=seed), learners=_classifier),
    "CoreSet": _Kind(make=lambda seed, _: activeml.CoreSet(random_state=seed)),
    "TypiClust": _Kind(make=lambda seed, _: activeml.TypiClust(random_state=seed)),
    "ProbCover": _Kind(
        make=lambda seed, classes: activeml.ProbCover(n_classes=classes, random_state=seed), compares_all=True
    ),
    "MaxHerding": _Kind(make=lambda seed, _: activeml.MaxHerding(random_state=seed), compares_all=True),
    "Badge": _Kind(make=lambda seed, _: activeml.Badge(random_state=seed), learners=_classifier),
}


@dataclass(frozen=True, kw_only=True)
class ScikitActivemlAsker:
    """One of the library's strategies with its default options."""

    kind: str

    @property
    def name(self) -> str:
        """Return its name in the library's documentation."""
        return PREFIX + self.kind

    @property
    def starts_at_random(self) -> bool:
        """True if it needs a classifier to query."""
        return _KINDS[self.kind].learners is not _nothing

    def pick(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick images; the library gets the labeled images first, then those without a label."""
        kind, drawn = _KINDS[self.kind], rng.permutation(pool.size)
        rows = np.sort(drawn[:MOST_COMPARED] if kind.compares_all else drawn)
        seed = int(rng.integers(2**31))
        labeled = len(pool.labeled_targets)
        asked = kind.make(seed, pool.labeled_targets.shape[1]).query(
            X=_together(pool.labeled_embeddings, pool.embeddings[rows]),
            y=np.concatenate([pool.labeled_targets.argmax(axis=1), np.full(len(rows), np.nan)]),
            batch_size=min(count, len(rows)),
            **kind.learners(pool, seed),
        )
        return rows[np.asarray(asked, dtype=np.intp) - labeled]


def scikit_activeml_names() -> tuple[str, ...]:
    """List all strategies that work on embeddings and a head that was trained elsewhere."""
    return tuple(PREFIX + kind for kind in _KINDS)


def _together(labeled: Embeddings, others: Embeddings) -> Embeddings:
    return np.concatenate([labeled, others]) if len(labeled) else others
