"""Hierarchical softmax regression: classes of one parent share weights."""

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
    """Softmax regression with P(class) = P(parent) x P(class | parent), trained on the losses of both factors.

    Both factors come from one softmax over all classes. The weights of a class are its own plus those of its parent,
    and the probability of a parent is the sum of its classes. No image is sent down one branch only, and the saved head
    has one weight vector and one bias per class. A softmax per parent would lose up to 3 points of accuracy. The
    parent's own weights alone separate parents less well than the sum of their classes does.

    Attributes:
        parents: those of the project's hierarchy, or clusters of the class means.
        number: of clusters; 0 for the square root of the number of classes.
        child_weight: weight of the loss of the class within its parent.
    """

    kind: ClassVar = "hierarchical"
    parents: Literal["given", "clusters"] = "given"
    number: int = Field(default=0, ge=0)
    child_weight: float = Field(default=1.5, gt=0, le=100)

    @property
    def uses_parents(self) -> bool:
        """True if the parents come from the project's hierarchy; clusters do not."""
        return self.parents == "given"

    @model_validator(mode="after")
    def _number_is_of_clusters(self) -> Self:
        if self.number and self.parents == "given":
            raise ValueError("number counts clusters: give parents=clusters too, or leave number out")
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

        def fit_path(embeddings: Embeddings, targets: Targets, cs: Sequence[float]) -> list[LinearHead]:
            members = given if self.parents == "given" else cluster_classes(embeddings, targets, number=self.number)
            return fit_shared_weights_path(embeddings, targets, members, cs, child_weight=self.child_weight)

        return train_regularised(fit_path, embeddings, targets, mode=SINGLE_LABEL, seed=seed)

    def restore(self, tensors: Tensors) -> Head:
        return restore_linear(tensors)
