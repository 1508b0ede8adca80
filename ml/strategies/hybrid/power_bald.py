"""PowerBALD: images on which heads that learned from slightly other labels disagree, drawn with odds of how much."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import entr
from threadpoolctl import threadpool_limits

from ml.heads.linear import sigmoid_regression, softmax_regression
from ml.heads.linear.linear_head import LinearHead
from ml.heads.linear.regularisation import DEFAULT_C
from ml.labels.label_mode import LabelMode
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.training_subsample import TrainingSubsample, training_subsample
from ml.strategies.worth import worth_of
from ml.types import Probabilities, Rows, Targets

# Heads trained on bootstraps of the labels.
MEMBERS = 10
# Images that the heads look at together.
IMAGES_AT_ONCE = 8_192
# Mutual information of this size, in nats, is rounding.
LEAST_INFORMATION = 1e-9


class PowerBald(BatchStrategy):
    """The mutual information of an image's label and the head, to a power, gives the odds of being drawn next.

    Drawing without replacement is taking the largest of logarithms with Gumbel noise, and keeps images that say the
    same from being asked for together. What no head disputes, and all where there is nothing to learn, comes by margin.
    With several labels an image the most disputed class counts.

    Source: Kirsch et al. 2021, "Stochastic batch acquisition: a simple baseline for deep active learning".

    Attributes: power: 0 draws all alike, many take the most disputed.
    """

    kind: ClassVar = "power-bald"
    power: float = Field(default=1.0, ge=0, le=100)

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        learning, measuring, drawing = rng.spawn(3)
        worth = worth_of(self.measure, pool.probabilities, mode=pool.mode, rng=measuring)
        information = _information(pool, rng=learning)
        disputed = information > LEAST_INFORMATION
        logarithms = np.log(information, where=disputed, out=np.zeros(pool.size))
        drawn = np.where(disputed, self.power * logarithms + drawing.gumbel(size=pool.size), -np.inf)
        return np.asarray(np.lexsort((measuring.random(pool.size), -worth, -drawn))[:count], dtype=np.intp)


def mutual_information(of_members: Iterable[Probabilities], *, mode: LabelMode) -> NDArray[np.float64]:
    """The entropy of the mean less the mean of the entropies (BALD, Houlsby et al. 2011), in nats, (images,).

    Args: of_members: at least one, each (images, classes).
    """
    mean: Probabilities | float = 0.0
    mean_entropy: NDArray[np.float64] | float = 0.0
    for heads, probabilities in enumerate(of_members, start=1):
        mean = mean + (probabilities - mean) / heads
        mean_entropy = mean_entropy + (_entropies(probabilities, mode) - mean_entropy) / heads
    information = _entropies(np.asarray(mean), mode) - mean_entropy
    return np.asarray(information.max(axis=1), dtype=np.float64)


def _entropies(probabilities: Probabilities, mode: LabelMode) -> NDArray[np.float64]:
    """Of the answers to each question. Returns: (images, questions)."""
    return np.asarray(entr(mode.questions(probabilities)).sum(axis=2))


def _information(pool: Pool, *, rng: np.random.Generator) -> NDArray[np.float64]:
    """(images,) 0 where nothing can be learned."""
    information = np.zeros(pool.size)
    labels = training_subsample(pool, rng=rng)
    if labels is None:
        return information
    heads = _ensemble(labels, multi_label=pool.multi_label, rng=rng)
    for start in range(0, pool.size, IMAGES_AT_ONCE):
        rows = slice(start, start + IMAGES_AT_ONCE)
        of_members = (pool.mode.probabilities(head.logits(pool.embeddings[rows])) for head in heads)
        information[rows] = mutual_information(of_members, mode=pool.mode)
    return information


def _ensemble(labels: TrainingSubsample, *, multi_label: bool, rng: np.random.Generator) -> Sequence[LinearHead]:
    fit_path = sigmoid_regression.fit_sigmoid_path if multi_label else softmax_regression.fit_softmax_path
    bootstraps = [_bootstrap(labels.targets, multi_label=multi_label, rng=rng) for _ in range(MEMBERS)]
    # On two threads such small trainings were eight times slower than on one, where others use the machine too.
    with threadpool_limits(limits=1):
        return [fit_path(labels.embeddings[rows], labels.targets[rows], (DEFAULT_C,))[-1] for rows in bootstraps]


def _bootstrap(targets: Targets, *, multi_label: bool, rng: np.random.Generator) -> Rows:
    """As many labels, with repetition; each class keeps its number, or a head would know nothing of a rare one."""
    if multi_label:
        return rng.integers(len(targets), size=len(targets))
    drawn = [rng.choice(np.flatnonzero(own), size=int(own.sum())) for own in targets.T if own.any()]
    return np.concatenate(drawn)
