"""Sigmoid regression: one binary logistic regression per class, for any number of labels per image (multi-label)."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from ml.heads.base import NO_SIDE_INFORMATION, Head, HeadRecipe, SideInformation, TrainedHead
from ml.heads.linear.linear_head import LinearHead, RotatedFeatures, restore_linear, rotated_features
from ml.heads.linear.regularisation import logistic_regression, train_regularised
from ml.labels.label_mode import MULTI_LABEL
from ml.types import Embeddings, Targets, Tensors

# (classes, coordinates) and (classes,): the weights and intercepts of all classes for one C.
SigmoidFit = tuple[NDArray[np.float32], NDArray[np.float32]]


class SigmoidRegression(HeadRecipe):
    """One binary logistic regression per class on L2-normalised embeddings, all with the same regularisation."""

    kind: ClassVar = "sigmoid-regression"
    multi_label: ClassVar = True

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        return train_regularised(fit_sigmoid_path, embeddings, targets, mode=MULTI_LABEL, seed=seed)

    def restore(self, tensors: Tensors) -> Head:
        return restore_linear(tensors)


def fit_sigmoid_path(embeddings: Embeddings, targets: Targets, cs: Sequence[float]) -> list[LinearHead]:
    """Fit one head per C, each fit starting from the previous one."""
    rotated = rotated_features(embeddings)
    per_c = [_constant_classes(rotated, targets) for _ in cs]
    for index, on in enumerate(targets.T):
        if on.any() and not on.all():
            _fit_class(rotated, on, index, cs, per_c)
    return [rotated.head(*fitted) for fitted in per_c]


def _constant_classes(rotated: RotatedFeatures, targets: Targets) -> SigmoidFit:
    """Return the fit of classes that need no regression.

    A class on no image gets logit -inf. A class on every image gets the logit of its frequency, smoothed by half an
    image each way.
    """
    images, classes = targets.shape
    always = logit((images + 0.5) / (images + 1))
    intercepts = np.where(targets.any(axis=0), always, -np.inf).astype(np.float32)
    return np.zeros((classes, rotated.coordinates.shape[1]), dtype=np.float32), intercepts


def _fit_class(
    rotated: RotatedFeatures,
    on: NDArray[np.bool_],
    index: int,
    cs: Sequence[float],
    per_c: Sequence[SigmoidFit],
) -> None:
    regression = logistic_regression()
    for c, (weights, intercepts) in zip(cs, per_c, strict=True):
        regression.set_params(C=c).fit(rotated.coordinates, on)
        weights[index], intercepts[index] = regression.coef_[0], regression.intercept_[0]
