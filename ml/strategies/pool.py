"""Defines the pool: the unlabeled images that a strategy picks from, with what the labels and the classifier know."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.labels.label_mode import LabelMode, label_mode
from ml.types import ClassTexts, Embeddings, Probabilities, Targets


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """The unlabeled images, in order of image id: ties and random draws depend on the order.

    Attributes:
        embeddings: (images, dimension); (images, 0) if the strategy does not use them.
        probabilities: (images, classes) by the current version; uniform if there is none.
        labeled_embeddings: (labeled, dimension); (0, 0) if the strategy does not use them.
        labeled_targets: (labeled, classes).
        classify: returns probabilities (images, classes) for any embeddings; None before the first version.
        texts: of the classes; None if the encoder has no text side, or the strategy does not use them.
        multi_label: true if an image may have several labels.
    """

    embeddings: Embeddings
    probabilities: Probabilities
    labeled_embeddings: Embeddings
    labeled_targets: Targets
    classify: Callable[[Embeddings], Probabilities] | None = None
    texts: ClassTexts | None = None
    multi_label: bool = False

    @property
    def mode(self) -> LabelMode:
        """Label mode: one label per image, or any number."""
        return label_mode(multi_label=self.multi_label)

    @property
    def size(self) -> int:
        """Number of unlabeled images."""
        return len(self.probabilities)

    @property
    def labels_of_class(self) -> NDArray[np.intp]:
        """Number of labeled images of each class, (classes,)."""
        return np.asarray(self.labeled_targets.sum(axis=0), dtype=np.intp)


def undecided(*, images: int, classes: int) -> Probabilities:
    """Return uniform probabilities, used before the first version."""
    return np.full((images, classes), 1 / max(classes, 1))
