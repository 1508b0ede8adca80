"""Tests the zero-shot blend: labels get weight as far as cross-validation finds them better than texts."""

import tracemalloc

import numpy as np
import pytest

from ml.calibration.temperature import probabilities_of
from ml.errors import MissingSideInformation
from ml.heads.base import NO_SIDE_INFORMATION, Head, SideInformation
from ml.heads.linear.softmax_regression import SoftmaxRegression
from ml.heads.texts.zero_shot import ZeroShotHeadRecipe
from ml.heads.texts.zero_shot_blend import BlendedHead, ZeroShotBlend
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import ClassTexts, Probabilities
from tests.ml.clouds import Cloud, cloud, side_information_of


def blend(train: Cloud, side_information: SideInformation) -> BlendedHead:
    head = ZeroShotBlend().train(train.embeddings, train.targets, seed=0, side_information=side_information).head
    assert isinstance(head, BlendedHead)
    return head


def zero_shot(side_information: SideInformation, classes: int) -> Head:
    nothing = cloud(*[0] * classes)
    return (
        ZeroShotHeadRecipe().train(nothing.embeddings, nothing.targets, seed=0, side_information=side_information).head
    )


def probabilities(head: Head, images: Cloud) -> Probabilities:
    return probabilities_of(head.logits(images.embeddings), temperature=1, mode=SINGLE_LABEL)


@pytest.mark.parametrize("labels", [(0, 0, 0), (30, 0, 0)], ids=["none", "of one class"])
def test_without_labels_to_train_on_answers_as_texts_do(labels: tuple[int, ...]) -> None:
    images, side_information = cloud(5, 5, 5, noise=0.5), side_information_of(3)

    head = blend(cloud(*labels), side_information)

    np.testing.assert_allclose(probabilities(head, images), probabilities(zero_shot(side_information, 3), images))


def test_a_few_labels_count_as_much_as_texts() -> None:
    assert blend(cloud(3, 3, 3), side_information_of(3)).weight == 0.5


def test_labels_overrule_texts_that_mislead() -> None:
    train, unseen, misleading = cloud(20, 20, 20), cloud(20, 20, 20, seed=1), side_information_of(3, backwards=True)

    head = blend(train, misleading)

    assert head.weight >= 0.9
    assert (head.logits(unseen.embeddings).argmax(axis=1) == unseen.targets.argmax(axis=1)).all()


def test_texts_overrule_labels_that_are_too_few_for_the_noise() -> None:
    train, unseen, side_information = (
        cloud(8, 8, 8, noise=0.6),
        cloud(200, 200, 200, noise=0.6, seed=1),
        side_information_of(3),
    )
    truth = unseen.targets

    by_blend = blend(train, side_information)
    by_labels = SoftmaxRegression().train(train.embeddings, train.targets, seed=0).head

    assert by_blend.weight <= 0.5
    assert probabilities(by_blend, unseen)[truth].mean() > probabilities(by_labels, unseen)[truth].mean()


@pytest.mark.parametrize("labels", [(4, 4, 0, 0), (20, 20, 0, 0)], ids=["few", "many"])
def test_class_without_a_label_is_as_probable_as_its_text_says(labels: tuple[int, ...]) -> None:
    images, side_information = cloud(5, 5, 5, 5, noise=0.5), side_information_of(4)

    head = blend(cloud(*labels, noise=0.5), side_information)

    by_texts = probabilities(zero_shot(side_information, 4), images)
    np.testing.assert_allclose(probabilities(head, images)[:, 2:], by_texts[:, 2:])
    assert not np.allclose(probabilities(head, images)[:, :2], by_texts[:, :2])


def test_of_many_classes_only_a_few_blends_are_kept_at_a_time() -> None:
    classes = 100
    rows = np.random.default_rng(0).normal(size=(classes, 16))
    texts = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    targets = np.tile(np.eye(classes, dtype=np.bool_), (3, 1))
    side_information = SideInformation(texts=ClassTexts(embeddings=texts, logit_scale=20.0))
    # The first training also imports libraries, which must not count.
    blend(cloud(10, 10, 10), side_information_of(3))

    tracemalloc.start()
    ZeroShotBlend().train(np.tile(texts, (3, 1)), targets, seed=0, side_information=side_information)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 25 * targets.size * np.dtype(np.float64).itemsize


def test_without_texts_says_which_encoder_to_choose() -> None:
    images = cloud(2, 2)

    with pytest.raises(MissingSideInformation, match=r"zero-shot-blend needs texts.*openclip:"):
        ZeroShotBlend().train(images.embeddings, images.targets, seed=0, side_information=NO_SIDE_INFORMATION)
