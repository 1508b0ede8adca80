"""What every head offers: trained on embeddings, gives logits, saved as plain tensors."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ml.encoder import Embeddings
from ml.named_options import InvalidOptions

# (images, classes) bool in label-set order; exactly one True per row unless the project is multi-label.
Targets = NDArray[np.bool_]
# (images, classes) float64 in label-set order; -inf for a class that had no label in training.
Logits = NDArray[np.float64]
# (images, classes) float64 in 0..1; rows sum to 1 unless the project is multi-label.
Probabilities = NDArray[np.float64]
# Arrays of numbers by name, of any shape; float32 where nothing else is needed.
Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class HeadCost:
    """What serving a head takes: the numbers that it keeps, and the multiplications with an addition an image."""

    parameters: int
    multiply_adds: int


class Head(Protocol):
    """What is trained on embeddings."""

    def logits(self, embeddings: Embeddings) -> Logits: ...

    def tensors(self) -> Tensors:
        """All that `HeadRecipe.restore` needs to build this head again, bit for bit."""
        ...

    def cost(self) -> HeadCost: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassTexts:
    """Texts of the classes in the space of the encoder's images.

    embeddings: (classes, dimension), L2-normalised, in label-set order.
    logit_scale: what the encoder multiplies cosines of images and texts by.
    """

    embeddings: Embeddings
    logit_scale: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Background:
    """What is known beside the labeled images; a head takes what it can use.

    parents: each class's parent, in label-set order; None where there is no hierarchy.
    texts: None where the encoder has no text side.
    previous: a head of the same recipe and encoder trained before, of any label set; it saves work and never changes
        the result.
    """

    parents: tuple[str, ...] | None = None
    texts: ClassTexts | None = None
    previous: Head | None = None


NO_BACKGROUND = Background()


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
    """How one kind of head is trained and restored, with its options."""

    @property
    def name(self) -> str:
        """The kind and every option that is not the default's, as `head_recipe` reads it."""
        ...

    @property
    def multi_label(self) -> bool: ...

    @property
    def serves_unlabeled_classes(self) -> bool:
        """Whether classes without a label get finite logits too, even when no image has one."""
        ...

    @property
    def uses_parents(self) -> bool:
        """Whether another hierarchy makes another head."""
        ...

    @property
    def uses_texts(self) -> bool:
        """Whether it wants texts of the classes, for which the encoder must have a text side."""
        ...

    @property
    def uses_previous(self) -> bool:
        """Whether a head trained before saves it work, whatever the label set was then."""
        ...

    def train(
        self, embeddings: Embeddings, targets: Targets, *, seed: int, background: Background = NO_BACKGROUND
    ) -> TrainedHead:
        """The same arguments give the same head.

        Raises: NotEnoughLabels: fewer than two classes have a label; InvalidHeadOptions: an option does not fit the
            images or the classes; MissingBackground.
        """
        ...

    def restore(self, tensors: Tensors) -> Head: ...


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


class InvalidHeadOptions(InvalidOptions):
    """An option of a head is unknown, out of its bounds, or does not fit the images or the classes."""


class MissingBackground(Exception):
    """A head needs a hierarchy or texts, which there are not; the message says what to do."""
