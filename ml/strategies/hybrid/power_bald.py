"""PowerBALD: draws images with odds of the disagreement of heads that were trained on bootstraps of the labels."""

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

# Number of heads, each trained on a bootstrap of the labels.
MEMBERS = 10
# Number of images that the heads predict at a time.
IMAGES_AT_ONCE = 8_192
# Less mutual information, in nats, is a rounding error.
LEAST_INFORMATION = 1e-9


class PowerBald(BatchStrategy):
    """Draws images with odds of the mutual information between label and head, raised to a power.

    Draws without replacement by adding Gumbel noise to the logarithms (Gumbel-top-k); the noise keeps similar images
    from being picked together. Margin orders the images that the heads agree on, and all images if the labels teach
    nothing. In multi-label projects the most disputed class counts.

    Source: Kirsch et al. 2021, "Stochastic batch acquisition: a simple baseline for deep active learning".

    Attributes: power: 0 draws all images with the same odds, a large one takes the most disputed.
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
    """Compute the entropy of the mean minus the mean of the entropies (BALD, Houlsby et al. 2011), in nats.

    Args: of_members: at least one, each (images, classes).
    Returns: (images,).
    """
    mean: Probabilities | float = 0.0
    mean_entropy: NDArray[np.float64] | float = 0.0
    for heads, probabilities in enumerate(of_members, start=1):
        mean = mean + (probabilities - mean) / heads
        mean_entropy = mean_entropy + (_entropies(probabilities, mode) - mean_entropy) / heads
    information = _entropies(np.asarray(mean), mode) - mean_entropy
    return np.asarray(information.max(axis=1), dtype=np.float64)


def _entropies(probabilities: Probabilities, mode: LabelMode) -> NDArray[np.float64]:
    """Compute the entropy of the answers to each question. Returns: (images, questions)."""
    return np.asarray(entr(mode.questions(probabilities)).sum(axis=2))


def _information(pool: Pool, *, rng: np.random.Generator) -> NDArray[np.float64]:
    """Train the heads and compute the mutual information of the pool, (images,); 0 if the labels teach nothing."""
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
    # Such small trainings were eight times slower on two threads than on one, while other processes were busy.
    with threadpool_limits(limits=1):
        return [fit_path(labels.embeddings[rows], labels.targets[rows], (DEFAULT_C,))[-1] for rows in bootstraps]


def _bootstrap(targets: Targets, *, multi_label: bool, rng: np.random.Generator) -> Rows:
    """Draw as many labels with replacement, within each class, or a head could miss a rare class."""
    if multi_label:
        return rng.integers(len(targets), size=len(targets))
    drawn = [rng.choice(np.flatnonzero(own), size=int(own.sum())) for own in targets.T if own.any()]
    return np.concatenate(drawn)
