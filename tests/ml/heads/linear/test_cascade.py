"""Tests the cascade: the second stage is used for images of small margin only."""

import numpy as np
import pytest

from ml.calibration.temperature import fit_temperature, mean_log_loss, probabilities_of
from ml.heads.base import HeadCost, TrainedHead
from ml.heads.linear.cascade import Cascade, CascadeHead, is_clearly_better
from ml.heads.linear.linear_head import LinearHead
from ml.heads.linear.softmax_regression import SoftmaxRegression
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Embeddings, OutOfFold, Probabilities
from tests.ml.clouds import DIMENSION, Cloud, cloud

# One image; the heads of these tests only have a bias per class.
IMAGE: Embeddings = np.zeros((1, 3), dtype=np.float32)
WAVERING = np.array([[0.41, 0.39, 0.20]])


def of_biases(biases: list[float]) -> LinearHead:
    return LinearHead(weights=np.zeros((len(biases), 3), dtype=np.float32), biases=np.array(biases, dtype=np.float32))


def decided(*, threshold: float, second: list[float], first: Probabilities = WAVERING) -> Probabilities:
    """Compute the probabilities of the image."""
    with np.errstate(divide="ignore"):
        head = CascadeHead(first=of_biases(np.log(first[0]).tolist()), second=of_biases(second), threshold=threshold)
    return probabilities_of(head.logits(IMAGE), temperature=1, mode=SINGLE_LABEL)


def two_alike_beside_two_unclear(per_class: int) -> Cloud:
    """Two classes close together, which need large weights, and two that overlap, which need small ones."""
    random, classes = np.random.default_rng(0), np.repeat(np.arange(4), per_class)
    alike = classes < 2
    points = np.eye(3, DIMENSION)[np.maximum(classes - 1, 0)]
    points[alike, 4] = np.where(classes[alike] == 0, 0.04, -0.04) + 0.02 * random.normal(size=alike.sum())
    points[~alike] += 0.6 * random.normal(size=(len(points) - alike.sum(), DIMENSION))
    normalised = points / np.linalg.norm(points, axis=1, keepdims=True)
    return Cloud(embeddings=normalised.astype(np.float32), targets=np.eye(4, dtype=np.bool_)[classes])


def calibrated_loss(trained: TrainedHead) -> float:
    """Compute the out-of-fold log-loss after temperature scaling."""
    unseen = trained.out_of_fold
    assert unseen is not None
    temperature = fit_temperature(unseen.logits, unseen.targets, mode=SINGLE_LABEL)
    return mean_log_loss(unseen.logits, unseen.targets, temperature=temperature, mode=SINGLE_LABEL)


def test_second_stage_divides_the_probability_of_the_two_best_classes_of_an_unsure_image() -> None:
    probabilities = decided(threshold=0.1, second=[0, np.log(3), 5])

    # The second stage gives the first class 1/2 and the second 3/4: a ratio of 2 to 3.
    np.testing.assert_allclose(probabilities, [[0.8 * 2 / 5, 0.8 * 3 / 5, 0.2]], atol=1e-6)


def test_image_that_the_first_head_is_sure_of_stays_as_it_is() -> None:
    np.testing.assert_allclose(decided(threshold=0.01, second=[0, 9, 9]), WAVERING, atol=1e-6)


def test_class_without_a_label_stays_impossible() -> None:
    probabilities = decided(first=np.array([[0.52, 0.48, 0.0]]), threshold=0.1, second=[0, 0, -np.inf])

    np.testing.assert_allclose(probabilities, [[0.5, 0.5, 0]], atol=1e-6)


@pytest.mark.parametrize("noise", [0.1, 0.5], ids=["clear", "unclear"])
def test_second_heads_that_do_not_help_clearly_leave_softmax_regression(noise: float) -> None:
    train = cloud(20, 20, 20, noise=noise)

    cascade = Cascade().train(train.embeddings, train.targets, seed=0)
    plain = SoftmaxRegression().train(train.embeddings, train.targets, seed=0)

    assert isinstance(cascade.head, CascadeHead)
    assert cascade.head.second is None
    assert cascade.head.cost() == HeadCost(parameters=3 * 8 + 3 + 1, multiply_adds=3 * 8)
    assert cascade.out_of_fold is not None
    assert plain.out_of_fold is not None
    assert np.array_equal(cascade.out_of_fold.logits, plain.out_of_fold.logits)


def test_head_of_few_labels_answers_as_softmax_regression_does() -> None:
    train, unseen = cloud(4, 4, 4, noise=0.5), cloud(10, 10, 10, noise=0.5, seed=1)

    cascade, plain = (
        recipe.train(train.embeddings, train.targets, seed=0).head for recipe in (Cascade(), SoftmaxRegression())
    )

    answers = [
        probabilities_of(head.logits(unseen.embeddings), temperature=1, mode=SINGLE_LABEL) for head in (cascade, plain)
    ]
    assert answers[0] == pytest.approx(answers[1])


def test_second_heads_that_help_clearly_are_asked() -> None:
    train = two_alike_beside_two_unclear(50)

    cascade = Cascade().train(train.embeddings, train.targets, seed=0)
    plain = SoftmaxRegression().train(train.embeddings, train.targets, seed=0)

    assert isinstance(cascade.head, CascadeHead)
    assert cascade.head.threshold > 0
    assert calibrated_loss(cascade) < calibrated_loss(plain)


def test_second_heads_come_back_from_their_tensors() -> None:
    head = CascadeHead(first=of_biases([1, 2]), second=of_biases([3, 4]), threshold=0.4)

    restored = Cascade().restore(head.tensors())

    assert isinstance(restored, CascadeHead)
    assert restored.second is not None
    assert (restored.first.biases.tolist(), restored.second.biases.tolist()) == ([1, 2], [3, 4])
    assert restored.threshold == 0.4
    assert restored.cost() == HeadCost(parameters=2 * (2 * 3 + 2) + 1, multiply_adds=2 * 2 * 3)


TARGETS = np.eye(2, dtype=np.bool_)[[0, 1] * 20]


def with_margins(margins: list[float]) -> OutOfFold:
    """Build logits in which the true class leads by the margin of each image."""
    return OutOfFold(logits=np.where(TARGETS, np.array(margins)[:, None], 0.0), targets=TARGETS)


def test_better_on_most_images_is_clear() -> None:
    often_wrong, seldom_wrong = with_margins([2, -2] * 20), with_margins([*[2] * 7, -2] * 5)

    assert is_clearly_better(seldom_wrong, often_wrong)
    assert not is_clearly_better(often_wrong, seldom_wrong)


def test_better_on_some_and_worse_on_nearly_as_many_is_noise() -> None:
    one, other = with_margins([-2, *[2, -2] * 19, 2]), with_margins([2, *[2, -2] * 19, 2])

    assert not is_clearly_better(other, one)


def test_what_differs_by_a_temperature_only_is_no_better() -> None:
    cool, hot = with_margins([1, 1, 1, -1] * 10), with_margins([4, 4, 4, -4] * 10)

    assert not is_clearly_better(cool, hot)
    assert not is_clearly_better(hot, cool)


def test_no_difference_is_no_gain() -> None:
    same = with_margins([1, -1] * 20)

    assert not is_clearly_better(same, same)
