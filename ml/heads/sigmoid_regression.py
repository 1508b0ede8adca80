"""Sigmoid regression: any number of classes an image, each decided for itself."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from ml.cross_validation import choose_setting
from ml.encoder import Embeddings
from ml.head import Head, Targets, TrainedHead
from ml.heads.linear import Frame, LinearHead, frame_of, require_two_classes, restore_linear

# As in softmax regression.
SETTINGS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
DEFAULT_SETTING = 300.0
MAX_ITERATIONS = 3_000

# (classes, coordinates) and (classes,): the weights and intercepts of all classes under one setting.
Fitted = tuple[NDArray[np.float32], NDArray[np.float32]]


class SigmoidRegression:
    """One binary logistic regression per class on L2-normalised embeddings, all with the same regularisation."""

    name = "sigmoid-regression"
    multi_label = True

    def train(self, embeddings: Embeddings, targets: Targets, *, seed: int) -> TrainedHead:
        """Choose the regularisation by cross-validation, then train on everything."""
        require_two_classes(targets)
        chosen = choose_setting(train_along, SETTINGS, embeddings, targets, multi_label=True, seed=seed)
        if chosen is None:
            return TrainedHead(head=train_along(embeddings, targets, (DEFAULT_SETTING,))[-1], out_of_fold=None)
        head = train_along(embeddings, targets, SETTINGS[: chosen.index + 1])[-1]
        return TrainedHead(head=head, out_of_fold=chosen.out_of_fold)

    def restore(self, tensors: dict[str, NDArray[np.float32]]) -> Head:
        return restore_linear(tensors)


def train_along(embeddings: Embeddings, targets: Targets, settings: Sequence[float]) -> list[LinearHead]:
    """One head per setting, each fit starting from the one before."""
    frame = frame_of(embeddings)
    per_setting = [_constant_classes(frame, targets) for _ in settings]
    for index, on in enumerate(targets.T):
        if on.any() and not on.all():
            _fit_class(frame, on, index, settings, per_setting)
    return [frame.head(*fitted) for fitted in per_setting]


def _constant_classes(frame: Frame, targets: Targets) -> Fitted:
    """A class never on gets logit -inf; one always on its share of the images, smoothed by half an image each way."""
    images, classes = targets.shape
    always = logit((images + 0.5) / (images + 1))
    intercepts = np.where(targets.any(axis=0), always, -np.inf).astype(np.float32)
    return np.zeros((classes, frame.coordinates.shape[1]), dtype=np.float32), intercepts


def _fit_class(
    frame: Frame, on: NDArray[np.bool_], index: int, settings: Sequence[float], per_setting: Sequence[Fitted]
) -> None:
    regression = LogisticRegression(max_iter=MAX_ITERATIONS, warm_start=True)
    for setting, (weights, intercepts) in zip(settings, per_setting, strict=True):
        regression.set_params(C=setting).fit(frame.coordinates, on)
        weights[index], intercepts[index] = regression.coef_[0], regression.intercept_[0]
