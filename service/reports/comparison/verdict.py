"""Says in one sentence which combination of a comparison is best, by how much, and whether that may be chance."""

from ml.comparison.results import Comparison, ComparisonRow, Difference
from ml.statistics.interval_text import percent, points
from ml.statistics.intervals import CONFIDENCE


def comparison_verdict(comparison: Comparison) -> str:
    """Name the best of the combinations that were trained on most labels, and compare it to the default."""
    if comparison.best is None:
        return f"no head could be trained: {comparison.rows[-1].refusal}"
    best = comparison.rows[comparison.best]
    rivals = _rivals(comparison, best)
    if best is _reference(comparison, best.labels_per_class):
        standing = f"{name_of(best, comparison)}, the default, is best: {_accuracy(best)}"
        if not rivals:
            return f"{standing}; there is nothing to compare it with"
        row, difference = max(rivals, key=lambda rival: rival[1].interval.estimate)
        return f"{standing}; next is {name_of(row, comparison)}, {_gap(difference, len(rivals))}"
    standing = f"{name_of(best, comparison)} is best: {_accuracy(best)}"
    own = [difference for row, difference in rivals if row is best]
    if not own:
        return f"{standing}; the default could not be trained"
    return f"{standing}; {_gap(own[0], len(rivals), ' over the default')}"


def noise_of(difference: Difference, *, rivals: int) -> str:
    """Say whether a difference may be chance, if it is one of several that might have come out best.

    Uses the Bonferroni correction: the best of twenty equal heads is ahead at 95 % more often than not.
    """
    if difference.p_value >= 1 - CONFIDENCE:
        return "within noise"
    if difference.p_value * rivals >= 1 - CONFIDENCE:
        return f"beyond noise by itself, but the best of {rivals} may be so by luck"
    return "beyond noise"


def name_of(row: ComparisonRow, comparison: Comparison) -> str:
    """Name a combination: head, encoder if there are several, and number of labels if not all were used."""
    encoder = f" on {row.encoder}" if len(comparison.encoders) > 1 else ""
    size = "" if row.labels_per_class is None else f" with {row.labels_per_class} labels per class"
    return f"{row.head}{encoder}{size}"


def _rivals(comparison: Comparison, best: ComparisonRow) -> list[tuple[ComparisonRow, Difference]]:
    return [
        (row, row.measures.difference)
        for row in comparison.rows
        if row.labels_per_class == best.labels_per_class and row.measures is not None and row.measures.difference
    ]


def _reference(comparison: Comparison, labels_per_class: int | None) -> ComparisonRow:
    return next(row for row in comparison.rows if row.labels_per_class == labels_per_class)


def _accuracy(row: ComparisonRow) -> str:
    return "" if row.measures is None else percent(row.measures.accuracy)


def _gap(difference: Difference, rivals: int, over: str = "") -> str:
    return f"{points(difference.interval)} points{over}: {noise_of(difference, rivals=rivals)}"
