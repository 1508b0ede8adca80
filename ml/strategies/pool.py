"""What a strategy chooses from: the images without a label, and what is known from those with one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.labels.label_mode import LabelMode, label_mode
from ml.types import ClassTexts, Embeddings, Probabilities, Targets


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """The images without a label, in order of image id: the order decides ties, and how a seed falls.

    Attributes:
        embeddings: (images, dimension); (images, 0) for a strategy that does not use them.
        probabilities: (images, classes) by the version that answers; all classes alike while there is none.
        labeled_embeddings: (labeled, dimension); (0, 0) for a strategy that does not use them.
        labeled_targets: (labeled, classes).
        classify: gives probabilities (images, classes) for any embeddings; None before the first version.
        texts: of the classes; None where the encoder has no text side, or the strategy uses none.
        multi_label: whether an image may have several labels.
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
        """One label an image, or any number."""
        return label_mode(multi_label=self.multi_label)

    @property
    def size(self) -> int:
        """How many images there are to choose from."""
        return len(self.probabilities)

    @property
    def labels_of_class(self) -> NDArray[np.intp]:
        """(classes,) how many labeled images each class has."""
        return np.asarray(self.labeled_targets.sum(axis=0), dtype=np.intp)


def undecided(*, images: int, classes: int) -> Probabilities:
    """What is known of images before the first version: every class is as likely as any other."""
    return np.full((images, classes), 1 / max(classes, 1))
