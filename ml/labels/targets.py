"""Converts labels to targets, the boolean arrays that heads are trained and evaluated on."""

from collections.abc import Collection, Sequence

import numpy as np

from ml.errors import UnusableTargets
from ml.types import Targets


def targets_of(labels_per_image: Sequence[Collection[str]], labels: Sequence[str]) -> Targets:
    """Convert the labels of each image to a row of targets, with one column per label of the label set.

    Raises: UnusableTargets: a label is not in the label set.
    """
    column = {label: index for index, label in enumerate(labels)}
    targets = np.zeros((len(labels_per_image), len(labels)), dtype=np.bool_)
    for row, given in enumerate(labels_per_image):
        for label in given:
            if label not in column:
                raise UnusableTargets(f'label "{label}" is not in the label set {list(labels)}')
            targets[row, column[label]] = True
    return targets


def require_targets(targets: Targets, *, images: int, classes: int, multi_label: bool) -> None:
    """Check the shape of targets and, unless multi-label, that each image has one label. Raises: UnusableTargets."""
    if targets.shape != (images, classes):
        raise UnusableTargets(f"expected targets of shape {(images, classes)}, got {targets.shape}")
    wrong = np.flatnonzero(targets.sum(axis=1) != 1)
    if not multi_label and len(wrong):
        raise UnusableTargets(f"expected one label per image, row {wrong[0]} has {int(targets[wrong[0]].sum())}")
