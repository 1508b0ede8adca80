"""k nearest neighbours (kNN): the labeled images most similar to an image vote for its class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from ml.errors import InvalidHeadOptions
from ml.geometry.nearest import Neighbours
from ml.heads.base import MOST_COUNTED, NO_SIDE_INFORMATION, Head, HeadCost, HeadRecipe, SideInformation, TrainedHead
from ml.heads.cross_validation import select_hyperparameter
from ml.heads.neighbours.approximate_search import build_search, restore_search
from ml.heads.neighbours.exact_search import ExactSearch
from ml.heads.neighbours.neighbour_votes import EQUAL, VotingRule
from ml.heads.neighbours.similarity_graph import TO_INSTALL, has_faiss
from ml.heads.seen_classes import require_two_classes
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Embeddings, Logits, Targets, Tensors

# With weighted votes distant neighbours hardly count, so one k is enough. With equal votes the best k grows with the
# number of labels. More values of k were no better on scenes, digits and clothes, from 2 labels per class to all.
WEIGHTED_NEIGHBOURS = 20
EQUAL_NEIGHBOURS = (1, 5, 20, 50)
WIDTHS = (0.02, 0.04, 0.07)
# If there are too few labels for cross-validation.
DEFAULT_WIDTH = 0.04


class Knn(HeadRecipe):
    """kNN classifier: the k labeled images of largest cosine vote for their classes. Training keeps all embeddings.

    A k above the number of labels means all labels: votes weighted by distance still make sense, and the project may
    get more labels later. Only equal votes of all labels are refused, because every image would get the same answer.

    Attributes:
        k: number of neighbours; by default 20 if votes are weighted, else chosen by cross-validation.
        vote: equal, or weighted by distance; cross-validation chooses how fast the weight falls with distance.
        search: approximate finds 98 of 100 neighbours in a small part of the time, for tens of thousands of labels and
            more; it needs faiss.
    """

    kind: ClassVar = "knn"
    k: int | None = Field(default=None, ge=1, le=MOST_COUNTED)
    vote: Literal["distance", "equal"] = "distance"
    search: Literal["exact", "approximate"] = "exact"

    @field_validator("search")
    @classmethod
    def _require_faiss(cls, search: str) -> str:
        if search == "approximate" and not has_faiss():
            raise ValueError(TO_INSTALL)
        return search

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        require_two_classes(targets)
        self._require_different_answers(images=len(embeddings))
        rules = self._rules()
        chosen = select_hyperparameter(fit_neighbours_path, rules, embeddings, targets, mode=SINGLE_LABEL, seed=seed)
        search = build_search(embeddings) if self.search == "approximate" else ExactSearch(embeddings=embeddings)
        head = knn_head(search, targets, self._default_rule() if chosen is None else rules[chosen.index])
        return TrainedHead(head=head, out_of_fold=None if chosen is None else chosen.out_of_fold)

    def restore(self, tensors: Tensors) -> Head:
        return KnnHead(
            search=restore_search(tensors)
            if self.search == "approximate"
            else ExactSearch(embeddings=tensors["embeddings"]),
            classes=tensors["classes"],
            present=tensors["present"],
            rule=VotingRule.restore(tensors),
        )

    def _require_different_answers(self, *, images: int) -> None:
        if self.vote == "equal" and self.k is not None and self.k >= images:
            raise InvalidHeadOptions(
                f"{self.name}: equal votes of {self.k} among {images} labels would give every image the same answer: "
                "label more images, choose a smaller k, or vote=distance"
            )

    def _rules(self) -> tuple[VotingRule, ...]:
        if self.vote == "equal":
            return tuple(VotingRule(k=k, width=EQUAL) for k in (EQUAL_NEIGHBOURS if self.k is None else (self.k,)))
        return tuple(VotingRule(k=self.k or WEIGHTED_NEIGHBOURS, width=width) for width in WIDTHS)

    def _default_rule(self) -> VotingRule:
        if self.vote == "equal":
            return VotingRule(k=self.k or EQUAL_NEIGHBOURS[0], width=EQUAL)
        return VotingRule(k=self.k or WEIGHTED_NEIGHBOURS, width=DEFAULT_WIDTH)


class Search(Protocol):
    """A search structure over embeddings; finds the most similar ones."""

    def nearest(self, embeddings: Embeddings, *, k: int) -> Neighbours: ...

    def tensors(self) -> Tensors: ...

    @property
    def parameters(self) -> int: ...

    def multiply_adds(self, k: int) -> int: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class KnnHead:
    """A trained kNN classifier.

    Attributes:
        classes: (rows,), class of each embedding in the search.
        present: (classes,), True for each class that has an embedding in the search.
    """

    search: Search
    classes: NDArray[np.int32]
    present: NDArray[np.bool_]
    rule: VotingRule

    def logits(self, embeddings: Embeddings) -> Logits:
        return self.rule.logits(self.search.nearest(embeddings, k=self.rule.k), self.classes, self.present)

    def tensors(self) -> Tensors:
        return {**self.search.tensors(), **self.rule.tensors(), "classes": self.classes, "present": self.present}

    def cost(self) -> HeadCost:
        return HeadCost(parameters=self.search.parameters, multiply_adds=self.search.multiply_adds(self.rule.k))


def fit_neighbours_path(embeddings: Embeddings, targets: Targets, rules: Sequence[VotingRule]) -> list[KnnHead]:
    """Build one head per rule, all with exact search over the same embeddings."""
    search = ExactSearch(embeddings=embeddings)
    return [knn_head(search, targets, rule) for rule in rules]


def knn_head(search: Search, targets: Targets, rule: VotingRule) -> KnnHead:
    """Build a head.

    Args: targets: of the embeddings in the search, in the same order.
    """
    return KnnHead(
        search=search,
        classes=targets.argmax(axis=1).astype(np.int32),
        present=np.asarray(targets.any(axis=0)),
        rule=rule,
    )
