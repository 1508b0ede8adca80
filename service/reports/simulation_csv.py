"""What a simulation comes to as CSV: one line for each way of labeling, numbers in full."""

import csv
import io
from collections.abc import Iterator
from math import isfinite

from ml.grid import NO_ACTIVE_LEARNING
from ml.grid_summary import ArmSummary, LabelsNeeded, Setting
from ml.statistics.intervals import ConfidenceInterval
from service.reports.simulation_report import SimulationReport
from service.reports.spreadsheet_cells import harmless


def simulation_to_csv(report: SimulationReport) -> str:
    """An empty cell is what a line does not have.

    For no active learning, `final` is what all labels reach and `start` what the start does alone. The columns from
    `accuracy_1` on are repeated for each accuracy whose labels are counted.
    """
    lines = [line for setting in report.settings for line in _lines(setting)]
    text = io.StringIO()
    writer = csv.DictWriter(text, dict.fromkeys(column for line in reversed(lines) for column in line))
    writer.writeheader()
    writer.writerows({column: harmless(cell) for column, cell in line.items()} for line in lines)
    return text.getvalue()


def _lines(setting: Setting) -> Iterator[dict[str, object]]:
    place: dict[str, object] = {"encoder": setting.encoder, "head": setting.head}
    yield {
        **place,
        "strategy": NO_ACTIVE_LEARNING,
        **_interval("start", setting.start),
        **_interval("final", setting.all_labels),
        "final_labels": setting.most_labels,
    }
    for arm in setting.arms:
        yield {
            **place,
            "strategy": arm.arm.strategy,
            **_interval("start", setting.start),
            **_interval("area", arm.area),
            **_interval("area_difference", arm.area_difference),
            **_interval("final", arm.final),
            **_interval("final_difference", arm.final_difference),
            "final_labels": setting.high,
            "seconds_per_query": arm.seconds_per_query,
            **_labels_needed(arm),
        }


def _labels_needed(arm: ArmSummary) -> dict[str, object]:
    cells: dict[str, object] = {}
    for place, needed in enumerate(arm.labels_needed, start=1):
        cells |= {f"{column}_{place}": cell for column, cell in _needed(needed).items()}
    return cells


def _needed(needed: LabelsNeeded) -> dict[str, object]:
    found = needed.compared
    return {
        "accuracy": needed.accuracy,
        "share_of_all": needed.share_of_all,
        "labels": needed.median,
        "runs_there": None if found is None else found.reached,
        "random_runs_there": None if found is None else found.reference_reached,
        **_interval("labels_saved", None if found is None else found.saved),
        **_interval("labels_ratio", None if found is None else found.ratio),
    }


def _interval(name: str, interval: ConfidenceInterval | None) -> dict[str, object]:
    """A single run has no bounds."""
    is_bounded = interval is not None and isfinite(interval.high)
    return {
        name: None if interval is None else interval.estimate,
        f"{name}_low": interval.low if interval is not None and is_bounded else None,
        f"{name}_high": interval.high if interval is not None and is_bounded else None,
    }
