"""Lets a head learn the classes that have a label alone, and answer for all of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.errors import NotEnoughLabels
from ml.types import Logits, Targets

MIN_CLASSES = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class SeenClasses:
    """present: (classes,) bool, which classes have a label; at least two."""

    present: NDArray[np.bool_]

    def targets(self, targets: Targets) -> Targets:
        """Returns: (images, present classes)."""
        narrowed: Targets = targets[:, self.present]
        return narrowed

    def logits(self, of_present: Logits) -> Logits:
        """Args: of_present: (images, present classes). Returns: (images, classes), -inf for the others."""
        logits = np.full((len(of_present), len(self.present)), -np.inf)
        logits[:, self.present] = of_present
        return logits


def seen_classes(targets: Targets) -> SeenClasses:
    """Raises: NotEnoughLabels: fewer than two classes have a label."""
    require_two_classes(targets)
    return SeenClasses(present=np.asarray(targets.any(axis=0)))


def require_two_classes(targets: Targets) -> None:
    """Raises: NotEnoughLabels: fewer than two classes have a label."""
    found = int(targets.any(axis=0).sum())
    if found < MIN_CLASSES:
        raise NotEnoughLabels(needed=MIN_CLASSES, found=found)
