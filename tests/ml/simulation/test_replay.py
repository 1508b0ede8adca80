"""Simulations of labeling on images with known labels."""

from collections.abc import Sequence
from itertools import count

import numpy as np
import pytest

from ml.comparison.trial import EncodedImages, LabeledImages, TrialSpec
from ml.errors import NothingToReplay
from ml.simulation.replay import LabelingSplit, ReplayedRound, labeling_split, replay, round_quality
from ml.strategies.registry import strategy
from ml.types import Targets
from tests.ml.clouds import ENCODER, cloud

CLOUD = cloud(40, 40, 40, noise=0.4)
IMAGES = LabeledImages(
    names=tuple(f"{row}" for row in range(120)), targets=CLOUD.targets, labels=("Coast", "Forest", "Street")
)
COMBINATION = TrialSpec(
    encoded=EncodedImages(encoder=ENCODER, embeddings=CLOUD.embeddings),
    head="nearest-class-mean",
    labels_per_class=None,
)


def rounds(
    name: str = "margin", *, batches: Sequence[int] = (5, 5, 5), labels_per_class: int = 1, seed: int = 0
) -> list[ReplayedRound]:
    split = labeling_split(
        CLOUD.targets, labels_per_class=labels_per_class, test_share=0.3, rng=np.random.default_rng(seed)
    )
    ticks = count()
    return list(
        replay(
            COMBINATION,
            IMAGES,
            split,
            strategy(name),
            batches=batches,
            seed=seed,
            seconds=lambda: float(next(ticks)),
        )
    )


def test_each_round_has_the_labels_bought_so_far() -> None:
    assert [each.labels for each in rounds(batches=(5, 10))] == [3, 8, 18]
    assert [len(each.picked) for each in rounds(batches=(5, 10))] == [0, 5, 10]


def test_candidates_are_the_whole_pool() -> None:
    assert [each.candidates for each in rounds(batches=(5, 10))] == [0, 81, 76]


def test_no_image_is_picked_twice_and_none_of_the_test_part() -> None:
    split = labeling_split(CLOUD.targets, labels_per_class=1, test_share=0.3, rng=np.random.default_rng(0))

    picked = np.concatenate([each.picked for each in rounds(batches=[30] * 5)])

    assert sorted(picked) == split.pool.tolist()


def test_ends_with_the_pool() -> None:
    assert [each.labels for each in rounds(batches=[50] * 9)] == [3, 53, 84]


def test_all_strategies_begin_with_the_same_round() -> None:
    first, other = rounds("margin")[0], rounds("random")[0]

    assert first.test == other.test


def test_labels_make_it_better() -> None:
    replayed = rounds("random", batches=[10] * 6)

    assert replayed[-1].test.top1 > replayed[0].test.top1


def test_the_same_seed_replays_the_same() -> None:
    first, again, other = (rounds("random", seed=seed) for seed in (1, 1, 2))

    assert [each.picked.tolist() for each in first] == [each.picked.tolist() for each in again]
    assert [each.picked.tolist() for each in first] != [each.picked.tolist() for each in other]


def test_before_anything_can_be_trained_the_commonest_class_is_the_answer() -> None:
    start = rounds(labels_per_class=0)[0]

    assert (start.labels, start.classes, start.train) == (0, 0, None)
    assert start.test.top1 == pytest.approx(1 / 3)
    assert start.test.log_loss == pytest.approx(np.log(3))


def test_quality_covers_all_images_and_the_mean_over_classes() -> None:
    targets = np.eye(2, dtype=bool)[[0, 0, 0, 1]]
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]])

    quality = round_quality(probabilities, targets)

    assert (quality.top1, quality.top5) == (0.75, 1.0)
    assert quality.mean_recall == pytest.approx((2 / 3 + 1) / 2)
    assert quality.log_loss == pytest.approx(-np.log([0.9, 0.8, 0.4, 0.7]).mean())


def targets(*images_per_class: int) -> Targets:
    return np.eye(len(images_per_class), dtype=bool)[np.repeat(np.arange(len(images_per_class)), images_per_class)]


def a_split(seed: int = 0, *, labels_per_class: int = 2, test_share: float = 0.3) -> LabelingSplit:
    return labeling_split(
        targets(20, 10),
        labels_per_class=labels_per_class,
        test_share=test_share,
        rng=np.random.default_rng(seed),
    )


def test_each_image_is_in_one_part() -> None:
    split = a_split()

    assert sorted([*split.initial, *split.pool, *split.test]) == list(range(30))


def test_the_test_part_has_its_share_of_each_class() -> None:
    assert targets(20, 10)[a_split().test].sum(axis=0).tolist() == [6, 3]


def test_the_start_has_as_many_labels_of_each_class() -> None:
    assert targets(20, 10)[a_split().initial].sum(axis=0).tolist() == [2, 2]


def test_initial_labels_may_be_empty() -> None:
    assert a_split(labels_per_class=0).initial.tolist() == []


def test_a_class_of_one_image_is_never_tested() -> None:
    split = labeling_split(targets(10, 1), labels_per_class=1, test_share=0.5, rng=np.random.default_rng(0))

    assert 10 in split.initial


def test_given_test_images_are_taken() -> None:
    split = labeling_split(targets(4, 4), labels_per_class=1, test=np.array([0, 7]), rng=np.random.default_rng(0))

    assert split.test.tolist() == [0, 7]


def test_another_seed_deals_otherwise() -> None:
    assert a_split(1).test.tolist() == a_split(1).test.tolist()
    assert a_split(1).test.tolist() != a_split(2).test.tolist()


@pytest.mark.parametrize(
    ("images_per_class", "labels_per_class", "said"),
    [
        ((1, 1), 1, "0 are for testing"),
        ((0, 0), 1, "of 0 images"),
        ((3, 3), 5, "all images are labeled from the start"),
    ],
)
def test_too_few_images_are_refused(images_per_class: tuple[int, ...], labels_per_class: int, said: str) -> None:
    with pytest.raises(NothingToReplay, match=said):
        labeling_split(
            targets(*images_per_class),
            labels_per_class=labels_per_class,
            test_share=0.3,
            rng=np.random.default_rng(0),
        )
