"""Replaying labeling on images whose labels are known."""

from collections.abc import Sequence
from itertools import count

import numpy as np
import pytest

from ml.replay import ReplayedRound, quality_of, replay
from ml.scenario import scenario_of
from ml.strategies.registry import strategy
from ml.trial import Combination, EncodedImages, LabeledImages
from tests.ml.clouds import ENCODER, cloud

CLOUD = cloud(40, 40, 40, noise=0.4)
IMAGES = LabeledImages(
    names=tuple(f"{row}" for row in range(120)), targets=CLOUD.targets, labels=("Coast", "Forest", "Street")
)
COMBINATION = Combination(
    encoded=EncodedImages(encoder=ENCODER, embeddings=CLOUD.embeddings),
    head="nearest-class-mean",
    labels_per_class=None,
)


def rounds(
    name: str = "margin", *, batches: Sequence[int] = (5, 5, 5), labels_per_class: int = 1, seed: int = 0
) -> list[ReplayedRound]:
    scenario = scenario_of(
        CLOUD.targets, labels_per_class=labels_per_class, test_share=0.3, rng=np.random.default_rng(seed)
    )
    ticks = count()
    return list(
        replay(
            COMBINATION,
            IMAGES,
            scenario,
            strategy(name),
            batches=batches,
            seed=seed,
            seconds=lambda: float(next(ticks)),
        )
    )


def test_each_round_has_the_labels_bought_so_far() -> None:
    assert [each.labels for each in rounds(batches=(5, 10))] == [3, 8, 18]
    assert [len(each.asked) for each in rounds(batches=(5, 10))] == [0, 5, 10]


def test_candidates_are_the_whole_pool() -> None:
    assert [each.candidates for each in rounds(batches=(5, 10))] == [0, 81, 76]


def test_no_image_is_asked_twice_and_none_that_is_tested() -> None:
    scenario = scenario_of(CLOUD.targets, labels_per_class=1, test_share=0.3, rng=np.random.default_rng(0))

    asked = np.concatenate([each.asked for each in rounds(batches=[30] * 5)])

    assert sorted(asked) == scenario.pool.tolist()


def test_ends_with_the_pool() -> None:
    assert [each.labels for each in rounds(batches=[50] * 9)] == [3, 53, 84]


def test_all_begin_alike() -> None:
    first, other = rounds("margin")[0], rounds("random")[0]

    assert first.test == other.test


def test_labels_make_it_better() -> None:
    replayed = rounds("random", batches=[10] * 6)

    assert replayed[-1].test.top1 > replayed[0].test.top1


def test_the_same_seed_replays_the_same() -> None:
    first, again, other = (rounds("random", seed=seed) for seed in (1, 1, 2))

    assert [each.asked.tolist() for each in first] == [each.asked.tolist() for each in again]
    assert [each.asked.tolist() for each in first] != [each.asked.tolist() for each in other]


def test_before_anything_can_be_trained_the_commonest_class_is_the_answer() -> None:
    start = rounds(labels_per_class=0)[0]

    assert (start.labels, start.classes, start.train) == (0, 0, None)
    assert start.test.top1 == pytest.approx(1 / 3)
    assert start.test.log_loss == pytest.approx(np.log(3))


def test_quality_is_of_all_images_and_of_each_class_alike() -> None:
    targets = np.eye(2, dtype=bool)[[0, 0, 0, 1]]
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]])

    quality = quality_of(probabilities, targets)

    assert (quality.top1, quality.top5) == (0.75, 1.0)
    assert quality.mean_recall == pytest.approx((2 / 3 + 1) / 2)
    assert quality.log_loss == pytest.approx(-np.log([0.9, 0.8, 0.4, 0.7]).mean())
