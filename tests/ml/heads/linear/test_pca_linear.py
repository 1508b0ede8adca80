"""Tests softmax regression on principal components."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from ml.errors import InvalidHeadOptions
from ml.heads.linear.pca_linear import PcaLinear
from ml.heads.linear.softmax_regression import SoftmaxRegression
from ml.types import Logits, Targets
from tests.ml.clouds import DIMENSION, Cloud, cloud


def digits(images: int) -> Cloud:
    """Scanned digits as embeddings of 64 dimensions, L2-normalised."""
    found = load_digits()
    rows = found.data[:images] / np.linalg.norm(found.data[:images], axis=1, keepdims=True)
    targets: Targets = np.eye(10, dtype=np.bool_)[found.target[:images]]
    return Cloud(embeddings=rows.astype(np.float32), targets=targets)


def accuracy(logits: Logits, targets: Targets) -> float:
    return float((logits.argmax(axis=1) == targets.argmax(axis=1)).mean())


def test_all_components_give_what_softmax_regression_gives() -> None:
    train = cloud(20, 20, 20, noise=0.4)

    with_all = PcaLinear(components=DIMENSION).train(train.embeddings, train.targets, seed=0).head
    flat = SoftmaxRegression().train(train.embeddings, train.targets, seed=0).head

    np.testing.assert_allclose(with_all.logits(train.embeddings), flat.logits(train.embeddings), atol=0.05)


def test_logits_change_only_along_the_components_kept() -> None:
    train = digits(400)

    head = PcaLinear(components=5).train(train.embeddings, train.targets, seed=0).head

    left_out = PCA(40, svd_solver="full").fit(train.embeddings).components_[5:]
    np.testing.assert_allclose(head.logits(train.embeddings + left_out[:1]), head.logits(train.embeddings), atol=1e-3)


def test_most_of_the_variance_is_nearly_as_good_as_all_of_it() -> None:
    everything = digits(1_000)
    train = Cloud(embeddings=everything.embeddings[:600], targets=everything.targets[:600])
    unseen = Cloud(embeddings=everything.embeddings[600:], targets=everything.targets[600:])

    reduced = PcaLinear().train(train.embeddings, train.targets, seed=0).head.logits(unseen.embeddings)
    few = PcaLinear(components=2).train(train.embeddings, train.targets, seed=0).head.logits(unseen.embeddings)

    assert accuracy(reduced, unseen.targets) > 0.85
    assert accuracy(few, unseen.targets) < 0.7


def test_more_components_than_images_are_as_many_as_there_are_images() -> None:
    train = cloud(2, 1)

    head = PcaLinear(components=6).train(train.embeddings, train.targets, seed=0).head

    assert (head.logits(train.embeddings).argmax(axis=1) == train.targets.argmax(axis=1)).all()


def test_more_components_than_the_embeddings_have_are_refused() -> None:
    train = cloud(5, 5)

    with pytest.raises(InvalidHeadOptions, match=f"components: the embeddings have {DIMENSION}, got 9"):
        PcaLinear(components=9).train(train.embeddings, train.targets, seed=0)
