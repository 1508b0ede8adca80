"""Says what every head is: a recipe trains it on embeddings; trained, it gives logits and is saved as tensors."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol

from ml.errors import InvalidHeadOptions, InvalidOptions
from ml.named_options import NamedOptions, split_name
from ml.types import ClassTexts, Embeddings, Logits, OutOfFold, Targets, Tensors

# Upper bound of options that count images or centroids: no project has more, and all that counts them can.
MOST_COUNTED = 1_000_000


@dataclass(frozen=True, kw_only=True)
class HeadCost:
    """What serving a head takes: the numbers that it keeps, and the multiplications with an addition an image."""

    parameters: int
    multiply_adds: int


class Head(Protocol):
    """A trained head: embeddings in, logits out. A `HeadRecipe` trains it."""

    def logits(self, embeddings: Embeddings) -> Logits: ...

    def tensors(self) -> Tensors:
        """All that `HeadRecipe.restore` needs to build this head again, bit for bit."""
        ...

    def cost(self) -> HeadCost: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class SideInformation:
    """What is known beside the labeled images; a head takes what it can use.

    parents: each class's parent, in label-set order; None where there is no hierarchy.
    texts: None where the encoder has no text side.
    previous: a head of the same recipe and encoder trained before, of any label set, for a warm start: it saves work
        and never changes the result.
    """

    parents: tuple[str, ...] | None = None
    texts: ClassTexts | None = None
    previous: Head | None = None


NO_SIDE_INFORMATION = SideInformation()


@dataclass(frozen=True, kw_only=True)
class TrainedHead:
    """A head and, unless there were too few labels, the out-of-fold logits by which its settings were chosen."""

    head: Head
    out_of_fold: OutOfFold | None


class HeadRecipe(NamedOptions, ABC):
    """Base class of all heads before training: a kind of head and its options, as scikit-learn's unfitted estimators.

    Its options are frozen fields, each with a default and bounds. `name` is the kind and every option that is not the
    default's, as `head_recipe` reads it.

    Attributes:
        multi_label: whether it is for projects with several labels an image.
        serves_unlabeled_classes: whether classes without a label get finite logits too, even when no image has one.
        uses_texts: whether it wants texts of the classes, for which the encoder must have a text side.
        uses_previous: whether a head trained before saves it work, whatever the label set was then.
    """

    invalid: ClassVar[type[InvalidOptions]] = InvalidHeadOptions
    multi_label: ClassVar[bool] = False
    serves_unlabeled_classes: ClassVar[bool] = False
    uses_texts: ClassVar[bool] = False
    uses_previous: ClassVar[bool] = False

    @property
    def uses_parents(self) -> bool:
        """Whether the trained weights depend on the class hierarchy; it may depend on the options."""
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

        Raises: NotEnoughLabels: fewer than two classes have a label; InvalidHeadOptions: an option does not fit the
            images or the classes; MissingSideInformation.
        """

    @abstractmethod
    def restore(self, tensors: Tensors) -> Head:
        """Build a trained head again from its tensors."""


def split_head_name(name: str) -> tuple[str, dict[str, str]]:
    """The kind of head, and its options as texts. Raises: InvalidHeadOptions: not of the form kind(option=value)."""
    return split_name(name, noun="head", example="knn(k=10, vote=distance)", invalid=InvalidHeadOptions)
