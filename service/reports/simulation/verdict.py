"""Says in one sentence which strategy is best, by how much, and whether that may be chance."""

from collections.abc import Sequence
from math import isfinite

from ml.simulation.grid_summary import ConfigurationSummary, HeadResult
from ml.statistics.interval_text import percent, points, signed
from ml.statistics.intervals import ConfidenceInterval


def simulation_verdict(head_results: Sequence[HeadResult]) -> str:
    """Make the verdict, with one part per head and encoder."""
    several = len(head_results) > 1
    parts = [f"{head_on_encoder(each)}: {_verdict(each)}" if several else _verdict(each) for each in head_results]
    return "; ".join(parts)


def head_on_encoder(head_result: HeadResult) -> str:
    """Name a head and its encoder."""
    return f"{head_result.head} on {head_result.encoder}"


def chance(interval: ConfidenceInterval) -> str:
    """Say whether a difference to random may be chance."""
    if not isfinite(interval.low):
        return "a single run says nothing about others"
    return "within noise" if interval.low <= 0 <= interval.high else "beyond noise"


def _verdict(head_result: HeadResult) -> str:
    rivals = [(summary, summary.area_difference) for summary in head_result.arms if summary.area_difference is not None]
    if not rivals:
        return f"random has {percent(head_result.arms[0].area)} on the way; there is no strategy to compare with it"
    best, difference = max(rivals, key=lambda pair: pair[1].estimate)
    lead = "best of all" if difference.estimate > 0 else "best of the others but not above random"
    luck = f", best of {len(rivals)}" if len(rivals) > 1 else ""
    return (
        f"{best.arm.strategy} is {lead}: {points(difference)} points over random on the way "
        f"from {head_result.low:g} to {head_result.high:g} labels: "
        f"{chance(difference)}{luck}{_labels(best, head_result.low)}"
    )


def _labels(summary: ConfigurationSummary, start: float) -> str:
    """Name the labels saved at the highest accuracy that both reach in every run, unless the start has it already.

    Args: start: number of initial labels.
    """
    for needed in reversed(summary.labels_needed):
        found = needed.compared
        is_asked_for = needed.median is not None and needed.median > start
        if is_asked_for and found is not None and found.reached == found.reference_reached == found.runs:
            return f"; {signed(found.saved)} labels saved to reach {100 * needed.accuracy:.1f} %"
    return ""
