"""k nearest neighbours: the labeled images most like a new one say what it is."""

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

# With weighted votes further neighbours hardly count, so that one number does; with equal votes the best one grows with
# the labels. More to choose from chose no better on scenes, digits and clothes, with 2 labels a class to all.
WEIGHTED_NEIGHBOURS = 20
EQUAL_NEIGHBOURS = (1, 5, 20, 50)
WIDTHS = (0.02, 0.04, 0.07)
# With too few labels to choose by.
DEFAULT_WIDTH = 0.04


class Knn(HeadRecipe):
    """The k labeled images of largest cosine vote for their classes. Training keeps all embeddings.

    k above the number of labels means all of them: votes that are weighted by distance stay sensible, and a project
    grows into its k. Only equal votes of all labels are refused, as every image would get the same answer.

    Attributes: k: left out, it is 20 with votes by distance, and chosen by cross-validation with equal ones; vote: how
        fast votes lose weight by distance is chosen by cross-validation; search: approximate finds 98 of 100 neighbours
        in a small part of the time, for tens of thousands of labels and more. It needs faiss.
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
                f"{self.name}: of {images} labels, {self.k} with equal votes would give every image the same answer: "
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
    """Finds the most similar of the embeddings that it was made of."""

    def nearest(self, embeddings: Embeddings, *, k: int) -> Neighbours: ...

    def tensors(self) -> Tensors: ...

    @property
    def parameters(self) -> int: ...

    def multiply_adds(self, k: int) -> int: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class KnnHead:
    """classes: (rows,), the class of each embedding that is searched; present: (classes,), which classes have one."""

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
    """One head per rule, all over the same embeddings, searched exactly."""
    search = ExactSearch(embeddings=embeddings)
    return [knn_head(search, targets, rule) for rule in rules]


def knn_head(search: Search, targets: Targets, rule: VotingRule) -> KnnHead:
    """Args: targets: of the embeddings that are searched, in their order."""
    return KnnHead(
        search=search,
        classes=targets.argmax(axis=1).astype(np.int32),
        present=np.asarray(targets.any(axis=0)),
        rule=rule,
    )
