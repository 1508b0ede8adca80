"""Replays a project's own labels by several strategies: does asking by one of them pay here, and when to stop."""

from dataclasses import dataclass, replace

import numpy as np

from ml.audit.stop_advice import StopAdvice, stop_advice
from ml.comparison.compare import Progress
from ml.comparison.timing import Seconds
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.errors import NothingToAudit
from ml.simulation.grid import RANDOM_BASELINE, Configuration, GridPlan, labeling_split_of_run, replay_run
from ml.simulation.labels_needed import compare_labels_needed, median_labels_needed
from ml.simulation.learning_curves import (
    CurvePoint,
    LearningCurve,
    Runs,
    area_difference,
    common_span,
    curve_of,
    mean_area,
    mean_curve,
)
from ml.statistics.intervals import ConfidenceInterval
from ml.statistics.resampled_tests import corrected_resampled_interval
from ml.strategies.registry import strategy
from ml.types import Rows, Targets

TEST_SHARE = 0.3
TEST_TRAIN_RATIO = TEST_SHARE / (1 - TEST_SHARE)
# Batches grow like the labels do, since accuracy changes with their logarithm: so few rounds show the whole curve.
ROUNDS = 8
# With fewer, three in ten of them test next to nothing, and no difference would be shown.
FEWEST_IMAGES_TO_AUDIT, FEWEST_PER_CLASS = 50, 10
# Of more images, so many at random: replays of all of them would keep trainings waiting for hours.
MOST_REPLAYED_IMAGES = 5_000
# What random reaches with these shares of the labels it may buy is what others are to reach with fewer; the first one
# is what verdicts speak of, for at the end of the pool all strategies have the same labels.
SHARES_OF_BUDGET = (0.8, 1.0)


@dataclass(frozen=True, kw_only=True)
class AuditPlan:
    """What to replay.

    strategy: the project's own; rivals: what else, by name; random is added where it is missing.
    runs: at least 3, each with other test images and another start; labels_per_class: of the start, 0
        lets the strategy ask for the very first images too.
    """

    strategy: str
    rivals: tuple[str, ...] = ("margin",)
    runs: int = 10
    labels_per_class: int = 1
    seed: int = 0

    @property
    def strategies(self) -> tuple[str, ...]:
        """All by their full names, each once, random first. Raises: UnknownStrategy, InvalidStrategyOptions."""
        return tuple(dict.fromkeys(strategy(name).name for name in (RANDOM_BASELINE, *self.rivals, self.strategy)))


@dataclass(frozen=True, kw_only=True)
class Savings:
    """What it takes to be as accurate as random is with a share of the labels that it may buy.

    labels, random_labels: the median over runs, None where less than half of them get there.
    saved: share of random's labels, by which run for run fewer are needed, at most 1; negative where it takes more.
        None for random itself, and where no run gets there.
    """

    share_of_budget: float
    accuracy: float
    labels: float | None
    random_labels: float | None
    saved: ConfidenceInterval | None


@dataclass(frozen=True, kw_only=True)
class AuditedStrategy:
    """How labeling by one strategy went; intervals are about other images of the same kind, too.

    For gains and savings that takes no widening: of 42 projects of 300 images, drawn from three data sets, 40 had the
    mean gain of all that were drawn from the same one within Student's interval over their runs.

    area: the mean accuracy on the way; gain: how much more that is than random's, None for random itself.
    """

    name: str
    curve: tuple[CurvePoint, ...]
    area: ConfidenceInterval
    gain: ConfidenceInterval | None
    savings: tuple[Savings, ...]
    seconds_per_query: float

    @property
    def is_better_than_random(self) -> bool:
        """Whether it is more accurate than random on the way, beyond its interval."""
        return self.gain is not None and self.gain.low > 0

    @property
    def is_worse_than_random(self) -> bool:
        """Whether it is less accurate than random on the way, beyond its interval."""
        return self.gain is not None and self.gain.high < 0


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What came of an audit.

    labels: images with a label, of which so many `images` were replayed, each run with `tested` of them tested; budget:
        labels that could be bought beside those of the start. strategy: the project's own, one of `strategies`.
    """

    labels: int
    images: int
    classes: int
    tested: int
    start: int
    budget: int
    encoder: str
    head: str
    runs: int
    seed: int
    strategy: str
    strategies: tuple[AuditedStrategy, ...]
    stop: StopAdvice

    @property
    def own(self) -> AuditedStrategy:
        """The project's own strategy."""
        return next(each for each in self.strategies if each.name == self.strategy)


@dataclass(frozen=True, kw_only=True, eq=False)
class _StrategyRuns:
    curves: Runs
    seconds_per_query: float


def audit(
    images: LabeledImages, encoded: EncodedImages, head: str, plan: AuditPlan, *, seconds: Seconds, report: Progress
) -> Audit:
    """Everything but the times is the same for the same arguments.

    Args: images: one label an image.
    Raises: NothingToAudit, NothingToReplay, UnknownStrategy, InvalidStrategyOptions, UnknownHead, InvalidHeadOptions,
        MissingSideInformation, WrongDimension, EmbeddingsNotFinite.
    """
    check_labels(images.targets)
    labels = len(images.names)
    images, encoded = _subsample(images, encoded, seed=plan.seed)
    grid = _grid(images.targets, head, encoded.encoder.name, plan)
    replayed = _replay_all(grid, images, encoded, seconds=seconds, report=report)
    split = labeling_split_of_run(grid, 0, images.targets, test=None)
    random = replayed[RANDOM_BASELINE].curves
    return Audit(
        labels=labels,
        images=len(images.names),
        classes=int(images.targets.any(axis=0).sum()),
        tested=len(split.test),
        start=len(split.initial),
        budget=len(split.pool),
        encoder=encoded.encoder.name,
        head=head,
        runs=plan.runs,
        seed=plan.seed,
        strategy=strategy(plan.strategy).name,
        strategies=tuple(_audited_strategy(name, found, random) for name, found in replayed.items()),
        stop=stop_advice(random, labels=labels, test_train_ratio=TEST_TRAIN_RATIO, seed=plan.seed),
    )


def fewest_images(classes: int) -> int:
    """How many labeled images an audit needs. Args: classes: how many are labeled."""
    return max(FEWEST_IMAGES_TO_AUDIT, FEWEST_PER_CLASS * classes)


def check_labels(targets: Targets) -> None:
    """Raises: NothingToAudit."""
    images, classes = len(targets), int(targets.any(axis=0).sum())
    needed = fewest_images(classes)
    if classes < 2:  # noqa: PLR2004  one class leaves nothing to tell apart
        raise NothingToAudit("an audit needs labels of two classes at least: label images of another one")
    if images < needed:
        raise NothingToAudit(
            f"an audit of {classes} classes needs {needed} labeled images, and there are {images}: "
            f"label {needed - images} more"
        )


def growing_batches(start: int, pool: int, *, first: int) -> tuple[int, ...]:
    """So many labels to buy round by round that the labels grow by about the same factor each time, until none is left.

    Args: start: labels before the first round; first: how many to begin with where there are none.
    """
    marks = np.geomspace(max(start, min(first, pool), 1), start + pool, ROUNDS + 1).round().astype(int)
    totals = np.unique(np.concatenate([[start], marks]))
    return tuple(int(batch) for batch in np.diff(totals))


def _subsample(images: LabeledImages, encoded: EncodedImages, *, seed: int) -> tuple[LabeledImages, EncodedImages]:
    if len(images.names) <= MOST_REPLAYED_IMAGES:
        return images, encoded
    rows: Rows = np.sort(np.random.default_rng(seed).permutation(len(images.names))[:MOST_REPLAYED_IMAGES])
    some = LabeledImages(
        names=tuple(images.names[row] for row in rows),
        targets=images.targets[rows],
        labels=images.labels,
        parents=images.parents,
    )
    return some, EncodedImages(encoder=encoded.encoder, embeddings=encoded.embeddings[rows], texts=encoded.texts)


def _grid(targets: Targets, head: str, encoder: str, plan: AuditPlan) -> GridPlan:
    without_batches = GridPlan(
        strategies=plan.strategies,
        heads=(head,),
        encoders=(encoder,),
        runs=plan.runs,
        labels_per_class=plan.labels_per_class,
        test_share=TEST_SHARE,
        seed=plan.seed,
    )
    split = labeling_split_of_run(without_batches, 0, targets, test=None)
    batches = growing_batches(len(split.initial), len(split.pool), first=int(targets.any(axis=0).sum()))
    return replace(without_batches, batch_sizes=batches, iterations=len(batches))


def _replay_all(
    grid: GridPlan, images: LabeledImages, encoded: EncodedImages, *, seconds: Seconds, report: Progress
) -> dict[str, _StrategyRuns]:
    began, done, total = seconds(), 0, grid.runs * len(grid.strategies)
    curves: dict[str, list[LearningCurve]] = {name: [] for name in grid.strategies}
    queries: dict[str, list[float]] = {name: [] for name in grid.strategies}
    for run in range(grid.runs):
        for name in grid.strategies:
            report(done / total, _progress_text(name, run, grid.runs, left=_time_left(seconds() - began, done, total)))
            configuration = Configuration(strategy=name, head=grid.heads[0], encoder=grid.encoders[0])
            rounds = list(replay_run(grid, configuration, run, images, encoded, test=None, seconds=seconds))
            curves[name].append(curve_of(rounds))
            queries[name] += [each.query_seconds for each in rounds[1:]]
            done += 1
    return {
        name: _StrategyRuns(curves=curves[name], seconds_per_query=float(np.median(queries[name])))
        for name in grid.strategies
    }


def _time_left(elapsed: float, done: int, total: int) -> float | None:
    return elapsed / done * (total - done) if done else None


def _progress_text(name: str, run: int, runs: int, *, left: float | None) -> str:
    about = "" if left is None else f", about {left:.0f} s left"
    return f"run {run + 1} of {runs} by {name}{about}"


def _audited_strategy(name: str, replayed: _StrategyRuns, random: Runs) -> AuditedStrategy:
    is_random = name == RANDOM_BASELINE
    span = common_span(replayed.curves, random)
    return AuditedStrategy(
        name=name,
        curve=tuple(
            CurvePoint(labels=point.labels, interval=_for_new_images(point.interval, random))
            for point in mean_curve(replayed.curves)
        ),
        area=_for_new_images(mean_area(replayed.curves, span), random),
        gain=None if is_random else area_difference(replayed.curves, random, span),
        savings=tuple(_savings(replayed.curves, random, share) for share in SHARES_OF_BUDGET),
        seconds_per_query=replayed.seconds_per_query,
    )


def _savings(curves: Runs, random: Runs, share: float) -> Savings:
    span = common_span(random)
    bought = span.low + share * (span.high - span.low)
    accuracy = float(np.mean([curve.at(np.array([bought]))[0] for curve in random]))
    compared = None if curves is random else compare_labels_needed(curves, random, accuracy)
    return Savings(
        share_of_budget=share,
        accuracy=accuracy,
        labels=median_labels_needed(curves, accuracy),
        random_labels=median_labels_needed(random, accuracy),
        saved=None if compared is None else _less_than_one(compared.ratio),
    )


def _less_than_one(ratio: ConfidenceInterval) -> ConfidenceInterval:
    return ConfidenceInterval(low=1 - ratio.high, estimate=1 - ratio.estimate, high=1 - ratio.low)


def _for_new_images(interval: ConfidenceInterval, runs: Runs) -> ConfidenceInterval:
    """Of accuracies, in 0..1: runs that share their images agree too well."""
    wide = corrected_resampled_interval(interval, runs=len(runs), test_train_ratio=TEST_TRAIN_RATIO)
    return ConfidenceInterval(low=max(wide.low, 0.0), estimate=wide.estimate, high=min(wide.high, 1.0))
