"""Finds the classes that a head confuses, and trains each class only against those."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ml.heads.linear.linear_head import LinearHead, rotated_features
from ml.heads.linear.regularisation import logistic_regression
from ml.types import Embeddings, Logits, Targets

# (classes, classes) bool: True if the class of the column is confusable with the class of the row.
ConfusableClasses = NDArray[np.bool_]

CONFUSABLE_PER_CLASS = 2


def confusable_classes(logits: Logits, targets: Targets) -> ConfusableClasses:
    """Find the two most confusable classes of each class, by the mean probability on each other's images.

    Args: logits: of images that the head had not seen; -inf for a class without a label, which is never confusable.
    """
    probabilities = softmax(logits, axis=1)
    images_per_class = np.maximum(targets.sum(axis=0), 1)
    on_its_images = (targets.T.astype(np.float64) @ probabilities) / images_per_class[:, None]
    shared = on_its_images + on_its_images.T
    np.fill_diagonal(shared, -np.inf)
    shared[:, np.isneginf(logits).all(axis=0)] = -np.inf
    order = np.argsort(-shared, axis=1, kind="stable")[:, :CONFUSABLE_PER_CLASS]
    confusable = np.zeros(shared.shape, dtype=np.bool_)
    np.put_along_axis(confusable, order, True, axis=1)
    confusable &= ~np.isneginf(shared)
    return confusable


def train_against_confusable(
    embeddings: Embeddings, targets: Targets, confusable: ConfusableClasses, c: float
) -> LinearHead:
    """Train one binary logistic regression per labeled class, on its images and those of its confusable classes.

    Args: c: scikit-learn's C.
    """
    rotated = rotated_features(embeddings)
    weights = np.zeros((len(confusable), rotated.coordinates.shape[1]), dtype=np.float32)
    intercepts = np.full(len(confusable), -np.inf, dtype=np.float32)
    for index in np.flatnonzero(targets.any(axis=0)):
        rows = targets[:, index] | targets[:, confusable[index]].any(axis=1)
        regression = logistic_regression().set_params(C=c).fit(rotated.coordinates[rows], targets[rows, index])
        weights[index], intercepts[index] = regression.coef_[0], regression.intercept_[0]
    return rotated.head(weights, intercepts)
