"""Lists what could not be trained in a comparison, each reason once."""

from ml.comparison.results import Comparison, ComparisonRow


def refusals(comparison: Comparison) -> list[str]:
    """Make a sentence per head and reason; it names the number of labels if the head could be trained with others."""
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
    return f" with {' or '.join(counts)} labels per class"
