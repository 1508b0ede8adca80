"""What every head offers: trained on embeddings, gives logits, saved as plain tensors."""

from dataclasses import dataclass
from typing import Protocol

from ml.types import ClassTexts, Embeddings, Logits, OutOfFold, Targets, Tensors


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
class SideInformation:
    """What is known beside the labeled images; a head takes what it can use.

    parents: each class's parent, in label-set order; None where there is no hierarchy.
    texts: None where the encoder has no text side.
    previous: a head of the same recipe and encoder trained before, of any label set; it saves work and never changes
        the result.
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
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        """The same arguments give the same head.

        Raises: NotEnoughLabels: fewer than two classes have a label; InvalidHeadOptions: an option does not fit the
            images or the classes; MissingSideInformation.
        """
        ...

    def restore(self, tensors: Tensors) -> Head: ...
