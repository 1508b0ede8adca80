"""Hierarchical: classes of one parent learn together, and a parent is exactly as probable as its classes."""

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ml.errors import InvalidHeadOptions
from ml.heads.base import NO_SIDE_INFORMATION, Head, HeadRecipe, SideInformation, TrainedHead
from ml.heads.linear.class_clusters import cluster_classes
from ml.heads.linear.linear_head import LinearHead, restore_linear
from ml.heads.linear.regularisation import train_regularised
from ml.heads.linear.shared_weights import fit_shared_weights_path
from ml.heads.required_side_information import required_parents
from ml.labels.hierarchy import parent_members
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Embeddings, Targets, Tensors


class Hierarchical(HeadRecipe):
    """P(class) = P(parent) x P(class | parent), trained on the loss of the parent plus that of the class in it.

    Both come from one softmax over all classes, whose weights are the class's own plus its parent's: a parent is the
    sum of its classes, no image is ever sent down one branch, and what is saved is a weight and a bias per class. A
    softmax per parent instead would lose up to 3 points of accuracy, and a parent's own weights alone tell parents
    less well apart than the sum of their classes does.

    Attributes: parents: those of the project's hierarchy, or found by clustering the means of the classes; number: of
        clusters, 0 is the square root of the number of classes; child_weight: of the loss of the class in its parent.
    """

    kind: ClassVar = "hierarchical"
    parents: Literal["given", "clusters"] = "given"
    number: int = Field(default=0, ge=0)
    child_weight: float = Field(default=1.5, gt=0, le=100)

    @property
    def uses_parents(self) -> bool:
        """Parents that are found do not come from the project's hierarchy."""
        return self.parents == "given"

    @model_validator(mode="after")
    def _number_is_of_clusters(self) -> Self:
        if self.number and self.parents == "given":
            raise ValueError("number is of clusters: give parents=clusters too, or leave number out")
        return self

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        if self.parents == "given":
            given = parent_members(required_parents(self.kind, side_information, targets))
        elif self.number > targets.shape[1]:
            raise InvalidHeadOptions(f"{self.name}: there are only {targets.shape[1]} classes to cluster")

        def train_settings(embeddings: Embeddings, targets: Targets, settings: Sequence[float]) -> list[LinearHead]:
            members = given if self.parents == "given" else cluster_classes(embeddings, targets, number=self.number)
            return fit_shared_weights_path(embeddings, targets, members, settings, child_weight=self.child_weight)

        return train_regularised(train_settings, embeddings, targets, mode=SINGLE_LABEL, seed=seed)

    def restore(self, tensors: Tensors) -> Head:
        return restore_linear(tensors)
