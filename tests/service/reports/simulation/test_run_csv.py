"""A replay is written as CSV and read again."""

import csv
import io

import numpy as np
import pytest

from ml.simulation.grid import Configuration
from ml.simulation.replay import ReplayedRound, RoundQuality
from service.reports.simulation.run_csv import RUN_COLUMNS, NotARun, run_from_csv, run_to_csv

ARM = Configuration(strategy="margin(random_share=0.1)", head="mlp", encoder="lite")
QUALITY = RoundQuality(top1=1 / 3, top5=0.9, mean_recall=0.3, log_loss=1.2)


def a_round(iteration: int, train: RoundQuality | None = QUALITY) -> ReplayedRound:
    return ReplayedRound(
        iteration=iteration,
        picked=np.arange(5),
        candidates=90,
        labels=5 * iteration,
        classes=2,
        train=train,
        test=QUALITY,
        query_seconds=0.1 * iteration,
        train_seconds=2.0,
    )


def text(*rounds: ReplayedRound) -> str:
    return run_to_csv(ARM, 3, rounds, learning_rate=0.001)


def test_columns_begin_with_those_of_older_experiments() -> None:
    (line,) = csv.DictReader(io.StringIO(text(a_round(1))))

    assert ",".join(RUN_COLUMNS).startswith(
        "run,iteration,n_annotations,top1_train,top5_train,top1_val,top5_val,unique_annotations,learning_rate,"
        "n_score_per_iteration,"
    )
    assert [line[column] for column in RUN_COLUMNS[:10]] == [
        "3", "1", "5", "0.3333333333333333", "0.9", "0.3333333333333333", "0.9", "2", "0.001", "90",
    ]  # fmt: skip


def test_nothing_labeled_is_no_accuracy_of_training() -> None:
    (line,) = csv.DictReader(io.StringIO(text(a_round(0, train=None))))

    assert (line["top1_train"], line["top5_train"]) == ("", "")


def test_what_is_read_again_is_the_same() -> None:
    found = run_from_csv(text(a_round(0), a_round(1), a_round(2)), ARM, run=3, rounds=3)

    assert found.curve.labels.tolist() == [0, 5, 10]
    assert found.curve.accuracy.tolist() == [1 / 3] * 3
    assert found.query_seconds.tolist() == [0.1, 0.2]


@pytest.mark.parametrize("kept", [0, 1, 200, 400, 510])
def test_a_text_that_is_cut_off_is_no_run(kept: int) -> None:
    whole = text(a_round(0), a_round(1), a_round(2))

    assert kept < len(whole)
    with pytest.raises(NotARun):
        run_from_csv(whole[:kept], ARM, run=3, rounds=3)


def test_a_run_of_another_arm_is_not_this_one() -> None:
    with pytest.raises(NotARun):
        run_from_csv(text(a_round(0)), Configuration(strategy="margin", head="mlp", encoder="lite"), run=3, rounds=1)


def test_another_run_is_not_this_one() -> None:
    with pytest.raises(NotARun, match="of run 2"):
        run_from_csv(text(a_round(0)), ARM, run=2, rounds=1)


@pytest.mark.parametrize("torn", [",more\r\n", "\0\r\n", f"{'9' * 200_000}\r\n", '"\r\n'])
def test_a_line_that_was_torn_is_no_run(torn: str) -> None:
    with pytest.raises(NotARun):
        run_from_csv(text(a_round(0)).removesuffix("\r\n") + torn, ARM, run=3, rounds=1)


def test_a_number_that_is_none_is_no_run() -> None:
    with pytest.raises(NotARun, match="cannot be read"):
        run_from_csv(text(a_round(0)).replace("0.3333333333333333", "many"), ARM, run=3, rounds=1)
