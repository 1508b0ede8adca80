"""Committee: picks the images on which heads of several kinds disagree most (query by committee)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr
from threadpoolctl import threadpool_limits

from ml.geometry.l2_normalise import l2_normalise
from ml.heads.linear import sigmoid_regression, softmax_regression
from ml.heads.linear.linear_head import LinearHead
from ml.heads.linear.regularisation import DEFAULT_C
from ml.heads.neighbours.exact_search import ExactSearch
from ml.heads.neighbours.knn import DEFAULT_WIDTH, WEIGHTED_NEIGHBOURS, knn_head
from ml.heads.neighbours.nearest_class_mean import class_means
from ml.heads.neighbours.neighbour_votes import VotingRule
from ml.labels.label_mode import EVEN_LOGIT, LabelMode
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.training_subsample import TrainingSubsample, training_subsample
from ml.strategies.worth import worth_of
from ml.types import Embeddings, Logits, Rows, Targets

# Number of images that the committee predicts at a time.
IMAGES_AT_ONCE = 8_192
# Number of neighbours with an equal vote on each class, in multi-label projects.
VOTING_NEIGHBOURS = 5


class Committee(BatchStrategy):
    """Vote entropy of softmax regression, class means and nearest neighbours, trained on the current labels.

    In multi-label projects they vote on each class, and the most disputed class counts. Margin breaks ties, and decides
    alone while fewer than two classes are labeled.

    Source: Engelson and Dagan 1996, "Minimizing manual annotation cost in supervised training from corpora".
    """

    kind: ClassVar = "committee"

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        learning, measuring = rng.spawn(2)
        worth = worth_of(self.measure, pool.probabilities, mode=pool.mode, rng=measuring)
        disputed = _disputed(pool, rng=learning)
        noise = measuring.random(pool.size)
        return np.asarray(np.lexsort((noise, -worth, -disputed))[:count], dtype=np.intp)


class Member(Protocol):
    """A member of the committee: a trained head."""

    def logits(self, embeddings: Embeddings) -> Logits: ...


def members(labels: TrainingSubsample, *, multi_label: bool) -> tuple[Member, ...]:
    """Train one head of each kind; multi-label heads say yes to a class by a logit above 0."""
    embeddings, targets = labels.embeddings, labels.targets
    if multi_label:
        return (
            sigmoid_regression.fit_sigmoid_path(embeddings, targets, (DEFAULT_C,))[-1],
            _nearer_mean(embeddings, targets),
            _MostNeighbours(search=ExactSearch(embeddings=embeddings), targets=targets),
        )
    by_distance = VotingRule(k=WEIGHTED_NEIGHBOURS, width=DEFAULT_WIDTH)
    return (
        softmax_regression.fit_softmax_path(embeddings, targets, (DEFAULT_C,))[-1],
        class_means(embeddings, targets),
        knn_head(ExactSearch(embeddings=embeddings), targets, by_distance),
    )


def vote_entropy(logits: Sequence[Logits], *, mode: LabelMode) -> NDArray[np.float64]:
    """Compute the vote entropy of each image, in nats. Args: logits: of each member, (images, classes)."""
    votes = [mode.hard_labels(each, EVEN_LOGIT) for each in logits]
    shares = np.mean(votes, axis=0)
    return np.asarray(entr(mode.questions(shares)).sum(axis=2).max(axis=1), dtype=np.float64)


def _disputed(pool: Pool, *, rng: np.random.Generator) -> NDArray[np.float64]:
    """Train the committee and compute the vote entropy of the pool, (images,); 0 if the labels teach nothing."""
    entropy = np.zeros(pool.size)
    labels = training_subsample(pool, rng=rng)
    if labels is None:
        return entropy
    # Such small trainings were eight times slower on two threads than on one, while other processes were busy.
    with threadpool_limits(limits=1):
        committee = members(labels, multi_label=pool.multi_label)
    for start in range(0, pool.size, IMAGES_AT_ONCE):
        rows = slice(start, start + IMAGES_AT_ONCE)
        logits = [member.logits(pool.embeddings[rows]) for member in committee]
        entropy[rows] = vote_entropy(logits, mode=pool.mode)
    return entropy


def _nearer_mean(embeddings: Embeddings, targets: Targets) -> LinearHead:
    """Build a multi-label head that says yes if the mean of images with the class is nearer than of those without.

    Classes without a label get no.
    """
    on, off = (l2_normalise(each.T.astype(np.float32) @ embeddings) for each in (targets, ~targets))
    biases = np.where(targets.any(axis=0), 0, -np.inf)
    return LinearHead(weights=on - off, biases=biases.astype(np.float32))


@dataclass(frozen=True, kw_only=True, eq=False)
class _MostNeighbours:
    """Multi-label head that says yes to a class that most of the nearest labeled images have."""

    search: ExactSearch
    targets: Targets

    def logits(self, embeddings: Embeddings) -> Logits:
        rows = self.search.nearest(embeddings, k=VOTING_NEIGHBOURS).rows
        return np.asarray(self.targets[rows].mean(axis=1) - 1 / 2)
