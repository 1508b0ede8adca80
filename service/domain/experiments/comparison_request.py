"""What a person wants compared."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ComparisonRequest:
    """Heads on encoders, each on training subsets of these sizes; as in `ml.comparison.compare.ComparisonPlan`."""

    heads: tuple[str, ...]
    encoders: tuple[str, ...]
    labels_per_class: tuple[int | None, ...]
    repeats: int | None
    seed: int
