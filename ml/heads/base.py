"""Defines the base class of head recipes and the protocol of trained heads."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol

from ml.errors import InvalidHeadOptions, InvalidOptions
from ml.named_options import NamedOptions, split_name
from ml.types import ClassTexts, Embeddings, Logits, OutOfFold, Targets, Tensors

# Upper bound of options that count images or centroids: no project has more, and all code that counts them can.
MOST_COUNTED = 1_000_000


@dataclass(frozen=True, kw_only=True)
class HeadCost:
    """Cost of serving a head: the numbers that it stores, and the multiply-adds per image."""

    parameters: int
    multiply_adds: int


class Head(Protocol):
    """A trained head: maps embeddings to logits. A `HeadRecipe` trains it."""

    def logits(self, embeddings: Embeddings) -> Logits: ...

    def tensors(self) -> Tensors:
        """Return everything that `HeadRecipe.restore` needs to build this head again, bit for bit."""
        ...

    def cost(self) -> HeadCost: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class SideInformation:
    """Knowledge beside the labeled images; each head uses what it can.

    Attributes:
        parents: the parent of each class, in label-set order; None if there is no hierarchy.
        texts: None if the encoder has no text side.
        previous: an earlier head of the same recipe and encoder, of any label set, for a warm start: it saves work and
            never changes the result.
    """

    parents: tuple[str, ...] | None = None
    texts: ClassTexts | None = None
    previous: Head | None = None


NO_SIDE_INFORMATION = SideInformation()


@dataclass(frozen=True, kw_only=True)
class TrainedHead:
    """A head with the out-of-fold logits that its hyperparameters were chosen by; None if there were too few labels."""

    head: Head
    out_of_fold: OutOfFold | None


class HeadRecipe(NamedOptions, ABC):
    """Base class of head recipes: a kind of head and its options, like an unfitted scikit-learn estimator.

    Options are frozen fields, each with a default and bounds. `name` is the kind with every option that differs from
    its default; `head_recipe` reads this form.

    Attributes:
        multi_label: True if it is for projects with several labels per image.
        serves_unlabeled_classes: True if classes without a label get finite logits too, even when no image has one.
        uses_texts: True if it needs texts of the classes, so the encoder must have a text side.
        uses_previous: True if an earlier head saves it work, even if the label set has changed since.
    """

    invalid: ClassVar[type[InvalidOptions]] = InvalidHeadOptions
    multi_label: ClassVar[bool] = False
    serves_unlabeled_classes: ClassVar[bool] = False
    uses_texts: ClassVar[bool] = False
    uses_previous: ClassVar[bool] = False

    @property
    def uses_parents(self) -> bool:
        """True if the trained weights depend on the class hierarchy; this may depend on the options."""
        return False

    @abstractmethod
    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        """Train a head; the same arguments give the same head.

        Raises:
            NotEnoughLabels: fewer than two classes have a label.
            InvalidHeadOptions: an option does not fit the images or the classes.
            MissingSideInformation: the head needs texts or a hierarchy, and there is none.
        """

    @abstractmethod
    def restore(self, tensors: Tensors) -> Head:
        """Rebuild a trained head from its tensors."""


def split_head_name(name: str) -> tuple[str, dict[str, str]]:
    """Split a name into the kind of head and its options as texts.

    Raises: InvalidHeadOptions: the name is not of the form kind(option=value).
    """
    return split_name(name, noun="head", example="knn(k=10, vote=distance)", invalid=InvalidHeadOptions)
