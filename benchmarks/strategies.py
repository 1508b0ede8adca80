"""Prints whether query strategies pay: ours beside random and beside scikit-activeml's, from the same starts.

All strategies choose among the same embeddings, and the answers train the same head, from scratch for each budget. An
interrupted benchmark continues from the file given by --out.
"""

import argparse
import multiprocessing
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track

from benchmarks._asking import Asker, replayed, with_all_labels
from benchmarks._collections import Source, collection, sources, split_collection
from benchmarks._results import Result, Run, append, read
from benchmarks._scikit_activeml import PREFIX, ScikitActivemlAsker, scikit_activeml_names
from benchmarks._strategies_report import ALL_LABELS, REFERENCE, print_report
from ml.strategies.base import BaseStrategy
from ml.strategies.pool import Pool
from ml.strategies.registry import strategy, strategy_names
from ml.types import Rows

BUDGETS = (1, 2, 3, 5, 7, 10, 15, 20, 30)


@dataclass(frozen=True, kw_only=True)
class OurAsker:
    """One of our strategies."""

    strategy: BaseStrategy

    @property
    def name(self) -> str:
        """Return its name in the registry of strategies."""
        return self.strategy.name

    @property
    def starts_at_random(self) -> bool:
        """True for a measure: without a classifier it sees no difference between images."""
        return self.strategy.picks_by_worth_alone

    def pick(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """Pick images with the strategy."""
        return self.strategy.pick(pool, count, rng=rng)


def main() -> None:
    """Do the missing runs, then print the results of all."""
    arguments = _arguments()
    found = {result.run: result for result in read(arguments.out)}
    wanted = [(source, run) for source in sources(arguments.embeddings) for run in _runs(source, arguments)]
    missing = [(source, run) for source, run in wanted if run not in found]
    _limit_threads()
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as processes:
        for result in track(processes.imap_unordered(_result, missing), "replaying", total=len(missing)):
            found[result.run] = result
            append(arguments.out, result)
    print_report([found[run] for _, run in wanted])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--embeddings", nargs="+", required=True, help="all.npz, or train.npz:test.npz")
    parser.add_argument("--out", type=Path, required=True, help="file of JSON lines, one per run")
    parser.add_argument("--strategies", nargs="+", default=[*strategy_names(), *scikit_activeml_names()])
    parser.add_argument("--budgets", nargs="+", type=int, default=BUDGETS, help="numbers of labels per class")
    parser.add_argument("--start", type=int, default=0, help="labels per class, drawn at random before the first query")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def _runs(source: Source, arguments: argparse.Namespace) -> Iterator[Run]:
    """Yield the runs seed by seed, so that an interruption leaves paired runs."""
    for seed in range(arguments.seeds):
        for asker in dict.fromkeys([REFERENCE, ALL_LABELS, *arguments.strategies]):
            yield Run(
                collection=source.name,
                asker=asker,
                seed=seed,
                start=arguments.start,
                budgets=tuple(arguments.budgets),
            )


def _limit_threads() -> None:
    """Limit each process that is started from here on to one core."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"


def _result(source_and_run: tuple[Source, Run]) -> Result:
    source, run = source_and_run
    images = collection(source.train, source.test)
    classes = images.targets.shape[1]
    scenario = split_collection(images, imbalanced=source.imbalanced, labels_per_class=run.start, seed=run.seed)
    with warnings.catch_warnings():
        # ProbCover warns each time that no radius is as pure as its default asks for.
        warnings.simplefilter("ignore")
        if run.asker == ALL_LABELS:
            curve = with_all_labels(images, scenario, imbalanced=source.imbalanced)
        else:
            budgets = [budget * classes for budget in run.budgets]
            curve = replayed(_asker(run.asker), images, scenario, budgets, imbalanced=source.imbalanced, seed=run.seed)
    return Result(run=run, classes=classes, replayed=curve)


def _asker(name: str) -> Asker:
    if name.startswith(PREFIX):
        return ScikitActivemlAsker(kind=name.removeprefix(PREFIX))
    return OurAsker(strategy=strategy(name))


if __name__ == "__main__":
    main()
