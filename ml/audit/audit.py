"""Audits active learning on a project: replays its labels by several strategies and compares them with random."""

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
# Batches grow with the number of labels, since accuracy changes with its logarithm: so 8 rounds show the whole curve.
ROUNDS = 8
# With fewer images the test part, three in ten of them, is too small to show any difference.
FEWEST_IMAGES_TO_AUDIT, FEWEST_PER_CLASS = 50, 10
# A larger project is sampled at random: replaying all its images would block trainings for hours.
MOST_REPLAYED_IMAGES = 5_000
# The accuracy of random at these shares of its budget is the target that others should reach with fewer labels.
# Verdicts use the first share, because at the end of the pool all strategies have the same labels.
SHARES_OF_BUDGET = (0.8, 1.0)


@dataclass(frozen=True, kw_only=True)
class AuditPlan:
    """Configuration of an audit.

    strategy: the project's own; rivals: other strategies by name; random is added if it is missing.
    runs: at least 3, each with other test images and other initial labels; labels_per_class: of the initial labels, 0
        lets the strategy pick the very first images too.
    """

    strategy: str
    rivals: tuple[str, ...] = ("margin",)
    runs: int = 10
    labels_per_class: int = 1
    seed: int = 0

    @property
    def strategies(self) -> tuple[str, ...]:
        """Full names of all strategies, each once, random first. Raises: UnknownStrategy, InvalidStrategyOptions."""
        return tuple(dict.fromkeys(strategy(name).name for name in (RANDOM_BASELINE, *self.rivals, self.strategy)))


@dataclass(frozen=True, kw_only=True)
class Savings:
    """Labels saved in reaching the accuracy that random has at a share of its budget.

    labels, random_labels: the median over runs, None if less than half of them reach the accuracy.
    saved: fraction of random's labels saved, paired by run, at most 1; negative if more are needed. None for random
        itself, and if no run reaches the accuracy.
    """

    share_of_budget: float
    accuracy: float
    labels: float | None
    random_labels: float | None
    saved: ConfidenceInterval | None


@dataclass(frozen=True, kw_only=True)
class AuditedStrategy:
    """Result of one strategy in an audit; intervals also hold for new images of the same kind.

    Intervals of gains and savings need no widening for that: 42 projects of 300 images were drawn from three data sets,
    and for 40 of them Student's interval over runs held the mean gain of all projects drawn from the same data set.

    area: the mean accuracy on the way; gain: the difference of areas to random, None for random itself.
    """

    name: str
    curve: tuple[CurvePoint, ...]
    area: ConfidenceInterval
    gain: ConfidenceInterval | None
    savings: tuple[Savings, ...]
    seconds_per_query: float

    @property
    def is_better_than_random(self) -> bool:
        """True if its mean accuracy on the way is significantly higher than random's."""
        return self.gain is not None and self.gain.low > 0

    @property
    def is_worse_than_random(self) -> bool:
        """True if its mean accuracy on the way is significantly lower than random's."""
        return self.gain is not None and self.gain.high < 0


@dataclass(frozen=True, kw_only=True)
class Audit:
    """Result of an audit.

    labels: number of labeled images; images: how many of them were replayed; tested: size of the test part of each run;
        start: number of initial labels; budget: number of labels that could be bought after them; strategy: the
        project's own, one of `strategies`.
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
    """Replay the labels of a project by each strategy and compare them; deterministic but for the times.

    Args: images: with one label each.
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
    """Return the number of labeled images that an audit needs. Args: classes: number of labeled classes."""
    return max(FEWEST_IMAGES_TO_AUDIT, FEWEST_PER_CLASS * classes)


def check_labels(targets: Targets) -> None:
    """Check that an audit has enough labels and classes. Raises: NothingToAudit."""
    images, classes = len(targets), int(targets.any(axis=0).sum())
    needed = fewest_images(classes)
    if classes < 2:  # noqa: PLR2004  one class leaves nothing to tell apart
        raise NothingToAudit("an audit needs labels of at least two classes: label images of another class")
    if images < needed:
        raise NothingToAudit(
            f"an audit of {classes} classes needs {needed} labeled images, and there are {images}: "
            f"label {needed - images} more"
        )


def growing_batches(start: int, pool: int, *, first: int) -> tuple[int, ...]:
    """Return batch sizes that grow the number of labels by about the same factor each round, until the pool is empty.

    Args: start: labels before the first round; first: size of the first batch if there are no labels.
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
    """Widen an interval of accuracies, within 0..1, so that it holds for new images: runs share their images."""
    wide = corrected_resampled_interval(interval, runs=len(runs), test_train_ratio=TEST_TRAIN_RATIO)
    return ConfidenceInterval(low=max(wide.low, 0.0), estimate=wide.estimate, high=min(wide.high, 1.0))
