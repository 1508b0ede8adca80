"""Choice of a head: changed if another is clearly better, else kept."""

import numpy as np
import pytest

from ml.comparison.head_choice import IMAGES_IN_ALL, HeadChoice, HeadGround, cheap_heads, choose_head
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.labels.hierarchy import Parents
from tests.ml.clouds import DIMENSION, ENCODER, Cloud, cloud, side_information_of

LINEAR, NEAREST = "softmax-regression", "knn"


def images_of(labeled: Cloud, *, parents: Parents | None = None, multi_label: bool = False) -> LabeledImages:
    return LabeledImages(
        names=(),
        targets=labeled.targets,
        labels=tuple("abcdefgh"[: labeled.targets.shape[1]]),
        parents=parents,
        multi_label=multi_label,
    )


def choice(labeled: Cloud, *heads: str, incumbent: str | None = None, seed: int = 0) -> HeadChoice:
    encoded = EncodedImages(encoder=ENCODER, embeddings=labeled.embeddings)
    return choose_head(images_of(labeled), encoded, heads, incumbent=incumbent, seed=seed)


def opposite_pairs(images: int, *, noise: float = 0.2) -> Cloud:
    """Draw two classes, each at both ends of its own axis, which no linear head can separate."""
    rng = np.random.default_rng(0)
    classes, signs = np.arange(images) % 2, np.arange(images) // 2 % 2 * 2 - 1
    points = signs[:, None] * np.eye(2, DIMENSION)[classes] + noise * rng.normal(size=(images, DIMENSION))
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    return Cloud(embeddings=unit.astype(np.float32), targets=np.eye(2, dtype=np.bool_)[classes])


@pytest.fixture(scope="module")
def nearest_chosen() -> HeadChoice:
    """Choose between a linear incumbent and a head that is truly better."""
    return choice(opposite_pairs(60), LINEAR, NEAREST)


def test_head_that_is_truly_better_takes_the_place_and_says_by_how_much(nearest_chosen: HeadChoice) -> None:
    assert nearest_chosen.head == NEAREST
    assert (nearest_chosen.incumbent, nearest_chosen.tested_images) == (LINEAR, 60)
    assert nearest_chosen.ground is HeadGround.RIVAL_IS_BETTER
    assert nearest_chosen.best is not None
    assert nearest_chosen.best.accuracy.interval.low > 0


def test_head_that_is_truly_better_stays() -> None:
    assert choice(opposite_pairs(60), LINEAR, NEAREST, incumbent=NEAREST).head == NEAREST


@pytest.mark.parametrize(("first", "second"), [("knn(k=3)", "knn(k=4)"), ("knn(k=4)", "knn(k=3)")])
def test_incumbent_stays_if_another_head_is_equally_good(first: str, second: str) -> None:
    chosen = [
        choice(cloud(12, 12, noise=0.8, seed=seed), first, second, incumbent=first, seed=seed).head
        for seed in range(25)
    ]

    assert chosen == [first] * 25


def test_choice_to_stay_tells_the_next_best_and_what_speaks_for_it() -> None:
    chosen = choice(cloud(12, 12, noise=0.8), "knn(k=3)", "knn(k=4)")

    assert (chosen.head, chosen.ground) == ("knn(k=3)", HeadGround.NO_RIVAL_IS_BETTER)
    assert (chosen.tested_images, chosen.rivals) == (24, 1)
    assert chosen.best is not None
    assert chosen.best.name == "knn(k=4)"


def test_same_arguments_give_the_same_choice(nearest_chosen: HeadChoice) -> None:
    assert choice(opposite_pairs(60), LINEAR, NEAREST) == nearest_chosen


def test_with_few_images_the_incumbent_stays() -> None:
    chosen = choice(opposite_pairs(18), LINEAR, NEAREST)

    assert (chosen.head, chosen.ground, chosen.tested_images) == (LINEAR, HeadGround.TOO_FEW_IMAGES, 18)


def test_incumbent_that_is_no_candidate_is_compared_with_them() -> None:
    chosen = choice(opposite_pairs(60), LINEAR, incumbent="knn(k=3)")

    assert chosen.head == "knn(k=3)"


def test_incumbent_for_another_kind_of_images_counts_as_none() -> None:
    assert choice(cloud(12, 12), LINEAR, incumbent="sigmoid-regression").head == LINEAR


def test_head_that_cannot_be_trained_is_passed_over() -> None:
    chosen = choice(cloud(12, 12), LINEAR, "zero-shot")

    assert (chosen.head, chosen.ground) == (LINEAR, HeadGround.NO_RIVALS)


def test_no_more_images_are_tested_than_the_bound_allows() -> None:
    many = cloud(IMAGES_IN_ALL // 2, IMAGES_IN_ALL // 2)

    assert choice(many, "nearest-class-mean", NEAREST).tested_images == IMAGES_IN_ALL // 2


def test_heads_that_need_side_information_are_candidates_if_it_is_there() -> None:
    labeled = cloud(3, 3)
    plain = EncodedImages(encoder=ENCODER, embeddings=labeled.embeddings)
    with_texts = EncodedImages(encoder=ENCODER, embeddings=labeled.embeddings, texts=side_information_of(2).texts)

    without = cheap_heads(images_of(labeled), plain)
    with_both = cheap_heads(images_of(labeled, parents=("x", "y")), with_texts)

    assert without[0] == LINEAR
    assert set(with_both) - set(without) == {"hierarchical", "zero-shot-blend"}


def test_multi_label_has_one_candidate() -> None:
    labeled = cloud(3, 3)
    encoded = EncodedImages(encoder=ENCODER, embeddings=labeled.embeddings)

    assert cheap_heads(images_of(labeled, multi_label=True), encoded) == ("sigmoid-regression",)


def test_a_significant_gain_that_is_tiny_is_no_reason_to_change() -> None:
    # Both are always right, and nearly sure.
    chosen = choice(cloud(20, 20, noise=0.02), LINEAR, "nearest-class-mean")

    assert chosen.head == LINEAR
