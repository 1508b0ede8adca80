"""What every head offers: trained on embeddings, gives logits, saved as plain tensors."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.encoder import Embeddings

# (images, classes) bool in label-set order; exactly one True per row unless the project is multi-label.
Targets = NDArray[np.bool_]
# (images, classes) float64 in label-set order; -inf for a class that had no label in training.
Logits = NDArray[np.float64]
# (images, classes) float64 in 0..1; rows sum to 1 unless the project is multi-label.
Probabilities = NDArray[np.float64]


class Head(Protocol):
    """What is trained on embeddings."""

    def logits(self, embeddings: Embeddings) -> Logits: ...

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """All that `HeadRecipe.restore` needs to build this head again, bit for bit."""
        ...


@dataclass(frozen=True, kw_only=True)
class OutOfFold:
    """Logits of training images by heads that had not seen them; every row's own classes were seen."""

    logits: Logits
    targets: Targets


@dataclass(frozen=True, kw_only=True)
class TrainedHead:
    """A head and, unless there were too few labels, the out-of-fold logits by which its settings were chosen."""

    head: Head
    out_of_fold: OutOfFold | None


class HeadRecipe(Protocol):
    """How one kind of head is trained and restored."""

    @property
    def name(self) -> str: ...

    @property
    def multi_label(self) -> bool: ...

    def train(self, embeddings: Embeddings, targets: Targets, *, seed: int) -> TrainedHead:
        """The same arguments give the same head. Raises: NotEnoughLabels: fewer than two classes have a label."""
        ...

    def restore(self, tensors: dict[str, NDArray[np.float32]]) -> Head: ...


class NotEnoughLabels(Exception):
    """Training needs more labels than there are."""

    def __init__(self, *, needed: int, found: int) -> None:
        super().__init__(
            f"training needs labels in at least {needed} classes, found {found}: label an image of another class first"
        )
        self.needed = needed
        self.found = found


class UnknownHead(Exception):
    """No head goes by this name; the message lists the nearest names."""
