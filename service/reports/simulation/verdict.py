"""Says in one sentence which strategy is best, by how much, and whether that may be chance."""

from collections.abc import Sequence
from math import isfinite

from ml.simulation.grid_summary import ConfigurationSummary, HeadResult
from ml.statistics.interval_text import percent, points, signed
from ml.statistics.intervals import ConfidenceInterval


def simulation_verdict(settings: Sequence[HeadResult]) -> str:
    """Make the verdict, with one part per head and encoder."""
    several = len(settings) > 1
    parts = [f"{name_of_setting(each)}: {_verdict(each)}" if several else _verdict(each) for each in settings]
    return "; ".join(parts)


def name_of_setting(setting: HeadResult) -> str:
    """Name a head and its encoder."""
    return f"{setting.head} on {setting.encoder}"


def chance(interval: ConfidenceInterval) -> str:
    """Say whether a difference to random may be chance."""
    if not isfinite(interval.low):
        return "a single run says nothing about others"
    return "within noise" if interval.low <= 0 <= interval.high else "beyond noise"


def _verdict(setting: HeadResult) -> str:
    rivals = [(arm, arm.area_difference) for arm in setting.arms if arm.area_difference is not None]
    if not rivals:
        return f"random has {percent(setting.arms[0].area)} on the way; there is no strategy to compare with it"
    best, difference = max(rivals, key=lambda pair: pair[1].estimate)
    lead = "best of all" if difference.estimate > 0 else "best of the others but not above random"
    luck = f", best of {len(rivals)}" if len(rivals) > 1 else ""
    return (
        f"{best.arm.strategy} is {lead}: {points(difference)} points over random on the way from {setting.low:g} to "
        f"{setting.high:g} labels: {chance(difference)}{luck}{_labels(best, setting.low)}"
    )


def _labels(arm: ConfigurationSummary, start: float) -> str:
    """Name the labels saved at the highest accuracy that both reach in every run, unless the start has it already.

    Args: start: number of initial labels.
    """
    for needed in reversed(arm.labels_needed):
        found = needed.compared
        is_asked_for = needed.median is not None and needed.median > start
        if is_asked_for and found is not None and found.reached == found.reference_reached == found.runs:
            return f"; {signed(found.saved)} labels saved to reach {100 * needed.accuracy:.1f} %"
    return ""
