"""Tests the zero-shot head: texts classify, and labels calibrate."""

import numpy as np
import pytest

from ml.calibration.temperature import probabilities_of
from ml.classifier.training import train_classifier
from ml.encoders.class_texts import zero_shot_probabilities
from ml.errors import MissingSideInformation
from ml.heads.base import NO_SIDE_INFORMATION, SideInformation
from ml.heads.texts.zero_shot import ZeroShotHeadRecipe
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import ClassTexts
from tests.ml.clouds import DIMENSION, ENCODER, cloud, side_information_of


def texts_around_axes(classes: int, *, logit_scale: float = 20.0) -> SideInformation:
    texts = np.eye(classes, DIMENSION, dtype=np.float32)
    return SideInformation(texts=ClassTexts(embeddings=texts, logit_scale=logit_scale))


def test_probabilities_are_those_of_the_texts() -> None:
    images, side_information = cloud(3, 3, 3, noise=0.5), side_information_of(3)
    assert side_information.texts is not None

    head = ZeroShotHeadRecipe().train(images.embeddings, images.targets, seed=0, side_information=side_information).head

    expected = zero_shot_probabilities(images.embeddings, side_information.texts.embeddings, logit_scale=20.0)
    ours = probabilities_of(head.logits(images.embeddings), temperature=1, mode=SINGLE_LABEL)
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_labels_fit_the_temperature_and_change_no_answer() -> None:
    images, far_too_sure = cloud(20, 20, 20, noise=0.5), texts_around_axes(3, logit_scale=1_000.0)

    trained = ZeroShotHeadRecipe().train(images.embeddings, images.targets, seed=0, side_information=far_too_sure)
    classifier = train_classifier(
        embeddings=images.embeddings,
        targets=images.targets,
        labels=("a", "b", "c"),
        head_name="zero-shot",
        encoder=ENCODER,
        seed=0,
        side_information=far_too_sure,
    )

    assert trained.out_of_fold is not None
    assert len(trained.out_of_fold.logits) == 60
    assert classifier.temperature > 5
    assert np.array_equal(classifier.head.logits(images.embeddings), trained.head.logits(images.embeddings))


@pytest.mark.parametrize("images", [(6, 6, 6), (30, 0, 0)], ids=["few", "of one class"])
def test_labels_that_say_too_little_fit_nothing(images: tuple[int, ...]) -> None:
    labeled = cloud(*images)

    trained = ZeroShotHeadRecipe().train(
        labeled.embeddings, labeled.targets, seed=0, side_information=side_information_of(3)
    )

    assert trained.out_of_fold is None


def test_without_texts_says_which_encoder_to_choose() -> None:
    images = cloud(2, 2)

    with pytest.raises(MissingSideInformation, match=r"zero-shot needs texts of the classes.*openclip:"):
        ZeroShotHeadRecipe().train(images.embeddings, images.targets, seed=0, side_information=NO_SIDE_INFORMATION)


def test_texts_of_another_label_set_are_refused() -> None:
    images = cloud(2, 2)

    with pytest.raises(MissingSideInformation, match=r"one text for each class.*expected \(2, 8\), got \(3, 8\)"):
        ZeroShotHeadRecipe().train(images.embeddings, images.targets, seed=0, side_information=side_information_of(3))
