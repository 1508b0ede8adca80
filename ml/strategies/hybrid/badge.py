"""BADGE: picks images that would change the classifier most, each in a different direction."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ml.labels.label_mode import LabelMode
from ml.strategies.batch_base import BatchStrategy
from ml.strategies.pool import Pool
from ml.strategies.worth import most_worth_first
from ml.types import Embeddings, Probabilities, Rows

# Only the images with the longest gradients are compared with each picked one: 40,000 x 1,280 take 0.03 s each time.
MOST_CANDIDATES = 40_000
# Number of images whose residuals are in memory at a time.
IMAGES_AT_ONCE = 8_192
# Smaller differences, relative to the longest gradient, are rounding errors.
RELATIVE_ROUNDING = 1e-6


class Badge(BatchStrategy):
    """k-means++ seeding on gradients of the last layer, with the predicted label of each image taken as true.

    The first image has the longest gradient; each next one is drawn with probability proportional to its squared
    distance to the nearest picked one. Before the first version it seeds on the embeddings.

    Source: Ash et al. 2020, "Deep batch active learning by diverse, uncertain gradient lower bounds".
    """

    kind: ClassVar = "badge"

    def choose(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick by k-means++; if no other image differs from the picked ones, the longest gradient comes first."""
        longest_first = most_worth_first(_squared_lengths(pool), rng=rng)
        compared = longest_first[:MOST_CANDIDATES]
        gradients = Gradients.of(pool.embeddings[compared], pool.probabilities[compared], mode=pool.mode)
        seeds = compared[_seeds(gradients, count, rng=rng)]
        return np.concatenate([seeds, longest_first[~np.isin(longest_first, seeds)]])[:count]


@dataclass(frozen=True, kw_only=True, eq=False)
class Gradients:
    """Gradients of images, each the outer product of residuals and embedding, which is never computed.

    The dot product of two gradients is (g . g') (x . x').

    Attributes: residuals: (images, classes) float32; embeddings: (images, dimension); squared_lengths: (images,).
    """

    residuals: NDArray[np.float32]
    embeddings: Embeddings
    squared_lengths: NDArray[np.float32]

    @classmethod
    def of(cls, embeddings: Embeddings, probabilities: Probabilities, *, mode: LabelMode) -> Self:
        """Compute the gradients of images from their probabilities."""
        residuals = _residuals(probabilities, mode=mode)
        lengths = _row_products(residuals, residuals) * _row_products(embeddings, embeddings)
        return cls(residuals=residuals, embeddings=embeddings, squared_lengths=lengths)

    def squared_distances(self, place: int) -> NDArray[np.float32]:
        """Compute the squared distances of all gradients to one of them. Returns: (images,)."""
        products = (self.residuals @ self.residuals[place]) * (self.embeddings @ self.embeddings[place])
        distances = self.squared_lengths + self.squared_lengths[place] - 2 * products
        rounding = RELATIVE_ROUNDING * self.squared_lengths.max()
        return np.where(distances > rounding, distances, np.float32(0))


def _seeds(gradients: Gradients, count: int, *, rng: np.random.Generator) -> Rows:
    """Draw rows by k-means++, starting with row 0; fewer if no other row differs from the drawn ones."""
    chosen, nearest = [0], gradients.squared_distances(0)
    while len(chosen) < count and nearest.any():
        odds = np.cumsum(nearest, dtype=np.float64)
        # The draw is below the sum, so the first row whose cumulated odds exceed it has odds above 0.
        drawn = int(np.searchsorted(odds, rng.random() * odds[-1], side="right"))
        chosen.append(drawn)
        nearest = np.minimum(nearest, gradients.squared_distances(drawn))
    return np.array(chosen, dtype=np.intp)


def _squared_lengths(pool: Pool) -> NDArray[np.float64]:
    """Compute the squared lengths of the gradients of the whole pool. Returns: (images,)."""
    lengths = np.empty(pool.size)
    for start in range(0, pool.size, IMAGES_AT_ONCE):
        rows = slice(start, start + IMAGES_AT_ONCE)
        lengths[rows] = Gradients.of(pool.embeddings[rows], pool.probabilities[rows], mode=pool.mode).squared_lengths
    return lengths


def _residuals(probabilities: Probabilities, *, mode: LabelMode) -> NDArray[np.float32]:
    """Subtract the predicted labels from the probabilities."""
    return np.asarray(probabilities - mode.hard_labels(probabilities), dtype=np.float32)


def _row_products(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.einsum("ij,ij->i", first, second), dtype=np.float32)
