"""Request for a comparison of heads and encoders."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ComparisonRequest:
    """Heads, encoders and sizes of the training sets to compare, as in `ml.comparison.compare.ComparisonPlan`."""

    heads: tuple[str, ...]
    encoders: tuple[str, ...]
    labels_per_class: tuple[int | None, ...]
    repeats: int | None
    seed: int
