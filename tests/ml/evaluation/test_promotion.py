"""Promotion of a candidate over the current version."""

import numpy as np

from ml.evaluation.evaluate import PerImageScores
from ml.evaluation.promotion import PromotionDecision, decide_promotion

LABELS = ("cat", "dog")


def scores(*, right: int, of: int, log_loss: float = 0.5, wrong_first: bool = False) -> PerImageScores:
    correct = np.arange(of) < right
    return PerImageScores(correct=correct[::-1] if wrong_first else correct, log_losses=np.full(of, log_loss))


def decide(
    candidate: PerImageScores, current: PerImageScores | None, *, current_labels: tuple[str, ...] = LABELS
) -> PromotionDecision:
    return decide_promotion(
        candidate=candidate, current=current, candidate_labels=LABELS, current_labels=current_labels, seed=0
    )


def test_first_version_is_promoted() -> None:
    decision = decide(scores(right=0, of=50), None)

    assert decision == PromotionDecision(promoted=True, reasons=("it is the first version",))


def test_better_candidate_is_promoted() -> None:
    assert decide(scores(right=95, of=100), scores(right=80, of=100)).promoted


def test_candidate_that_is_worse_beyond_chance_is_not_promoted() -> None:
    decision = decide(scores(right=80, of=100), scores(right=95, of=100))

    assert not decision.promoted
    assert "accuracy 80.0 % against 95.0 % on 100 held-out images (0 gained, 15 lost): worse beyond chance" in (
        decision.reasons
    )


def test_candidate_that_is_worse_within_chance_is_promoted() -> None:
    # Five images lost and none gained have a chance of 2 / 2**5 = .0625 in McNemar's exact test, six of .031.
    assert decide(scores(right=90, of=100), scores(right=95, of=100)).promoted
    assert not decide(scores(right=90, of=100), scores(right=96, of=100)).promoted


def test_what_counts_is_the_same_images_not_the_totals() -> None:
    gained_and_lost_many = scores(right=90, of=100, wrong_first=True)

    assert decide(gained_and_lost_many, scores(right=96, of=100)).promoted


def test_candidate_as_accurate_but_worse_in_log_loss_is_not_promoted() -> None:
    decision = decide(scores(right=90, of=100, log_loss=0.6), scores(right=90, of=100, log_loss=0.3))

    assert not decision.promoted
    assert "log-loss differs by +0.300 (95 % interval +0.300 to +0.300): worse" in decision.reasons


def test_candidate_worse_in_log_loss_but_more_accurate_is_promoted() -> None:
    assert decide(scores(right=92, of=100, log_loss=0.6), scores(right=90, of=100, log_loss=0.3)).promoted


def test_difference_in_log_loss_that_chance_explains_does_not_count() -> None:
    noise = np.random.default_rng(0).normal(size=100)
    current = scores(right=90, of=100)
    candidate = PerImageScores(correct=current.correct, log_losses=current.log_losses + noise - noise.mean() + 0.01)

    assert decide(candidate, current).promoted


def test_too_few_held_out_images_promote_and_say_so() -> None:
    decision = decide(scores(right=0, of=19), scores(right=19, of=19))

    assert decision.promoted
    assert decision.reasons == ("19 held-out images are too few to compare, 20 are needed",)


def test_no_held_out_images_promote_and_say_so() -> None:
    assert decide(scores(right=0, of=0), scores(right=0, of=0)).promoted


def test_added_and_removed_labels_are_reasons() -> None:
    same = scores(right=40, of=50)

    added, removed = decide(same, same, current_labels=("cat", "emu")).reasons[:2]

    assert added == "the current version does not know dog: their images count as wrong for it"
    assert removed == "emu left the label set: evaluated without"


def test_same_seed_gives_the_same_decision() -> None:
    candidate = PerImageScores(
        correct=np.ones(30, dtype=np.bool_), log_losses=np.random.default_rng(0).exponential(size=30)
    )

    assert decide(candidate, scores(right=30, of=30)) == decide(candidate, scores(right=30, of=30))
