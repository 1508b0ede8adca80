"""Prints times for the benchmarks; the underscore keeps this file off the list of benchmarks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, kw_only=True)
class Timed:
    """A kind of request, the seconds of each answer, and the seconds of all together."""

    name: str
    seconds: Sequence[float]
    took: float


def print_times(title: str, measured: Sequence[Timed]) -> None:
    """Print a table with one row per kind of request."""
    table = Table("", "requests", "p50 ms", "p99 ms", "slowest ms", "requests/s", title=title)
    for each in measured:
        p50, p99, slowest = (f"{1000 * float(np.quantile(each.seconds, share)):.1f}" for share in (0.5, 0.99, 1.0))
        table.add_row(each.name, str(len(each.seconds)), p50, p99, slowest, f"{len(each.seconds) / each.took:.1f}")
    Console().print(table)
