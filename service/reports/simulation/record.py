"""A simulation with title, date, left-out images and verdict."""

from dataclasses import dataclass
from datetime import datetime

from ml.simulation.grid import GridPlan
from ml.simulation.grid_summary import HeadResult
from service.reports.left_out import LeftOut


@dataclass(frozen=True, kw_only=True)
class SimulationRecord:
    """A simulation as it is stored.

    Attributes:
        verdict: the best strategy and its lead, in one sentence.
        classes: number of classes.
        start, pool, tested: numbers of images: initially labeled, in the pool, to test on.
        test_is_given: True if the test images are the same in every run.
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
