"""Lets a head train only on the classes that have a label, and return logits for all classes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.errors import NotEnoughLabels
from ml.types import Logits, Targets

MIN_CLASSES = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class SeenClasses:
    """The classes that have a label, among all classes of the label set.

    Attributes: present: (classes,), True for each class that has a label; at least two.
    """

    present: NDArray[np.bool_]

    def targets(self, targets: Targets) -> Targets:
        """Keep only the columns of present classes. Returns: (images, present classes)."""
        narrowed: Targets = targets[:, self.present]
        return narrowed

    def logits(self, of_present: Logits) -> Logits:
        """Extend logits of the present classes to all classes.

        Args: of_present: (images, present classes).
        Returns: (images, classes), -inf for a class without a label.
        """
        logits = np.full((len(of_present), len(self.present)), -np.inf)
        logits[:, self.present] = of_present
        return logits


def seen_classes(targets: Targets) -> SeenClasses:
    """Find the classes that have a label. Raises: NotEnoughLabels: there are fewer than two."""
    require_two_classes(targets)
    return SeenClasses(present=np.asarray(targets.any(axis=0)))


def require_two_classes(targets: Targets) -> None:
    """Check that at least two classes have a label. Raises: NotEnoughLabels."""
    found = int(targets.any(axis=0).sum())
    if found < MIN_CLASSES:
        raise NotEnoughLabels(needed=MIN_CLASSES, found=found)
