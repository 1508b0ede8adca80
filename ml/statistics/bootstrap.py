"""Computes 95 % confidence intervals of any statistic of the held-out images, by the bootstrap."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.statistics.intervals import CONFIDENCE, ConfidenceInterval

RESAMPLES = 2_000
# Resamples of fewer images are too similar: an interval would claim more than is known.
MIN_IMAGES_TO_RESAMPLE = 20
# Number of drawn images in memory at a time: bounds the resamples per batch.
DRAWS_AT_ONCE = 1_000_000

# (resamples, images) float64: how often each image was drawn; rows sum to the number of images.
Draws = NDArray[np.float64]


def bootstrap_intervals(
    statistics: Callable[[Draws], dict[str, NDArray[np.float64]]], *, images: int, seed: int
) -> dict[str, ConfidenceInterval]:
    """Compute percentile bootstrap intervals (Efron and Tibshirani 1993, chapter 13) on the same resamples.

    Args: statistics: returns the values of each statistic by name, (resamples,).
    Returns: each interval by name; empty if there are fewer than 20 images.
    """
    if images < MIN_IMAGES_TO_RESAMPLE:
        return {}
    from scipy.stats import bootstrap  # noqa: PLC0415  takes a second, and only training evaluates

    estimates = {name: float(value[0]) for name, value in statistics(np.ones((1, images))).items()}

    def of_rows(rows: NDArray[np.intp], **_axis: Any) -> NDArray[np.float64]:
        """Compute all statistics of resamples. Args: rows: (..., images), drawn rows. Returns: (statistics, ...)."""
        found = statistics(_draws(rows.reshape(-1, images)))
        return np.stack([found[name].reshape(rows.shape[:-1]) for name in estimates])

    found = bootstrap(
        (np.arange(images),),
        of_rows,
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=max(DRAWS_AT_ONCE // images, 1),
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return {
        name: ConfidenceInterval(low=float(low), estimate=estimate, high=float(high))
        for (name, estimate), low, high in zip(estimates.items(), found.low, found.high, strict=True)
    }


def _draws(rows: NDArray[np.intp]) -> Draws:
    """Count how often each image is in each resample. Args: rows: (resamples, images), drawn rows."""
    resamples, images = rows.shape
    places = rows + images * np.arange(resamples)[:, np.newaxis]
    return np.bincount(places.ravel(), minlength=rows.size).reshape(rows.shape).astype(np.float64)
