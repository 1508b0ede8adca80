"""Chooses a head by cross-validation on training images; the one there is stays unless another is clearly better."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ml.calibration.decision_rule import DEFAULT_COVERAGE
from ml.comparison.paired_scores import PairedScores, mean_difference, paired_scores
from ml.comparison.trial import EncodedImages, LabeledImages, TrialSpec, train_on_rows
from ml.errors import InvalidHeadOptions, MissingSideInformation, NotEnoughLabels
from ml.evaluation.evaluate import score_images
from ml.heads.cross_validation import MIN_JUDGED_IMAGES
from ml.heads.registry import default_head, head_recipe
from ml.splits.repeated_splits import TrainTestSplit, repeated_splits
from ml.splits.stratified import stratified_sample
from ml.statistics.intervals import CONFIDENCE
from ml.statistics.resampled_tests import TTest

# Trained in seconds on hundreds of images, and each the best on some data.
CHEAP = ("nearest-class-mean", "knn", "random-forest")
CHEAP_WITH_PARENTS, CHEAP_WITH_TEXTS = ("hierarchical",), ("zero-shot-blend",)
REPEATS = 2
# What is better in log-loss by less than this, however surely, is no reason to change.
LEAST_GAIN = 0.01
# Bounds the time: so many images are shared out among the candidates, each of which is trained and tested on its share.
IMAGES_IN_ALL = 4_000


class HeadGround(Enum):
    """Why a head was chosen."""

    TOO_FEW_IMAGES = auto()
    INCUMBENT_CANNOT_BE_TRAINED = auto()
    NO_RIVALS = auto()
    NO_RIVAL_IS_BETTER = auto()
    RIVAL_IS_BETTER = auto()


@dataclass(frozen=True, kw_only=True)
class Rival:
    """How another head compares to the incumbent, on the same images of the same splits: in accuracy and log-loss."""

    name: str
    accuracy: TTest
    log_loss: TTest

    @property
    def lead(self) -> tuple[float, float]:
        """How much better it is: in accuracy first, then in log-loss."""
        return self.accuracy.interval.estimate, -self.log_loss.interval.estimate

    def is_clearly_better(self, *, rivals: int) -> bool:
        """Bonferroni, for each rival may be ahead by luck in two ways."""
        accuracy, loss = self.lead
        chance = (1 - CONFIDENCE) / (2 * rivals)
        more_accurate = accuracy > 0 and self.accuracy.p_value < chance
        more_honest = accuracy >= 0 and loss >= LEAST_GAIN and self.log_loss.p_value < chance
        return more_accurate or more_honest


@dataclass(frozen=True, kw_only=True)
class HeadChoice:
    """The name of the chosen head, and why it is this one.

    incumbent: the head that was there; judged: how many images there were to choose by; rivals: how many other heads
    could be tried, of which `best` is the best.
    """

    head: str
    incumbent: str
    ground: HeadGround
    judged: int
    rivals: int = 0
    best: Rival | None = None


def cheap_heads(images: LabeledImages, encoded: EncodedImages) -> tuple[str, ...]:
    """The default head first, then those that can be tried at each training and may be better on these images."""
    default = default_head(multi_label=images.multi_label)
    if images.multi_label:
        return (default,)
    with_parents = () if images.parents is None else CHEAP_WITH_PARENTS
    with_texts = () if encoded.texts is None else CHEAP_WITH_TEXTS
    return (default, *CHEAP, *with_parents, *with_texts)


def choose_head(
    images: LabeledImages, encoded: EncodedImages, heads: Sequence[str], *, incumbent: str | None, seed: int
) -> HeadChoice:
    """Choose the incumbent or one of the heads; the same arguments give the same choice.

    Another head takes the incumbent's place only where it is better beyond chance, counting how many might have been by
    luck: in accuracy; or noticeably in log-loss, and no less accurate. Noise does not turn the choice back and forth.

    Args:
        images, encoded: of the training side only.
        incumbent: what there is; the first of the heads where that is None, or not for this kind of images.
    """
    present = incumbent if incumbent is not None and _fits(incumbent, images) else heads[0]
    candidates = tuple(dict.fromkeys((present, *heads)))
    splits = _splits(images, candidates, seed=seed)
    judged = sum(len(split.test) for split in splits) // REPEATS
    if judged < MIN_JUDGED_IMAGES:
        return HeadChoice(head=present, incumbent=present, ground=HeadGround.TOO_FEW_IMAGES, judged=judged)
    scores_of = {name: _head_scores(name, images, encoded, splits, seed=seed) for name in candidates}
    own = scores_of.pop(present)
    if own is None:
        return HeadChoice(head=present, incumbent=present, ground=HeadGround.INCUMBENT_CANNOT_BE_TRAINED, judged=judged)
    rivals = [_rival(name, other, own, splits) for name, other in scores_of.items() if other is not None]
    return _decide(present, rivals, judged)


def _fits(head: str, images: LabeledImages) -> bool:
    return head_recipe(head).multi_label == images.multi_label


def _splits(images: LabeledImages, candidates: Sequence[str], *, seed: int) -> list[TrainTestSplit]:
    """Of all images, or of so many of each label that the time stays bounded."""
    rows = stratified_sample(images.targets, most=IMAGES_IN_ALL // len(candidates), seed=seed)
    return [
        TrainTestSplit(train=rows[split.train], test=rows[split.test])
        for split in repeated_splits(images.targets[rows], repeats=REPEATS, seed=seed)
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class _HeadScores:
    """Of one head on all splits: correct: 1 or 0; log_loss: 0 is best."""

    correct: PairedScores
    log_loss: PairedScores


def _head_scores(
    head: str, images: LabeledImages, encoded: EncodedImages, splits: Sequence[TrainTestSplit], *, seed: int
) -> _HeadScores | None:
    """None where the head cannot be trained on these images."""
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


def _decide(incumbent: str, rivals: Sequence[Rival], judged: int) -> HeadChoice:
    if not rivals:
        return HeadChoice(head=incumbent, incumbent=incumbent, ground=HeadGround.NO_RIVALS, judged=judged)
    better = [rival for rival in rivals if rival.is_clearly_better(rivals=len(rivals))]
    best = max(better or rivals, key=lambda rival: rival.lead)
    return HeadChoice(
        head=best.name if better else incumbent,
        incumbent=incumbent,
        ground=HeadGround.RIVAL_IS_BETTER if better else HeadGround.NO_RIVAL_IS_BETTER,
        judged=judged,
        rivals=len(rivals),
        best=best,
    )
