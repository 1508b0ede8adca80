"""An audit as CSV: one line for each strategy and number of labels, numbers in full."""

import csv
import io
from collections.abc import Iterator

from ml.audit import AuditedStrategy
from ml.statistics.intervals import ConfidenceInterval
from service.reports.audit_report import AuditReport


def audit_to_csv(report: AuditReport) -> str:
    """What is of a strategy as a whole, as its gain over random, stands in each of its lines; random has none."""
    lines = [line for each in report.audit.strategies for line in _lines(each)]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _lines(strategy: AuditedStrategy) -> Iterator[dict[str, object]]:
    for point in strategy.curve:
        yield {
            "strategy": strategy.name,
            "labels": point.labels,
            **_interval("accuracy", point.interval),
            **_interval("area", strategy.area),
            **_interval("gain", strategy.gain),
            **_savings(strategy),
            "seconds_per_query": strategy.seconds_per_query,
        }


def _savings(strategy: AuditedStrategy) -> dict[str, object]:
    cells: dict[str, object] = {}
    for savings in strategy.savings:
        percent = f"{100 * savings.share_of_budget:.0f}"
        cells |= {
            f"accuracy_of_random_at_{percent}": savings.accuracy,
            f"labels_needed_{percent}": savings.labels,
            **_interval(f"saved_{percent}", savings.saved),
        }
    return cells


def _interval(name: str, interval: ConfidenceInterval | None) -> dict[str, object]:
    return {
        name: None if interval is None else interval.estimate,
        f"{name}_low": None if interval is None else interval.low,
        f"{name}_high": None if interval is None else interval.high,
    }
