"""A simulation with what its readers ask: of what, when, what was left out, and what it comes to."""

from dataclasses import dataclass
from datetime import datetime

from ml.simulation.grid import GridPlan
from ml.simulation.grid_summary import HeadResult
from service.reports.left_out import LeftOut


@dataclass(frozen=True, kw_only=True)
class SimulationRecord:
    """A simulation as it is written.

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
    settings: tuple[HeadResult, ...]
