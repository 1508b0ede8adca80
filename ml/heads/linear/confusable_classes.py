"""Finds the classes that a head takes for each other, and trains each against those alone."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ml.heads.linear.linear_head import LinearHead, rotated_features
from ml.heads.linear.regularisation import logistic_regression
from ml.types import Embeddings, Logits, Targets

# (classes, classes) bool: True where the class of the column is a rival of that of the row.
ConfusableClasses = NDArray[np.bool_]

RIVALS_PER_CLASS = 2


def confusable_classes(logits: Logits, targets: Targets) -> ConfusableClasses:
    """The two classes that share most probability with each class, on its own images and on theirs.

    Args: logits: of images that the head had not seen; -inf for a class without a label, which is nobody's rival.
    """
    probabilities = softmax(logits, axis=1)
    images_per_class = np.maximum(targets.sum(axis=0), 1)
    on_its_images = (targets.T.astype(np.float64) @ probabilities) / images_per_class[:, None]
    shared = on_its_images + on_its_images.T
    np.fill_diagonal(shared, -np.inf)
    shared[:, np.isneginf(logits).all(axis=0)] = -np.inf
    order = np.argsort(-shared, axis=1, kind="stable")[:, :RIVALS_PER_CLASS]
    rivals = np.zeros(shared.shape, dtype=np.bool_)
    np.put_along_axis(rivals, order, True, axis=1)
    rivals &= ~np.isneginf(shared)
    return rivals


def train_against_confusable(
    embeddings: Embeddings, targets: Targets, rivals: ConfusableClasses, setting: float
) -> LinearHead:
    """One binary regression per class that has a label, on its own images and those of its rivals.

    Args: setting: scikit-learn's C.
    """
    frame = rotated_features(embeddings)
    weights = np.zeros((len(rivals), frame.coordinates.shape[1]), dtype=np.float32)
    intercepts = np.full(len(rivals), -np.inf, dtype=np.float32)
    for index in np.flatnonzero(targets.any(axis=0)):
        rows = targets[:, index] | targets[:, rivals[index]].any(axis=1)
        regression = logistic_regression().set_params(C=setting).fit(frame.coordinates[rows], targets[rows, index])
        weights[index], intercepts[index] = regression.coef_[0], regression.intercept_[0]
    return frame.head(weights, intercepts)
