"""Writes one replay as CSV: one line per round, first the columns that older experiments had, then more."""

import csv
import io
from collections.abc import Iterable

import numpy as np

from ml.errors import InvalidLearningCurve
from ml.simulation.grid import Configuration
from ml.simulation.grid_summary import RunResult
from ml.simulation.learning_curves import LearningCurve
from ml.simulation.replay import ReplayedRound
from service.reports.spreadsheet_cells import harmless

RUN_COLUMNS = (
    "run",
    "iteration",
    "n_annotations",
    "top1_train",
    "top5_train",
    "top1_val",
    "top5_val",
    "unique_annotations",
    "learning_rate",
    "n_score_per_iteration",
    "mean_recall",
    "log_loss",
    "query_seconds",
    "train_seconds",
    "strategy",
    "head",
    "encoder",
)


class NotARun(Exception):
    """The text is not the CSV of a whole run."""


def run_to_csv(
    configuration: Configuration, run: int, rounds: Iterable[ReplayedRound], *, learning_rate: float | None
) -> str:
    """Write the rounds with numbers in full, so that reading gives the same numbers.

    Args: learning_rate: of the head, if it has one.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, RUN_COLUMNS)
    writer.writeheader()
    for each in rounds:
        line = {"run": run, "learning_rate": learning_rate, **_line(each), **_names(configuration)}
        writer.writerow({column: harmless(cell) for column, cell in line.items()})
    return text.getvalue()


def run_from_csv(text: str, configuration: Configuration, *, run: int, rounds: int) -> RunResult:
    """Read the rounds of a run.

    Raises: NotARun: rounds are missing, or the text is not in the form that `run_to_csv` writes.
    """
    lines = _lines(text)
    of_all = {"run": str(run)} | {column: str(harmless(name)) for column, name in _names(configuration).items()}
    is_other = any(line.get(column) != cell for line in lines for column, cell in of_all.items())
    if len(lines) != rounds or not text.endswith("\n") or is_other:
        raise NotARun(f"expected {rounds} rounds of run {run} of {configuration.strategy}, got {len(lines)} lines")
    try:
        return RunResult(
            curve=LearningCurve(
                labels=np.array([float(line["n_annotations"]) for line in lines]),
                accuracy=np.array([float(line["top1_val"]) for line in lines]),
            ),
            query_seconds=np.array([float(line["query_seconds"]) for line in lines[1:]]),
        )
    except (KeyError, TypeError, ValueError, InvalidLearningCurve) as error:
        raise NotARun(f"a number of a round cannot be read: {error}") from error


def _lines(text: str) -> list[dict[str, str]]:
    try:
        lines = list(csv.DictReader(io.StringIO(text), RUN_COLUMNS, restkey="more", strict=True))
    except csv.Error as error:
        raise NotARun(f"not CSV: {error}") from error
    if not lines or tuple(lines[0].values()) != RUN_COLUMNS or any("more" in line for line in lines):
        raise NotARun(f"expected the columns {', '.join(RUN_COLUMNS)}")
    return lines[1:]


def _names(configuration: Configuration) -> dict[str, str]:
    return {"strategy": configuration.strategy, "head": configuration.head, "encoder": configuration.encoder}


def _line(each: ReplayedRound) -> dict[str, object]:
    train = each.train
    return {
        "iteration": each.iteration,
        "n_annotations": each.labels,
        "top1_train": None if train is None else train.top1,
        "top5_train": None if train is None else train.top5,
        "top1_val": each.test.top1,
        "top5_val": each.test.top5,
        "unique_annotations": each.classes,
        "n_score_per_iteration": each.candidates,
        "mean_recall": each.test.mean_recall,
        "log_loss": each.test.log_loss,
        "query_seconds": each.query_seconds,
        "train_seconds": each.train_seconds,
    }
