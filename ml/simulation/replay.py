"""Replays labeling on images whose labels are known: ask, label, train from scratch, test, again and again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ml.calibration.decision_rule import DEFAULT_COVERAGE
from ml.comparison.timing import Seconds
from ml.comparison.trial import LabeledImages, TrialSpec, train_on_rows
from ml.errors import NotEnoughLabels, NothingToReplay
from ml.labels.label_mode import SINGLE_LABEL
from ml.metrics.ranks import truth_ranks
from ml.splits.stratified import first_of_each_label, hold_out_share
from ml.strategies.base import BaseStrategy
from ml.strategies.pool import Pool, undecided
from ml.types import Embeddings, Probabilities, Rows, Targets


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelingSplit:
    """Rows of the same labeled images, no row in two of them, each in rising order; the same for all that is compared.

    start: labeled before anybody is asked; may be empty. pool: whose labels may be bought. test: never trained on.
    """

    initial: Rows
    pool: Rows
    test: Rows


def labeling_split(
    targets: Targets,
    *,
    labels_per_class: int,
    rng: np.random.Generator,
    test_share: float | None = None,
    test: Rows | None = None,
) -> LabelingSplit:
    """Deal the images anew: the test part stratified, the start at random within each class.

    Args: targets: (images, classes), one label an image; labels_per_class: of the start, fewer where a class has fewer;
        test_share: in 0..1, of each class, at least one image where it has two; test: those rows instead.
    Raises: NothingToReplay.
    """
    dealing, starting = rng.spawn(2)
    if test is None:
        test = hold_out_share(targets, test_share or 0.0, rng=dealing)
    rest = np.setdiff1d(np.arange(len(targets)), test)
    if not len(test) or not len(rest):
        raise NothingToReplay(
            f"of {len(targets)} images {len(test)} are to test on and {len(rest)} to label: both need some, "
            "label more images or change the share that is tested"
        )
    initial = first_of_each_label(targets, starting.permutation(rest), count=labels_per_class)
    pool = np.setdiff1d(rest, initial)
    if not len(pool):
        raise NothingToReplay("all images are labeled from the start: start with fewer labels a class, or none")
    return LabelingSplit(initial=np.sort(initial), pool=pool, test=np.sort(test))


FIRST_FEW = 5


@dataclass(frozen=True, kw_only=True)
class RoundQuality:
    """How good a round's classifier is on some images: shares in 0..1, and the mean log-loss."""

    top1: float
    top5: float
    mean_recall: float
    log_loss: float


@dataclass(frozen=True, kw_only=True, eq=False)
class ReplayedRound:
    """One training and what led to it.

    Attributes:
        iteration: 0 is what comes of the start alone.
        asked: rows whose labels were bought for this round, as they were ranked; candidates: how many there were.
        labels: how many images are labeled by now; classes: how many classes they are of.
        train, test: on the labeled and on the test images; train is None while nothing is labeled.
        query_seconds: to choose what to ask; train_seconds: to train.
    """

    iteration: int
    asked: Rows
    candidates: int
    labels: int
    classes: int
    train: RoundQuality | None
    test: RoundQuality
    query_seconds: float
    train_seconds: float


def replay(
    spec: TrialSpec,
    images: LabeledImages,
    split: LabelingSplit,
    strategy: BaseStrategy,
    *,
    batches: Sequence[int],
    seed: int,
    seconds: Seconds,
) -> Iterator[ReplayedRound]:
    """One round for the start, then one for each batch, until the pool is empty. All but the times is determined.

    While too few classes are labeled to train a head, the class that most labels are of is the answer to everything.

    Args: spec: encoder and head; its labels_per_class has no meaning here. images: one label an image.
        batches: how many labels to buy, round by round.
    Raises: UnknownHead, InvalidHeadOptions, MissingSideInformation, WrongDimension, EmbeddingsNotFinite.
    """
    labeling = _Labeling(
        spec=spec,
        images=images,
        test=split.test,
        strategy=strategy,
        seed=seed,
        seconds=seconds,
        labeled=split.initial,
        pool=split.pool,
    )
    yield labeling.train_and_test(0, asked=np.empty(0, dtype=np.intp), query_seconds=0.0)
    for iteration, batch in enumerate(batches, start=1):
        if not len(labeling.pool):
            return
        yield labeling.buy_and_train(batch, iteration)


@dataclass(kw_only=True, eq=False)
class _Labeling:
    """A labeling in progress. classify: by the newest head; None before the first."""

    spec: TrialSpec
    images: LabeledImages
    test: Rows
    strategy: BaseStrategy
    seed: int
    seconds: Seconds
    labeled: Rows
    pool: Rows
    classify: Callable[[Embeddings], Probabilities] | None = None

    def buy_and_train(self, batch: int, iteration: int) -> ReplayedRound:
        """Buy so many labels, and train on all there are by then."""
        started = self.seconds()
        rng = np.random.default_rng([self.seed, iteration])
        asked = self.pool[self.strategy.pick(self._as_pool(), batch, rng=rng)]
        return self.train_and_test(iteration, asked=asked, query_seconds=self.seconds() - started)

    def train_and_test(self, iteration: int, *, asked: Rows, query_seconds: float) -> ReplayedRound:
        """Take in what was asked, train from scratch, and test."""
        candidates = len(self.pool) if iteration else 0
        self.labeled, self.pool = np.concatenate([self.labeled, asked]), np.setdiff1d(self.pool, asked)
        started = self.seconds()
        self.classify = self._train()
        train_seconds = self.seconds() - started
        return ReplayedRound(
            iteration=iteration,
            asked=asked,
            candidates=candidates,
            labels=len(self.labeled),
            classes=int(self.images.targets[self.labeled].any(axis=0).sum()),
            train=self._quality(self.labeled) if len(self.labeled) else None,
            test=self._quality(self.test),
            query_seconds=query_seconds,
            train_seconds=train_seconds,
        )

    def _train(self) -> Callable[[Embeddings], Probabilities] | None:
        try:
            classifier = train_on_rows(self.spec, self.images, self.labeled, seed=self.seed, coverage=DEFAULT_COVERAGE)
        except NotEnoughLabels:
            return None
        return classifier.probabilities

    def _as_pool(self) -> Pool:
        """What the strategy may see: of the pool's own targets, nothing."""
        embeddings = self.spec.encoded.embeddings
        waiting = embeddings[self.pool]
        return Pool(
            embeddings=waiting,
            probabilities=undecided(images=len(self.pool), classes=len(self.images.labels))
            if self.classify is None
            else self.classify(waiting),
            labeled_embeddings=embeddings[self.labeled],
            labeled_targets=self.images.targets[self.labeled],
            classify=self.classify,
            texts=self.spec.encoded.texts if self.strategy.uses_texts else None,
        )

    def _quality(self, rows: Rows) -> RoundQuality:
        targets = self.images.targets[rows]
        if self.classify is None:
            return round_quality(_frequencies(self.images.targets[self.labeled], answers=len(rows)), targets)
        return round_quality(self.classify(self.spec.encoded.embeddings[rows]), targets)


def round_quality(probabilities: Probabilities, targets: Targets) -> RoundQuality:
    """Args: both (images, classes), at least one image, one label each."""
    ranks = truth_ranks(probabilities, targets)
    first = ranks == 0
    recalls = [first[of_class].mean() for of_class in targets.T if of_class.any()]
    return RoundQuality(
        top1=float(first.mean()),
        top5=float((ranks < FIRST_FEW).mean()),
        mean_recall=float(np.mean(recalls)),
        log_loss=float(SINGLE_LABEL.log_losses(probabilities, targets).mean()),
    )


def _frequencies(targets: Targets, *, answers: int) -> Probabilities:
    """The same answer to all: how frequent each class is among the labels, by Laplace's rule of succession."""
    counts = targets.sum(axis=0) + 1.0
    return np.tile(counts / counts.sum(), (answers, 1))
