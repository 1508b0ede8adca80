"""Centroids: a few typical points stand for all images of a class, however many labels there are."""

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
    """Clusters of each class's images, and a classifier that learns from their centres alone.

    Retraining recomputes only the centroids of classes whose images changed, where the previous head is known. The
    out-of-fold logits come from centroids of a part of the images, which are found anew each time: that takes longer
    than the head itself up to a few thousand images, and no longer with more.

    Attributes: method: see `Clustering`; count: of centroids a class, at most; classify: by softmax regression on the
        centroids, or by the votes of the nearest ones; k: of those, all there are where there are fewer.
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

        def train_settings(embeddings: Embeddings, targets: Targets, settings: Sequence[float]) -> list["CentroidHead"]:
            return self._train_along(clustering.centroids(embeddings, targets, known=known), settings)

        settings, default = (CS, DEFAULT_C) if self.classify == "softmax" else (WIDTHS, DEFAULT_WIDTH)
        chosen = select_hyperparameter(train_settings, settings, embeddings, targets, mode=SINGLE_LABEL, seed=seed)
        if chosen is None:
            return TrainedHead(head=train_settings(embeddings, targets, (default,))[-1], out_of_fold=None)
        head = train_settings(embeddings, targets, settings[: chosen.index + 1])[-1]
        return TrainedHead(head=head, out_of_fold=chosen.out_of_fold)

    def restore(self, tensors: Tensors) -> Head:
        centroids = ClassCentroids.restore(tensors)
        if self.classify == "softmax":
            return CentroidHead(centroids=centroids, classifier=restore_linear(tensors))
        return CentroidHead(centroids=centroids, classifier=_voting(centroids, VotingRule.restore(tensors)))

    def _train_along(self, centroids: ClassCentroids, settings: Sequence[float]) -> list["CentroidHead"]:
        """One head per setting: of softmax regression, or a width of votes."""
        if self.classify == "softmax":
            linear = fit_softmax_path(centroids.centroids, centroids.targets, settings)
            return [CentroidHead(centroids=centroids, classifier=each) for each in linear]
        rules = [VotingRule(k=self.k, width=width) for width in settings]
        return [CentroidHead(centroids=centroids, classifier=_voting(centroids, rule)) for rule in rules]


@dataclass(frozen=True, kw_only=True, eq=False)
class CentroidHead:
    """centroids: kept for the next training; classifier: learned from them."""

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
