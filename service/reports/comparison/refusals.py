"""What of a comparison could not be trained, each said once."""

from ml.comparison.results import Comparison, ComparisonRow


def refusals(comparison: Comparison) -> list[str]:
    """A sentence for each head and reason; the number of labels is named where the head could do with another."""
    sizes: dict[tuple[str, str], list[ComparisonRow]] = {}
    for row in comparison.rows:
        if row.refusal is not None:
            sizes.setdefault((_name(row, comparison), row.refusal), []).append(row)
    every_size = {row.labels_per_class for row in comparison.rows}
    return [
        f"{name}{'' if len(rows) == len(every_size) else _with_labels(rows)}: {reason}"
        for (name, reason), rows in sizes.items()
    ]


def _name(row: ComparisonRow, comparison: Comparison) -> str:
    return f"{row.head} on {row.encoder}" if len(comparison.encoders) > 1 else row.head


def _with_labels(rows: list[ComparisonRow]) -> str:
    counts = ["all" if row.labels_per_class is None else str(row.labels_per_class) for row in rows]
    return f" with {' or '.join(counts)} labels a class"
