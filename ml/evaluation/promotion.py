"""Decides whether a candidate replaces the current version, by comparing both on the same held-out images.

scipy.stats is imported inside the functions: it takes a second, and only training compares.
"""

from dataclasses import dataclass

from ml.evaluation.evaluate import PerImageScores
from ml.statistics.bootstrap import bootstrap_intervals
from ml.statistics.intervals import CONFIDENCE, ConfidenceInterval

# With fewer images, even a candidate that is wrong on a quarter more of them is not significantly worse.
MIN_HELD_OUT = 20


@dataclass(frozen=True, kw_only=True)
class PromotionDecision:
    """The decision on a candidate, with its reasons as sentences."""

    promoted: bool
    reasons: tuple[str, ...]


def decide_promotion(
    *,
    candidate: PerImageScores,
    current: PerImageScores | None,
    candidate_labels: tuple[str, ...],
    current_labels: tuple[str, ...],
    seed: int,
) -> PromotionDecision:
    """Promote unless accuracy is significantly worse, or no better while log-loss is significantly worse.

    Compares accuracy by McNemar's exact test on the images that only one of the two gets right, and log-loss by a
    paired bootstrap.

    Args: candidate, current: on the same held-out images, row by row, among the candidate's labels; current is None
        if there is no version yet.
    """
    if current is None:
        return PromotionDecision(promoted=True, reasons=("it is the first version",))
    reasons = _label_set_changes(candidate_labels, current_labels)
    images = len(candidate.correct)
    if images < MIN_HELD_OUT:
        return PromotionDecision(
            promoted=True,
            reasons=(*reasons, f"{images} held-out images are too few to compare, {MIN_HELD_OUT} are needed"),
        )
    return _compare(candidate, current, reasons, seed)


def _label_set_changes(candidate: tuple[str, ...], current: tuple[str, ...]) -> tuple[str, ...]:
    added = [label for label in candidate if label not in current]
    removed = [label for label in current if label not in candidate]
    reasons = []
    if added:
        reasons.append(f"the current version does not know {', '.join(added)}: their images count as wrong for it")
    if removed:
        reasons.append(f"{', '.join(removed)} left the label set: evaluated without")
    return tuple(reasons)


def _compare(
    candidate: PerImageScores, current: PerImageScores, reasons: tuple[str, ...], seed: int
) -> PromotionDecision:
    from scipy.stats import binomtest  # noqa: PLC0415

    gained = int((candidate.correct & ~current.correct).sum())
    lost = int((~candidate.correct & current.correct).sum())
    less_accurate = lost > gained and binomtest(lost, lost + gained).pvalue < 1 - CONFIDENCE
    loss = _mean_difference(candidate, current, seed)
    return PromotionDecision(
        promoted=not less_accurate and not (loss.low > 0 and gained <= lost),
        reasons=(
            *reasons,
            f"accuracy {_percent(candidate)} against {_percent(current)} on {len(candidate.correct)} held-out images "
            f"({gained} gained, {lost} lost): {'worse' if less_accurate else 'not worse'} beyond chance",
            f"log-loss differs by {loss.estimate:+.3f} (95 % interval {loss.low:+.3f} to {loss.high:+.3f}): "
            + ("worse" if loss.low > 0 else "better" if loss.high < 0 else "within chance"),
        ),
    )


def _percent(scores: PerImageScores) -> str:
    return f"{100 * scores.correct.mean():.1f} %"


def _mean_difference(candidate: PerImageScores, current: PerImageScores, seed: int) -> ConfidenceInterval:
    differences = candidate.log_losses - current.log_losses
    images = len(differences)
    return bootstrap_intervals(lambda draws: {"loss": draws @ differences / images}, images=images, seed=seed)["loss"]
