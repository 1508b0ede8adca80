"""Sigmoid regression: any number of classes an image, each decided for itself."""

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

# (classes, coordinates) and (classes,): the weights and intercepts of all classes under one setting.
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


def fit_sigmoid_path(embeddings: Embeddings, targets: Targets, settings: Sequence[float]) -> list[LinearHead]:
    """One head per setting, each fit starting from the one before."""
    frame = rotated_features(embeddings)
    per_setting = [_constant_classes(frame, targets) for _ in settings]
    for index, on in enumerate(targets.T):
        if on.any() and not on.all():
            _fit_class(frame, on, index, settings, per_setting)
    return [frame.head(*fitted) for fitted in per_setting]


def _constant_classes(frame: RotatedFeatures, targets: Targets) -> SigmoidFit:
    """A class never on gets logit -inf; one always on its share of the images, smoothed by half an image each way."""
    images, classes = targets.shape
    always = logit((images + 0.5) / (images + 1))
    intercepts = np.where(targets.any(axis=0), always, -np.inf).astype(np.float32)
    return np.zeros((classes, frame.coordinates.shape[1]), dtype=np.float32), intercepts


def _fit_class(
    frame: RotatedFeatures,
    on: NDArray[np.bool_],
    index: int,
    settings: Sequence[float],
    per_setting: Sequence[SigmoidFit],
) -> None:
    regression = logistic_regression()
    for setting, (weights, intercepts) in zip(settings, per_setting, strict=True):
        regression.set_params(C=setting).fit(frame.coordinates, on)
        weights[index], intercepts[index] = regression.coef_[0], regression.intercept_[0]
