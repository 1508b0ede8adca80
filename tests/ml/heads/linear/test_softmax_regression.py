"""Tests softmax regression against scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from ml.calibration.temperature import probabilities_of
from ml.heads.linear.softmax_regression import fit_softmax_path
from ml.heads.registry import head_recipe
from ml.labels.label_mode import SINGLE_LABEL
from tests.ml.clouds import cloud


@pytest.mark.parametrize("images", [(2, 2, 2), (30, 30, 30), (4, 2), (30, 30)], ids=str)
def test_probabilities_agree_with_plain_scikit_learn(images: tuple[int, ...]) -> None:
    train = cloud(*images, noise=0.5)
    plain = LogisticRegression(C=10, tol=1e-8).fit(train.embeddings.astype(np.float64), train.targets.argmax(axis=1))

    (head,) = fit_softmax_path(train.embeddings, train.targets, [10])

    ours = probabilities_of(head.logits(train.embeddings), temperature=1, mode=SINGLE_LABEL)
    assert ours == pytest.approx(plain.predict_proba(train.embeddings), abs=0.005)


def test_balanced_probabilities_agree_with_plain_scikit_learn() -> None:
    train = cloud(40, 5, 2, noise=0.5)
    plain = LogisticRegression(C=10, tol=1e-8, class_weight="balanced")
    plain.fit(train.embeddings.astype(np.float64), train.targets.argmax(axis=1))

    (head,) = fit_softmax_path(train.embeddings, train.targets, [10], balanced=True)

    ours = probabilities_of(head.logits(train.embeddings), temperature=1, mode=SINGLE_LABEL)
    assert ours == pytest.approx(plain.predict_proba(train.embeddings), abs=0.005)


def test_balanced_head_finds_more_of_a_rare_class() -> None:
    train, unseen = cloud(200, 6, noise=0.6), cloud(100, 100, noise=0.6, seed=1)

    plain, balanced = (
        head_recipe(name).train(train.embeddings, train.targets, seed=0).head.logits(unseen.embeddings).argmax(axis=1)
        for name in ("softmax-regression", "softmax-regression(balanced=true)")
    )

    assert balanced[100:].sum() > plain[100:].sum()


def test_weaker_regularisation_is_surer() -> None:
    train = cloud(20, 20, noise=0.5)

    strong, weak = fit_softmax_path(train.embeddings, train.targets, [1, 100])

    assert np.abs(weak.logits(train.embeddings)).mean() > np.abs(strong.logits(train.embeddings)).mean()
