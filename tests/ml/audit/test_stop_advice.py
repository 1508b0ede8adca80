"""Advice on when to stop labeling."""

from dataclasses import replace

import numpy as np

from ml.audit.stop_advice import StopAdvice, stop_advice
from ml.simulation.learning_curves import LearningCurve

LABELS = np.array([10.0, 20.0, 40.0, 80.0, 160.0, 320.0])


def a_run(limit: float, loss: float, *, noise: float = 0.003, seed: int = 0) -> LearningCurve:
    wobble = noise * np.random.default_rng(seed).normal(size=len(LABELS))
    return LearningCurve(labels=LABELS, accuracy=limit - loss * LABELS**-0.5 + wobble)


def advice(limit: float, loss: float, *, noise: float = 0.003, runs: int = 10, labels: int = 450) -> StopAdvice:
    curves = [a_run(limit, loss, noise=noise, seed=seed) for seed in range(runs)]
    return stop_advice(curves, labels=labels, test_train_ratio=0.3 / 0.7, seed=0)


def test_interval_holds_what_the_law_brings() -> None:
    found = advice(0.9, 3.0)

    truth = 3.0 * (450**-0.5 - 550**-0.5)
    assert found.gain is not None
    assert found.gain.low < truth < found.gain.high
    assert abs(found.gain.estimate - truth) < 0.004


def test_steep_curve_says_go_on() -> None:
    found = advice(0.95, 5.0)

    assert found.flattened is False
    assert found.sentence.startswith("keep labeling: the next 100 labels are expected to bring +2")


def test_flat_curve_says_stop() -> None:
    found = advice(0.9, 0.1)

    assert found.flattened is True
    assert found.sentence.startswith("accuracy has flattened: the next 100 labels are expected to bring")


def test_noise_leaves_open_whether_it_flattens() -> None:
    found = advice(0.9, 1.0, noise=0.03)

    assert found.flattened is None
    assert found.sentence.endswith("it is not clear yet whether accuracy has flattened")


def test_wide_interval_is_no_answer() -> None:
    few = [replace(a_run(0.7, 1.0, noise=0.2, seed=seed), labels=LABELS / 10) for seed in range(10)]

    found = stop_advice(few, labels=45, test_train_ratio=0.4, seed=0)

    assert found.gain is None
    assert "too wide to go by" in found.sentence


def test_two_runs_are_too_few() -> None:
    assert advice(0.9, 1.0, runs=2).sentence.endswith("it has 2 runs, 3 are needed")


def test_runs_that_all_agree_tell_nothing() -> None:
    found = advice(1.0, 0.0, noise=0.0)

    assert found.gain is None
    assert found.sentence.endswith("accuracy was 100.0 % in every run from 40 labels on")


def test_a_curve_of_few_points_tells_nothing() -> None:
    short = [LearningCurve(labels=np.array([10.0, 20.0, 300.0]), accuracy=np.array([0.2, 0.3, 0.5]))] * 3

    found = stop_advice(short, labels=300, test_train_ratio=0.4, seed=0)

    assert found.sentence.endswith("it has 3 points, 4 are needed")


def test_a_curve_that_starts_without_a_label_is_read_from_the_first_label_on() -> None:
    short = [
        LearningCurve(labels=np.array([0.0, 100, 200, 300]), accuracy=np.array([0.1, 0.5, 0.6 + 0.01 * run, 0.65]))
        for run in range(3)
    ]

    found = stop_advice(short, labels=300, test_train_ratio=0.4, seed=0)

    assert found.sentence.endswith("it has 3 points, 4 are needed")


def test_the_same_seed_says_the_same() -> None:
    assert advice(0.9, 1.0) == advice(0.9, 1.0)


def test_the_more_labels_there_are_the_less_the_next_bring() -> None:
    early, late = advice(0.9, 3.0, labels=320), advice(0.9, 3.0, labels=3_000)

    assert early.gain is not None
    assert late.gain is not None
    assert late.gain.high < early.gain.estimate
