"""Softmax regression (multinomial logistic regression): trains in well under a second on hundreds of labels."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.heads.base import NO_SIDE_INFORMATION, Head, HeadRecipe, SideInformation, TrainedHead
from ml.heads.linear.linear_head import LinearHead, RotatedFeatures, restore_linear, rotated_features
from ml.heads.linear.regularisation import logistic_regression, train_regularised
from ml.heads.seen_classes import MIN_CLASSES
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Embeddings, Targets, Tensors
from ml.warnings_filter import without_warnings

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression


class SoftmaxRegression(HeadRecipe):
    """Multinomial logistic regression on L2-normalised embeddings.

    Attributes:
        balanced: True to weight classes equally, even those with few images (scikit-learn's class_weight="balanced").
    """

    kind: ClassVar = "softmax-regression"
    balanced: bool = False

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        train = partial(fit_softmax_path, balanced=self.balanced)
        return train_regularised(train, embeddings, targets, mode=SINGLE_LABEL, seed=seed)

    def restore(self, tensors: Tensors) -> Head:
        return restore_linear(tensors)


def fit_softmax_path(
    embeddings: Embeddings, targets: Targets, cs: Sequence[float], *, balanced: bool = False
) -> list[LinearHead]:
    """Fit one head per C, each fit starting from the previous one."""
    rotated = rotated_features(embeddings)
    classes = targets.argmax(axis=1)
    regression = logistic_regression().set_params(class_weight="balanced" if balanced else None)
    heads = []
    with _without_few_labels_warning(targets):
        for c in cs:
            regression.set_params(C=c).fit(rotated.coordinates, classes)
            heads.append(_head_of(rotated, regression, classes=targets.shape[1]))
    return heads


def _without_few_labels_warning(targets: Targets) -> AbstractContextManager[None]:
    """Silence scikit-learn's warning on one or two labels per class that the target may be a regression target."""
    images, classes = targets.shape
    return without_warnings() if images <= 2 * classes else nullcontext()


def _head_of(rotated: RotatedFeatures, regression: "LogisticRegression", *, classes: int) -> LinearHead:
    weights = np.zeros((classes, rotated.coordinates.shape[1]), dtype=np.float32)
    intercepts = np.full(classes, -np.inf, dtype=np.float32)
    weights[regression.classes_], intercepts[regression.classes_] = _per_class(regression)
    return rotated.head(weights, intercepts)


def _per_class(regression: "LogisticRegression") -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if len(regression.classes_) > MIN_CLASSES:
        return regression.coef_, regression.intercept_
    # For two classes scikit-learn keeps only the difference of the logits: each class gets half of it.
    halves = np.array([[-0.5], [0.5]], dtype=np.float32)
    return halves @ regression.coef_, (halves * regression.intercept_).ravel()
