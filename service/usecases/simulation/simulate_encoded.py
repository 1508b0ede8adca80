"""Simulates a grid on embedded images, wherever the images come from, and makes the record of the simulation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.classifier.classifier import require_embeddings
from ml.comparison.timing import Seconds
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.errors import NothingToReplay
from ml.heads.registry import head_recipe
from ml.simulation.grid import Configuration, GridPlan, labeling_split_of_run, rounds_of_run
from ml.simulation.grid_summary import HeadResult, RunResult, summarize
from ml.simulation.replay import LabelingSplit
from ml.strategies.registry import strategy
from ml.types import Rows
from service.domain.errors import InvalidInput, NotReady
from service.domain.experiments.simulation import CLASSES, TEST_ROWS, ReplayJob, embeddings_name, texts_name
from service.domain.job import Progress
from service.ports import Clock, RunAll, SimulationStore
from service.reports.left_out import all_left_out
from service.reports.simulation.record import SimulationRecord
from service.reports.simulation.run_csv import NotARun, run_from_csv
from service.reports.simulation.verdict import simulation_verdict
from service.usecases.simulation.replay_job import replay_job

# Memory of a process itself, and the most copies of the embeddings that it makes: the strategy's of the unlabeled
# images, the head's of its training images, and what both compute from them. Measured: 0.3 GB, and 3.5 copies of
# 100,000 images with 1,280 numbers each.
BYTES_OF_A_PROCESS, COPIES_OF_EMBEDDINGS = 300_000_000, 4


@dataclass(frozen=True, kw_only=True, eq=False)
class EncodedDataSet:
    """The data of a simulation.

    encoded: the images as embedded by each encoder; test: rows to test on, drawn again for each run if None; left_out:
    reasons by image.
    """

    title: str
    images: LabeledImages
    encoded: Sequence[EncodedImages]
    test: Rows | None
    left_out: Mapping[str, str]


class SimulateEncodedImages:
    """Runs those runs of a grid that the store lacks, and makes the record of all runs."""

    def __init__(
        self, *, clock: Clock, seconds: Seconds, run_all: RunAll, processes_that_fit: Callable[[int], int]
    ) -> None:
        """Keep what it needs. Args: processes_that_fit: how many processes fit in memory, given the bytes of one."""
        self._clock = clock
        self._processes_that_fit = processes_that_fit
        self._seconds = seconds
        self._run_all = run_all

    def simulate(
        self,
        data_set: EncodedDataSet,
        plan: GridPlan,
        store: SimulationStore,
        *,
        accuracies: Sequence[float] | None = None,
        processes: int | None = None,
        progress: Progress,
    ) -> SimulationRecord:
        """Simulate a grid. Each finished run is stored, so that the next call continues after any interruption.

        Args: data_set: embedded by each encoder of the plan; accuracies: targets in 0..1 for which the needed labels
            are counted, derived from the accuracy with all labels if None; processes: as many as fit if None.
        Raises: InvalidInput, NotReady, StorageUnavailable, UnknownStrategy, InvalidStrategyOptions, UnknownHead,
            InvalidHeadOptions, WrongDimension, EmbeddingsNotFinite.
        """
        plan = full_names(plan)
        labeling_split = labeling_split_to_replay(plan, data_set.images, data_set.test)
        for each in data_set.encoded:
            require_embeddings(each.embeddings, each.encoder)
        store.claim(_fingerprint(plan, data_set))
        _write_arrays(store, data_set)
        jobs = _jobs(plan, data_set, labeling_split)
        self._run_missing(store, jobs, processes or self._processes_that_fit(_bytes_of_a_process(data_set)), progress)
        settings = summarize(plan, _results(store, plan, jobs), accuracies=accuracies)
        return self._record(data_set, plan, labeling_split, settings)

    def _run_missing(
        self, store: SimulationStore, jobs: Sequence[ReplayJob], processes: int, progress: Progress
    ) -> None:
        missing = [job for job in jobs if not _is_done(store, job)]
        there = len(jobs) - len(missing)

        def done(count: int) -> None:
            progress((there + count) / len(jobs), f"{there + count} of {len(jobs)} runs replayed")

        done(0)
        self._run_all(partial(replay_job, store=store, seconds=self._seconds), missing, processes, done)

    def _record(
        self, data_set: EncodedDataSet, plan: GridPlan, labeling_split: LabelingSplit, settings: tuple[HeadResult, ...]
    ) -> SimulationRecord:
        return SimulationRecord(
            title=data_set.title,
            created_at=self._clock(),
            verdict=simulation_verdict(settings),
            plan=plan,
            classes=len(data_set.images.labels),
            start=len(labeling_split.initial),
            pool=len(labeling_split.pool),
            tested=len(labeling_split.test),
            test_is_given=data_set.test is not None,
            left_out=all_left_out(data_set.left_out),
            settings=settings,
        )


def _bytes_of_a_process(data_set: EncodedDataSet) -> int:
    return BYTES_OF_A_PROCESS + COPIES_OF_EMBEDDINGS * max(each.embeddings.nbytes for each in data_set.encoded)


def full_names(plan: GridPlan) -> GridPlan:
    """Return the plan with every name as its registry writes it, without duplicates.

    Raises: UnknownStrategy, InvalidStrategyOptions, UnknownHead, InvalidHeadOptions, InvalidInput: a head is for
        several labels an image.
    """
    heads = [head_recipe(name) for name in plan.heads]
    for head in heads:
        if head.multi_label:
            raise InvalidInput(f"these images have one label each, but {head.name} is for several labels per image")
    return GridPlan(
        **asdict(plan)
        | {
            "strategies": tuple(dict.fromkeys(strategy(name).name for name in plan.strategies)),
            "heads": tuple(dict.fromkeys(head.name for head in heads)),
            "encoders": tuple(dict.fromkeys(plan.encoders)),
        }
    )


def labeling_split_to_replay(plan: GridPlan, images: LabeledImages, test: Rows | None) -> LabelingSplit:
    """Make the split of the first run; in other runs each part has the same size. Raises: NotReady."""
    try:
        return labeling_split_of_run(plan, 0, images.targets, test=test)
    except NothingToReplay as error:
        raise NotReady(str(error)) from error


def _fingerprint(plan: GridPlan, data_set: EncodedDataSet) -> dict[str, object]:
    """Return the fingerprint of a grid: everything that changes its results; a store with another one is refused.

    The number of processes and the target accuracies are left out on purpose.
    """
    images, encoded, test = data_set.images, data_set.encoded, data_set.test
    embedded = {f"embeddings by {each.encoder.name}": _digest(each.embeddings) for each in encoded}
    texts = {f"texts by {each.encoder.name}": _digest(each.texts.embeddings) for each in encoded if each.texts}
    labels = {
        "labels": list(images.labels),
        "images": _digest(images.targets),
        "test images": None if test is None else _digest(test),
    }
    return asdict(plan) | labels | embedded | texts


def _digest(array: NDArray[Any]) -> str:
    content = np.ascontiguousarray(array)
    return f"{content.shape} {sha256(content.data).hexdigest()[:16]}"


def _write_arrays(store: SimulationStore, data_set: EncodedDataSet) -> None:
    arrays: dict[str, NDArray[Any]] = {CLASSES: data_set.images.targets.argmax(axis=1)}
    if data_set.test is not None:
        arrays[TEST_ROWS] = data_set.test
    for each in data_set.encoded:
        arrays[embeddings_name(each.encoder.name)] = each.embeddings
        if each.texts is not None:
            arrays[texts_name(each.encoder.name)] = each.texts.embeddings
    # Written even if they exist: files may have changed since, and the next runs must use these arrays.
    for name, array in arrays.items():
        store.write_array(name, array)


def _jobs(plan: GridPlan, data_set: EncodedDataSet, labeling_split: LabelingSplit) -> list[ReplayJob]:
    """List the jobs run by run, so that a simulation that is stopped early has some runs of each configuration."""
    by_name = {each.encoder.name: each for each in data_set.encoded}
    return [
        ReplayJob(
            plan=plan,
            configuration=configuration,
            run=run,
            labels=data_set.images.labels,
            encoder=by_name[configuration.encoder].encoder,
            logit_scale=None if (texts := by_name[configuration.encoder].texts) is None else texts.logit_scale,
            rounds=rounds_of_run(plan, configuration, labeling_split),
        )
        for run in range(plan.runs)
        for configuration in plan.configurations
    ]


def _is_done(store: SimulationStore, job: ReplayJob) -> bool:
    content = store.run(job.configuration, job.run)
    if content is None:
        return False
    try:
        run_from_csv(content, job.configuration, run=job.run, rounds=job.rounds)
    except NotARun:
        return False
    return True


def _results(store: SimulationStore, plan: GridPlan, jobs: Sequence[ReplayJob]) -> dict[Configuration, list[RunResult]]:
    results: dict[Configuration, list[RunResult]] = {configuration: [] for configuration in plan.configurations}
    for job in jobs:
        results[job.configuration].append(_done(store, job))
    return results


def _done(store: SimulationStore, job: ReplayJob) -> RunResult:
    content = store.run(job.configuration, job.run)
    try:
        return run_from_csv(content or "", job.configuration, run=job.run, rounds=job.rounds)
    except NotARun as error:
        raise NotReady(
            f"run {job.run} of {job.configuration.strategy} in {store.place} was changed during the simulation: {error}"
        ) from error
