"""A simulation with what its readers ask: of what, when, what was left out, and what it comes to."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from ml.grid import GridPlan
from ml.grid_summary import Setting
from service.reports.comparison_report import LeftOut


@dataclass(frozen=True, kw_only=True)
class SimulationReport:
    """What is written and printed.

    Attributes: verdict: which strategy asks best, by how much, in one sentence; classes, start, pool, tested: how many
        classes, and images in each part; test_is_given: whether the test images are the same in every run.
    """

    title: str
    created_at: datetime
    verdict: str
    plan: GridPlan
    classes: int
    start: int
    pool: int
    tested: int
    test_is_given: bool
    left_out: tuple[LeftOut, ...]
    settings: tuple[Setting, ...]


_REPORT: TypeAdapter[SimulationReport] = TypeAdapter(SimulationReport)


def simulation_to_json(report: SimulationReport) -> bytes:
    """Everything; a bound that a single run leaves open is null."""
    return _REPORT.dump_json(report, indent=2)
