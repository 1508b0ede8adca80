"""Chooses a head by cross-validation on training images; the incumbent stays unless another is clearly better."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ml.calibration.decision_rule import DEFAULT_COVERAGE
from ml.comparison.paired_scores import PairedScores, mean_difference, paired_scores
from ml.comparison.trial import EncodedImages, LabeledImages, TrialSpec, train_on_rows
from ml.errors import InvalidHeadOptions, MissingSideInformation, NotEnoughLabels
from ml.evaluation.evaluate import score_images
from ml.heads.cross_validation import MIN_OUT_OF_FOLD_IMAGES
from ml.heads.registry import default_head, head_recipe
from ml.splits.repeated_splits import TrainTestSplit, repeated_splits
from ml.splits.stratified import stratified_sample
from ml.statistics.intervals import CONFIDENCE
from ml.statistics.resampled_tests import TTest

# Heads that train in seconds on hundreds of images, each of them the best on some data.
CHEAP = ("nearest-class-mean", "knn", "random-forest")
CHEAP_WITH_PARENTS, CHEAP_WITH_TEXTS = ("hierarchical",), ("zero-shot-blend",)
REPEATS = 2
# A smaller gain in log-loss is no reason to change, even if it is significant.
LEAST_GAIN = 0.01
# Bounds the time: each candidate is trained and tested on this many images divided by the number of candidates.
IMAGES_IN_ALL = 4_000


class HeadGround(Enum):
    """Reason for the choice of a head."""

    TOO_FEW_IMAGES = auto()
    INCUMBENT_CANNOT_BE_TRAINED = auto()
    NO_RIVALS = auto()
    NO_RIVAL_IS_BETTER = auto()
    RIVAL_IS_BETTER = auto()


@dataclass(frozen=True, kw_only=True)
class Rival:
    """Differences of another head to the incumbent in accuracy and log-loss, on the same images and splits."""

    name: str
    accuracy: TTest
    log_loss: TTest

    @property
    def lead(self) -> tuple[float, float]:
        """Sort key: gain in accuracy first, then gain in log-loss."""
        return self.accuracy.interval.estimate, -self.log_loss.interval.estimate

    def is_clearly_better(self, *, rivals: int) -> bool:
        """Test for a significant gain, with Bonferroni correction: each rival may be ahead by chance in two ways."""
        accuracy, loss = self.lead
        significance = (1 - CONFIDENCE) / (2 * rivals)
        more_accurate = accuracy > 0 and self.accuracy.p_value < significance
        less_loss = accuracy >= 0 and loss >= LEAST_GAIN and self.log_loss.p_value < significance
        return more_accurate or less_loss


@dataclass(frozen=True, kw_only=True)
class HeadChoice:
    """The chosen head, with the reason.

    incumbent: the head used so far; tested_images: number of images the choice is based on; rivals: number of other
    heads that could be trained, `best` is the best of them.
    """

    head: str
    incumbent: str
    ground: HeadGround
    tested_images: int
    rivals: int = 0
    best: Rival | None = None


def cheap_heads(images: LabeledImages, encoded: EncodedImages) -> tuple[str, ...]:
    """List the heads that are cheap enough to compare at each training, the default head first."""
    default = default_head(multi_label=images.multi_label)
    if images.multi_label:
        return (default,)
    with_parents = () if images.parents is None else CHEAP_WITH_PARENTS
    with_texts = () if encoded.texts is None else CHEAP_WITH_TEXTS
    return (default, *CHEAP, *with_parents, *with_texts)


def choose_head(
    images: LabeledImages, encoded: EncodedImages, heads: Sequence[str], *, incumbent: str | None, seed: int
) -> HeadChoice:
    """Choose the incumbent or one of the heads; deterministic.

    Another head replaces the incumbent only if it is significantly better, corrected for the number of heads: in
    accuracy; or noticeably in log-loss, and not less accurate. So noise does not switch the choice back and forth.

    Args:
        images, encoded: training images only.
        incumbent: the head used so far; the first of the heads if it is None or for the other label mode.
    """
    present = incumbent if incumbent is not None and _fits(incumbent, images) else heads[0]
    candidates = tuple(dict.fromkeys((present, *heads)))
    splits = _splits(images, candidates, seed=seed)
    tested_images = sum(len(split.test) for split in splits) // REPEATS
    if tested_images < MIN_OUT_OF_FOLD_IMAGES:
        return HeadChoice(
            head=present, incumbent=present, ground=HeadGround.TOO_FEW_IMAGES, tested_images=tested_images
        )
    scores_of = {name: _head_scores(name, images, encoded, splits, seed=seed) for name in candidates}
    own = scores_of.pop(present)
    if own is None:
        return HeadChoice(
            head=present, incumbent=present, ground=HeadGround.INCUMBENT_CANNOT_BE_TRAINED, tested_images=tested_images
        )
    rivals = [_rival(name, other, own, splits) for name, other in scores_of.items() if other is not None]
    return _decide(present, rivals, tested_images)


def _fits(head: str, images: LabeledImages) -> bool:
    return head_recipe(head).multi_label == images.multi_label


def _splits(images: LabeledImages, candidates: Sequence[str], *, seed: int) -> list[TrainTestSplit]:
    """Split all images, or a stratified sample of them that bounds the time."""
    rows = stratified_sample(images.targets, most=IMAGES_IN_ALL // len(candidates), seed=seed)
    return [
        TrainTestSplit(train=rows[split.train], test=rows[split.test])
        for split in repeated_splits(images.targets[rows], repeats=REPEATS, seed=seed)
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class _HeadScores:
    """Scores of one head on all splits: correct: 1 or 0; log_loss: 0 is best."""

    correct: PairedScores
    log_loss: PairedScores


def _head_scores(
    head: str, images: LabeledImages, encoded: EncodedImages, splits: Sequence[TrainTestSplit], *, seed: int
) -> _HeadScores | None:
    """Train and score a head on all splits; None if it cannot be trained on these images."""
    spec = TrialSpec(encoded=encoded, head=head, labels_per_class=None)
    scores = []
    try:
        for split in splits:
            classifier = train_on_rows(spec, images, split.train, seed=seed, coverage=DEFAULT_COVERAGE)
            probabilities = classifier.probabilities(encoded.embeddings[split.test])
            truth = images.targets[split.test]
            scores.append(score_images(probabilities, truth, rule=classifier.rule))
    except (NotEnoughLabels, InvalidHeadOptions, MissingSideInformation):
        return None
    return _HeadScores(
        correct=paired_scores([each.correct for each in scores], splits),
        log_loss=paired_scores([each.log_losses for each in scores], splits),
    )


def _rival(name: str, other: _HeadScores, own: _HeadScores, splits: Sequence[TrainTestSplit]) -> Rival:
    return Rival(
        name=name,
        accuracy=mean_difference(other.correct, own.correct, splits),
        log_loss=mean_difference(other.log_loss, own.log_loss, splits),
    )


def _decide(incumbent: str, rivals: Sequence[Rival], tested_images: int) -> HeadChoice:
    if not rivals:
        return HeadChoice(head=incumbent, incumbent=incumbent, ground=HeadGround.NO_RIVALS, tested_images=tested_images)
    better = [rival for rival in rivals if rival.is_clearly_better(rivals=len(rivals))]
    best = max(better or rivals, key=lambda rival: rival.lead)
    return HeadChoice(
        head=best.name if better else incumbent,
        incumbent=incumbent,
        ground=HeadGround.RIVAL_IS_BETTER if better else HeadGround.NO_RIVAL_IS_BETTER,
        tested_images=tested_images,
        rivals=len(rivals),
        best=best,
    )
