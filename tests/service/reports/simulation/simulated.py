"""A small simulation with every part that a simulation can have."""

from datetime import UTC, datetime

import numpy as np

from ml.simulation.grid import FULL_SUPERVISION, Configuration, GridPlan
from ml.simulation.grid_summary import RunResult, summarize
from ml.simulation.learning_curves import LearningCurve
from service.reports.left_out import LeftOut
from service.reports.simulation.record import SimulationRecord
from service.reports.simulation.verdict import simulation_verdict
from tests.service.reports.comparison.reported import HOSTILE


def a_result(*accuracy: float, until: float = 20) -> RunResult:
    return RunResult(
        curve=LearningCurve(
            labels=np.linspace(10, until, len(accuracy), dtype=np.float64), accuracy=np.array(accuracy)
        ),
        query_seconds=np.full(len(accuracy) - 1, 0.25),
    )


def a_simulation(
    *,
    runs: int = 2,
    heads: tuple[str, ...] = ("knn",),
    strategy: str = "margin",
    accuracies: tuple[float, ...] | None = None,
    hostile: bool = False,
) -> SimulationRecord:
    """Make a simulation in which margin is .1 above random at 20 labels in one run and .2 in the other.

    Args:
        accuracies: the target accuracies.
        hostile: names that would do harm in a page that does not escape them.
    """
    plan = GridPlan(strategies=(strategy,), heads=heads, encoders=("lite",), runs=runs)
    by_strategy = {
        FULL_SUPERVISION: [a_result(0.5, 0.9, until=99), a_result(0.6, 0.9, until=99)],
        "random": [a_result(0.5, 0.7), a_result(0.6, 0.7)],
        strategy: [a_result(0.5, 0.8), a_result(0.6, 0.9)],
    }
    if strategy == "random":
        by_strategy[strategy] = [a_result(0.5, 0.7), a_result(0.6, 0.7)]
    results = {
        Configuration(strategy=name, head=head, encoder="lite"): found[:runs]
        for head in heads
        for name, found in by_strategy.items()
    }
    settings = summarize(plan, results, accuracies=accuracies)
    return SimulationRecord(
        title=HOSTILE if hostile else "photos",
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
        verdict=simulation_verdict(settings),
        plan=plan,
        classes=3,
        start=10,
        pool=89,
        tested=30,
        test_is_given=False,
        left_out=(LeftOut(image=HOSTILE if hostile else "torn.png", reason="empty"),),
        settings=settings,
    )
