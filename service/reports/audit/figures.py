"""Turns an audit into figures: one line per strategy and number of labels, numbers in full."""

from collections.abc import Iterator

from ml.audit.audit import Audit, AuditedStrategy
from service.reports.interval_figures import interval_figures
from service.reports.report import Figure


def audit_figures(audit: Audit) -> tuple[dict[str, Figure], ...]:
    """Make the lines. Figures of a whole strategy, such as its gain over random, are repeated in each of its lines."""
    return tuple(line for each in audit.strategies for line in _lines(each))


def _lines(strategy: AuditedStrategy) -> Iterator[dict[str, Figure]]:
    for point in strategy.curve:
        yield {
            "strategy": strategy.name,
            "labels": point.labels,
            **interval_figures("accuracy", point.interval),
            **interval_figures("area", strategy.area),
            **interval_figures("gain", strategy.gain),
            **_savings(strategy),
            "seconds_per_query": strategy.seconds_per_query,
        }


def _savings(strategy: AuditedStrategy) -> dict[str, Figure]:
    cells: dict[str, Figure] = {}
    for savings in strategy.savings:
        percent = f"{100 * savings.share_of_budget:.0f}"
        cells |= {
            f"accuracy_of_random_at_{percent}": savings.accuracy,
            f"labels_needed_{percent}": savings.labels,
            **interval_figures(f"saved_{percent}", savings.saved),
        }
    return cells
