"""Turns labels into targets, the form in which heads learn and evaluation judges."""

from collections.abc import Collection, Sequence

import numpy as np

from ml.errors import UnusableTargets
from ml.types import Targets


def targets_of(labels_per_image: Sequence[Collection[str]], labels: Sequence[str]) -> Targets:
    """One row an image, one column a label of the label set, in order. Raises: UnusableTargets: an unknown label."""
    column = {label: index for index, label in enumerate(labels)}
    targets = np.zeros((len(labels_per_image), len(labels)), dtype=np.bool_)
    for row, given in enumerate(labels_per_image):
        for label in given:
            if label not in column:
                raise UnusableTargets(f'label "{label}" is not in the label set {list(labels)}')
            targets[row, column[label]] = True
    return targets


def require_targets(targets: Targets, *, images: int, classes: int, multi_label: bool) -> None:
    """Raises: UnusableTargets: of another shape, or not one label an image where one is needed."""
    if targets.shape != (images, classes):
        raise UnusableTargets(f"expected targets of shape {(images, classes)}, got {targets.shape}")
    wrong = np.flatnonzero(targets.sum(axis=1) != 1)
    if not multi_label and len(wrong):
        raise UnusableTargets(f"expected one label an image, row {wrong[0]} has {int(targets[wrong[0]].sum())}")
