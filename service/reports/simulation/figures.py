"""Turns a simulation into figures: one line per configuration, numbers in full."""

from collections.abc import Iterator, Sequence

from ml.simulation.grid import FULL_SUPERVISION
from ml.simulation.grid_summary import ConfigurationSummary, HeadResult, LabelsNeeded
from service.reports.interval_figures import interval_figures
from service.reports.report import Figure


def simulation_figures(head_results: Sequence[HeadResult]) -> tuple[dict[str, Figure], ...]:
    """Make the lines; a column is missing in a line that does not have this figure.

    For no active learning, `final` is the accuracy with all labels and `start` the one with the initial labels. The
    columns from `accuracy_1` on are repeated for each target accuracy.
    """
    return tuple(line for head_result in head_results for line in _lines(head_result))


def _lines(head_result: HeadResult) -> Iterator[dict[str, Figure]]:
    place: dict[str, Figure] = {"encoder": head_result.encoder, "head": head_result.head}
    yield {
        **place,
        "strategy": FULL_SUPERVISION,
        **interval_figures("start", head_result.start),
        **interval_figures("final", head_result.all_labels),
        "final_labels": head_result.most_labels,
    }
    for summary in head_result.arms:
        yield {
            **place,
            "strategy": summary.arm.strategy,
            **interval_figures("start", head_result.start),
            **interval_figures("area", summary.area),
            **interval_figures("area_difference", summary.area_difference),
            **interval_figures("final", summary.final),
            **interval_figures("final_difference", summary.final_difference),
            "final_labels": head_result.high,
            "seconds_per_query": summary.seconds_per_query,
            **_labels_needed(summary),
        }


def _labels_needed(summary: ConfigurationSummary) -> dict[str, Figure]:
    cells: dict[str, Figure] = {}
    for place, needed in enumerate(summary.labels_needed, start=1):
        cells |= {f"{column}_{place}": cell for column, cell in _needed(needed).items()}
    return cells


def _needed(needed: LabelsNeeded) -> dict[str, Figure]:
    found = needed.compared
    return {
        "accuracy": needed.accuracy,
        "share_of_all": needed.share_of_all,
        "labels": needed.median,
        "runs_there": None if found is None else found.reached,
        "random_runs_there": None if found is None else found.reference_reached,
        **interval_figures("labels_saved", None if found is None else found.saved),
        **interval_figures("labels_ratio", None if found is None else found.ratio),
    }
