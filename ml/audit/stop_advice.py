"""Predicts how much accuracy the next labels will bring, and whether the curve is flat enough to stop labeling.

Validated on projects drawn from real data sets, against the real gain of 100 more labels: see the guide
docs/guides/active-learning.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.simulation.learning_curves import CurvePoint, Runs, mean_curve
from ml.statistics.interval_text import points
from ml.statistics.intervals import CONFIDENCE, ConfidenceInterval
from ml.statistics.power_law import draw_power_laws
from ml.statistics.resampled_tests import variance_share

NEXT_LABELS = 100
# If 100 labels bring less than half a point, checking the labels or changing the encoder helps more.
FLAT_GAIN = 0.005
# The beginning of the curve, where classes are still missing, follows no power law: the fit uses the points after a
# fifth of the labels, but no fewer than are needed to separate three parameters from noise.
SHARE_OF_LABELS = 0.2
FEWEST_CURVE_POINTS, FEWEST_CURVES = 4, 3
# A wider interval of the gain is useless as an answer.
WIDEST = 0.1
BOOTSTRAP_DRAWS = 2_000
# Deviation of real curves from power laws, measured on projects drawn from three data sets: gains differ by a factor
# whose logarithm has this standard deviation, and accuracy saturates earlier, by about this much.
MISFIT, SOONER_FLAT = 0.3, 0.002
# Points at which all runs agree still have some variance.
LEAST_DEVIATION = 0.001


@dataclass(frozen=True, kw_only=True)
class StopAdvice:
    """Predicted gain of more labels.

    labels: number of labels now; gain: in accuracy from NEXT_LABELS more, in -1..1, None if it cannot be predicted;
    flattened: None if it is unclear.
    """

    labels: int
    next_labels: int
    gain: ConfidenceInterval | None
    flattened: bool | None
    sentence: str


def stop_advice(runs: Runs, *, labels: int, test_train_ratio: float, seed: int) -> StopAdvice:
    """Extrapolate the learning curve of random picks: all strategies end with the same labels when the pool is empty.

    The interval is about the mean gain of future images, not about which images come. Each draw is a bootstrap sample
    of the runs, moved further from their mean by the Nadeau-Bengio correction (Nadeau and Bengio 2003), and a power
    law drawn by its fit to that sample.

    Args:
        labels: number of labels now, from which the gain counts.
        test_train_ratio: number of tested images per other image.
    Raises: UnpairedRuns.
    """
    curve = mean_curve(runs)
    reason = _why_not(runs, curve)
    if reason is not None:
        return _unknown(labels, f"the curve cannot tell what more labels bring: {reason}")
    gains = _gains(runs, curve, labels, test_train_ratio, np.random.default_rng(seed))
    tail = (1 - CONFIDENCE) / 2
    low, middle, high = (float(each) for each in np.quantile(gains, [tail, 0.5, 1 - tail]))
    gain = ConfidenceInterval(low=low, estimate=middle, high=high)
    if high - low > WIDEST:
        return _unknown(
            labels,
            f"the curve cannot tell what {NEXT_LABELS} more labels bring: {points(gain)} points of accuracy are too "
            "wide to go by",
        )
    return StopAdvice(
        labels=labels, next_labels=NEXT_LABELS, gain=gain, flattened=_flattened(gain), sentence=_sentence(gain)
    )


def _why_not(runs: Runs, curve: tuple[CurvePoint, ...]) -> str | None:
    used = _used(curve)
    if len(runs) < FEWEST_CURVES:
        return f"it has {len(runs)} runs, {FEWEST_CURVES} are needed"
    if len(used) < FEWEST_CURVE_POINTS:
        return f"it has {len(used)} points, {FEWEST_CURVE_POINTS} are needed"
    if len({value for run in runs for value in run.at(_labels(used)).tolist()}) == 1:
        accuracy = 100 * used[0].interval.estimate
        return f"accuracy was {accuracy:.1f} % in every run from {used[0].labels:.0f} labels on"
    return None


def _used(curve: tuple[CurvePoint, ...]) -> tuple[CurvePoint, ...]:
    # A power law is not defined at 0 labels.
    curve = tuple(point for point in curve if point.labels > 0)
    late = [point for point in curve if point.labels >= SHARE_OF_LABELS * curve[-1].labels]
    return curve[-max(len(late), FEWEST_CURVE_POINTS) :]


def _labels(curve: tuple[CurvePoint, ...]) -> NDArray[np.float64]:
    return np.array([point.labels for point in curve])


def _gains(
    runs: Runs, curve: tuple[CurvePoint, ...], now: int, test_train_ratio: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the gains of NEXT_LABELS more labels. Returns: (BOOTSTRAP_DRAWS,)."""
    labels = _labels(_used(curve))
    by_run = np.array([run.at(labels) for run in runs])
    deviations = by_run.std(axis=0, ddof=1) + LEAST_DEVIATION
    share = variance_share(len(runs), test_train_ratio=test_train_ratio)
    # The mean of a bootstrap sample of J runs has the variance s² (J - 1) / J².
    widening = np.sqrt(share / ((len(runs) - 1) / len(runs) ** 2))
    drawn = by_run[rng.integers(len(runs), size=(BOOTSTRAP_DRAWS, len(runs)))].mean(axis=1)
    mean = by_run.mean(axis=0)
    laws = draw_power_laws(labels, mean + widening * (drawn - mean), variances=deviations**2 * share, rng=rng)
    gains = laws.at(now + NEXT_LABELS) - laws.at(now)
    misfits, sooner = rng.normal(size=(2, BOOTSTRAP_DRAWS))
    return np.asarray((gains - SOONER_FLAT * np.abs(sooner)) * np.exp(MISFIT * misfits))


def _flattened(gain: ConfidenceInterval) -> bool | None:
    if gain.high < FLAT_GAIN:
        return True
    return False if gain.low >= FLAT_GAIN else None


def _sentence(gain: ConfidenceInterval) -> str:
    brings = f"the next {NEXT_LABELS} labels are expected to bring {points(gain)} points of accuracy"
    flattened = _flattened(gain)
    if flattened:
        return f"accuracy has flattened: {brings}, you can stop"
    if flattened is None:
        return f"{brings}: it is not clear yet whether accuracy has flattened"
    return f"keep labeling: {brings}"


def _unknown(labels: int, sentence: str) -> StopAdvice:
    return StopAdvice(labels=labels, next_labels=NEXT_LABELS, gain=None, flattened=None, sentence=sentence)
