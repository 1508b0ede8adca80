"""Centroids: summarises the images of each class by a few cluster centres, and classifies by those."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from ml.heads.base import MOST_COUNTED, NO_SIDE_INFORMATION, Head, HeadCost, HeadRecipe, SideInformation, TrainedHead
from ml.heads.cross_validation import select_hyperparameter
from ml.heads.linear.linear_head import LinearHead, restore_linear
from ml.heads.linear.regularisation import CS, DEFAULT_C
from ml.heads.linear.softmax_regression import fit_softmax_path
from ml.heads.neighbours.class_centroids import ClassCentroids, Clustering, Method
from ml.heads.neighbours.exact_search import ExactSearch
from ml.heads.neighbours.knn import DEFAULT_WIDTH, WEIGHTED_NEIGHBOURS, WIDTHS, KnnHead, knn_head
from ml.heads.neighbours.neighbour_votes import VotingRule
from ml.heads.seen_classes import require_two_classes
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Embeddings, Logits, Targets, Tensors


class Centroids(HeadRecipe):
    """Clusters the images of each class, and trains a classifier on the cluster centres only.

    If the previous head is known, retraining recomputes only the centroids of classes whose images changed. The
    out-of-fold logits need centroids of a part of the images, computed again each time. Up to a few thousand images
    this takes longer than the head itself; with more it takes no longer.

    Attributes:
        count: maximum number of centroids per class.
        method: see `Clustering`.
        classify: by softmax regression on the centroids, or by the votes of the nearest centroids.
        k: number of centroids that vote; all if there are fewer.
    """

    kind: ClassVar = "centroids"
    uses_previous: ClassVar = True
    count: int = Field(default=30, ge=1, le=MOST_COUNTED)
    method: Method = "kmeans"
    classify: Literal["softmax", "knn"] = "softmax"
    k: int = Field(default=WEIGHTED_NEIGHBOURS, ge=1, le=MOST_COUNTED)

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        require_two_classes(targets)
        clustering = Clustering(method=self.method, count=self.count, seed=seed)
        known = side_information.previous.centroids if isinstance(side_information.previous, CentroidHead) else None

        def fit_path(embeddings: Embeddings, targets: Targets, values: Sequence[float]) -> list["CentroidHead"]:
            return self._fit_path(clustering.centroids(embeddings, targets, known=known), values)

        values, default = (CS, DEFAULT_C) if self.classify == "softmax" else (WIDTHS, DEFAULT_WIDTH)
        chosen = select_hyperparameter(fit_path, values, embeddings, targets, mode=SINGLE_LABEL, seed=seed)
        if chosen is None:
            return TrainedHead(head=fit_path(embeddings, targets, (default,))[-1], out_of_fold=None)
        head = fit_path(embeddings, targets, values[: chosen.index + 1])[-1]
        return TrainedHead(head=head, out_of_fold=chosen.out_of_fold)

    def restore(self, tensors: Tensors) -> Head:
        centroids = ClassCentroids.restore(tensors)
        if self.classify == "softmax":
            return CentroidHead(centroids=centroids, classifier=restore_linear(tensors))
        return CentroidHead(centroids=centroids, classifier=_voting(centroids, VotingRule.restore(tensors)))

    def _fit_path(self, centroids: ClassCentroids, values: Sequence[float]) -> list["CentroidHead"]:
        """Fit one head per value: C of softmax regression, or width of the votes."""
        if self.classify == "softmax":
            linear = fit_softmax_path(centroids.centroids, centroids.targets, values)
            return [CentroidHead(centroids=centroids, classifier=each) for each in linear]
        rules = [VotingRule(k=self.k, width=width) for width in values]
        return [CentroidHead(centroids=centroids, classifier=_voting(centroids, rule)) for rule in rules]


@dataclass(frozen=True, kw_only=True, eq=False)
class CentroidHead:
    """A classifier trained on centroids, with the centroids, which the next training can reuse."""

    centroids: ClassCentroids
    classifier: LinearHead | KnnHead

    def logits(self, embeddings: Embeddings) -> Logits:
        return self.classifier.logits(embeddings)

    def tensors(self) -> Tensors:
        learned = (
            self.classifier.tensors() if isinstance(self.classifier, LinearHead) else self.classifier.rule.tensors()
        )
        return {**self.centroids.tensors(), **learned}

    def cost(self) -> HeadCost:
        return self.classifier.cost()


def _voting(centroids: ClassCentroids, rule: VotingRule) -> KnnHead:
    return knn_head(ExactSearch(embeddings=centroids.centroids), centroids.targets, rule)
