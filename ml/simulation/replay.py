"""Simulates active learning on images with known labels: in each round pick, label, train from scratch, test."""

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
    """Disjoint rows of the labeled images, each in rising order; the same for all strategies that are compared.

    initial: labeled from the beginning, may be empty; pool: may be labeled next; test: never trained on.
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
    """Split images at random: the test part stratified, the initial labels at random within each class.

    Args: targets: (images, classes), one label per image; labels_per_class: initial ones, fewer if a class has fewer;
        test_share: of each class, in 0..1, at least one image if it has two; test: use these rows instead.
    Raises: NothingToReplay.
    """
    splitting, starting = rng.spawn(2)
    if test is None:
        test = hold_out_share(targets, test_share or 0.0, rng=splitting)
    rest = np.setdiff1d(np.arange(len(targets)), test)
    if not len(test) or not len(rest):
        raise NothingToReplay(
            f"of {len(targets)} images {len(test)} are for testing and {len(rest)} for labeling: both need some, "
            "label more images or change the test share"
        )
    initial = first_of_each_label(targets, starting.permutation(rest), count=labels_per_class)
    pool = np.setdiff1d(rest, initial)
    if not len(pool):
        raise NothingToReplay("all images are labeled from the start: start with fewer labels per class, or none")
    return LabelingSplit(initial=np.sort(initial), pool=pool, test=np.sort(test))


FIRST_FEW = 5


@dataclass(frozen=True, kw_only=True)
class RoundQuality:
    """Metrics of the classifier of one round on some images: shares in 0..1, and the mean log-loss."""

    top1: float
    top5: float
    mean_recall: float
    log_loss: float


@dataclass(frozen=True, kw_only=True, eq=False)
class ReplayedRound:
    """One round of a simulation: the picked images, the training, and its metrics.

    Attributes:
        iteration: 0 is the round with the initial labels alone.
        picked: rows that were picked and labeled in this round, in ranked order; candidates: size of the pool before.
        labels: number of labeled images by now; classes: number of classes they have.
        train, test: metrics on the labeled and on the test images; train is None while nothing is labeled.
        query_seconds: time to pick; train_seconds: time to train.
    """

    iteration: int
    picked: Rows
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
    """Yield one round for the initial labels, then one per batch until the pool is empty; deterministic but for times.

    While too few classes are labeled to train a head, every image gets the class frequencies as its prediction.

    Args: spec: encoder and head, its labels_per_class is ignored; images: with one label each; batches: number of
        labels to buy in each round.
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
    yield labeling.train_and_test(0, picked=np.empty(0, dtype=np.intp), query_seconds=0.0)
    for iteration, batch in enumerate(batches, start=1):
        if not len(labeling.pool):
            return
        yield labeling.buy_and_train(batch, iteration)


@dataclass(kw_only=True, eq=False)
class _Labeling:
    """State of a simulation; classify: predicts with the newest head, None before the first."""

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
        """Pick and label a batch, then train on all labels."""
        started = self.seconds()
        rng = np.random.default_rng([self.seed, iteration])
        picked = self.pool[self.strategy.pick(self._as_pool(), batch, rng=rng)]
        return self.train_and_test(iteration, picked=picked, query_seconds=self.seconds() - started)

    def train_and_test(self, iteration: int, *, picked: Rows, query_seconds: float) -> ReplayedRound:
        """Move the picked images to the labeled ones, train from scratch, and test."""
        candidates = len(self.pool) if iteration else 0
        self.labeled, self.pool = np.concatenate([self.labeled, picked]), np.setdiff1d(self.pool, picked)
        started = self.seconds()
        self.classify = self._train()
        train_seconds = self.seconds() - started
        return ReplayedRound(
            iteration=iteration,
            picked=picked,
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
        """Build the pool that the strategy sees: it never holds the targets of the pool."""
        embeddings = self.spec.encoded.embeddings
        unlabeled = embeddings[self.pool]
        return Pool(
            embeddings=unlabeled,
            probabilities=undecided(images=len(self.pool), classes=len(self.images.labels))
            if self.classify is None
            else self.classify(unlabeled),
            labeled_embeddings=embeddings[self.labeled],
            labeled_targets=self.images.targets[self.labeled],
            classify=self.classify,
            texts=self.spec.encoded.texts if self.strategy.uses_texts else None,
        )

    def _quality(self, rows: Rows) -> RoundQuality:
        targets = self.images.targets[rows]
        if self.classify is None:
            return round_quality(_frequencies(self.images.targets[self.labeled], images=len(rows)), targets)
        return round_quality(self.classify(self.spec.encoded.embeddings[rows]), targets)


def round_quality(probabilities: Probabilities, targets: Targets) -> RoundQuality:
    """Compute the metrics of a round. Args: both (images, classes), at least one image, one label each."""
    ranks = truth_ranks(probabilities, targets)
    first = ranks == 0
    recalls = [first[of_class].mean() for of_class in targets.T if of_class.any()]
    return RoundQuality(
        top1=float(first.mean()),
        top5=float((ranks < FIRST_FEW).mean()),
        mean_recall=float(np.mean(recalls)),
        log_loss=float(SINGLE_LABEL.log_losses(probabilities, targets).mean()),
    )


def _frequencies(targets: Targets, *, images: int) -> Probabilities:
    """Predict the class frequencies among the labels for every image (Laplace's rule of succession)."""
    counts = targets.sum(axis=0) + 1.0
    return np.tile(counts / counts.sum(), (images, 1))
