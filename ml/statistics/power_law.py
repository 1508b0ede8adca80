"""Fits power laws to learning curves: accuracy = limit - loss * labels ** -decay.

Most learning curves of classifiers follow this form unless labels are very few (Viering and Loog 2021, "The shape of
learning curves: a review"). Figueroa et al. 2012, "Predicting sample size required for classification performance",
use it to predict the gain of more labels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A geometric grid that covers the decays observed for classifiers.
DECAYS: NDArray[np.float64] = np.asarray(np.geomspace(0.05, 1.0, 30), dtype=np.float64)


@dataclass(frozen=True, kw_only=True, eq=False)
class PowerLaws:
    """Parameters of one power law per curve, each (curves,); limit: at most 1; loss: negative if the curve falls."""

    limit: NDArray[np.float64]
    loss: NDArray[np.float64]
    decay: NDArray[np.float64]

    def at(self, labels: float) -> NDArray[np.float64]:
        """Predict the accuracy of each curve at this number of labels. Returns: (curves,)."""
        return np.asarray(self.limit - self.loss * labels**-self.decay)


def draw_power_laws(
    labels: NDArray[np.float64],
    accuracies: NDArray[np.float64],
    *,
    variances: NDArray[np.float64],
    rng: np.random.Generator,
) -> PowerLaws:
    """Draw one power law per curve: the decay by its likelihood, limit and loss by least squares for that decay.

    A short curve hardly separates decay from limit. Always taking the likeliest decay would hide that uncertainty.

    Args: labels: (points,) at least two, positive; accuracies: (curves, points); variances: (points,) positive, noise
        of each point.
    """
    laws = [_fit(labels, accuracies, 1 / variances, decay) for decay in DECAYS]
    misfits = np.array([((accuracies - _values(law, labels)) ** 2 / variances).sum(axis=1) for law in laws])
    chosen = _draw_rows(-misfits / 2, rng)
    curves = np.arange(len(accuracies))
    limits, losses = (np.array([getattr(law, name) for law in laws]) for name in ("limit", "loss"))
    return PowerLaws(limit=limits[chosen, curves], loss=losses[chosen, curves], decay=np.asarray(DECAYS[chosen]))


def _fit(
    labels: NDArray[np.float64], accuracies: NDArray[np.float64], weights: NDArray[np.float64], decay: float
) -> PowerLaws:
    """Fit limit and loss by weighted least squares for a known decay; the limit is capped at 1."""
    share = weights / weights.sum()
    powers = labels**-decay
    mean_power, mean_accuracy = share @ powers, accuracies @ share
    centred = powers - mean_power
    loss = -((accuracies - mean_accuracy[:, None]) * centred) @ share / (centred**2 @ share)
    limit = mean_accuracy + loss * mean_power
    below_one = ((1 - accuracies) * powers) @ share / (powers**2 @ share)
    return PowerLaws(
        limit=np.minimum(limit, 1.0),
        loss=np.where(limit > 1, below_one, loss),
        decay=np.full(len(accuracies), decay),
    )


def _values(law: PowerLaws, labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Predict each curve at all its points. Returns: (curves, points)."""
    return np.asarray(law.limit[:, None] - law.loss[:, None] * labels ** -law.decay[:, None])


def _draw_rows(log_likelihoods: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw one row per column in proportion to its likelihood, by the Gumbel-max trick (Gumbel 1954)."""
    return np.asarray((log_likelihoods + rng.gumbel(size=log_likelihoods.shape)).argmax(axis=0), dtype=np.intp)
