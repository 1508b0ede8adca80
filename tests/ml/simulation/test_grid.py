"""Grids of replays: configurations and paired runs."""

from dataclasses import replace
from itertools import count

import numpy as np

from ml.simulation.grid import (
    FULL_SUPERVISION,
    Configuration,
    GridPlan,
    labeling_split_of_run,
    replay_run,
    rounds_of_run,
)
from ml.simulation.replay import ReplayedRound
from ml.types import Rows
from tests.ml.simulation.test_replay import CLOUD, COMBINATION, IMAGES

PLAN = GridPlan(
    strategies=("margin",),
    heads=("nearest-class-mean",),
    encoders=("lite",),
    runs=2,
    iterations=3,
    batch_sizes=(5,),
)


def arm(strategy: str) -> Configuration:
    return Configuration(strategy=strategy, head="nearest-class-mean", encoder="lite")


def replayed(strategy: str, *, plan: GridPlan = PLAN, run: int = 0, test: Rows | None = None) -> list[ReplayedRound]:
    ticks = count()
    return list(
        replay_run(plan, arm(strategy), run, IMAGES, COMBINATION.encoded, test=test, seconds=lambda: float(next(ticks)))
    )


def test_every_strategy_meets_every_head_and_encoder_beside_the_baselines() -> None:
    plan = replace(PLAN, heads=("knn", "mlp"))

    assert [(each.strategy, each.head) for each in plan.configurations] == [
        (FULL_SUPERVISION, "knn"),
        ("random", "knn"),
        ("margin", "knn"),
        (FULL_SUPERVISION, "mlp"),
        ("random", "mlp"),
        ("margin", "mlp"),
    ]


def test_random_is_there_once_if_it_is_among_the_strategies() -> None:
    assert [each.strategy for each in replace(PLAN, strategies=("margin", "random")).configurations] == [
        FULL_SUPERVISION,
        "random",
        "margin",
    ]


def test_the_last_batch_size_goes_on() -> None:
    assert replace(PLAN, batch_sizes=(5, 20), iterations=4).batches == (5, 20, 20, 20)
    assert replace(PLAN, batch_sizes=(5, 20), iterations=1).batches == (5,)


def test_the_first_round_is_the_same_for_every_strategy() -> None:
    assert replayed("margin")[0].test == replayed("random")[0].test


def test_runs_differ() -> None:
    first, second = (labeling_split_of_run(PLAN, run, CLOUD.targets, test=None) for run in (0, 1))

    assert first.test.tolist() != second.test.tolist()


def test_given_test_images_are_the_same_in_every_run() -> None:
    test = np.arange(30)

    first, second = (labeling_split_of_run(PLAN, run, CLOUD.targets, test=test) for run in (0, 1))

    assert first.test.tolist() == second.test.tolist() == list(range(30))
    assert first.initial.tolist() != second.initial.tolist()


def test_without_active_learning_there_is_the_start_and_then_all_labels() -> None:
    rounds = replayed(FULL_SUPERVISION)

    assert [each.labels for each in rounds] == [3, 84]


def test_rounds_end_with_the_plan_or_with_the_pool() -> None:
    scenario = labeling_split_of_run(PLAN, 0, CLOUD.targets, test=None)
    few, many, exact = (replace(PLAN, iterations=count, batch_sizes=(27,)) for count in (2, 9, 3))

    for plan in (few, many, exact):
        assert rounds_of_run(plan, arm("margin"), scenario) == len(replayed("margin", plan=plan))
    assert rounds_of_run(PLAN, arm(FULL_SUPERVISION), scenario) == 2
