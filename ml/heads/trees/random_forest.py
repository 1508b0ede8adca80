"""Random forest: many decision trees, each grown on a random part of the images and numbers, vote."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ml.errors import InvalidHeadOptions
from ml.heads.base import MOST_COUNTED, NO_SIDE_INFORMATION, Head, HeadCost, HeadRecipe, SideInformation, TrainedHead
from ml.heads.cross_validation import MIN_JUDGED_IMAGES, train_judged
from ml.heads.seen_classes import SeenClasses, require_two_classes, seen_classes
from ml.heads.trees.forest import Forest, forest_of
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Embeddings, Logits, OutOfFold, Targets, Tensors

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestClassifier

# Laplace's rule of succession: each class gets one vote more than it has, so that none is impossible.
MORE_VOTES = 1.0
# Of a forest while it grows, when each node counts every class: of many classes it would take all memory there is.
MOST_BYTES = 4 * 2**30
# With fewer images, other forests by cross-validation cost little, and a third of the trees is so much less sure than
# all of them that its temperature is too high: 5 labels a class had log-losses of .53, 1.43 and .91 on scenes, digits
# and clothes by it, .50, 1.35 and .86 by cross-validation. With 20 labels a class they were equal.
FEW_IMAGES = 200


class RandomForest(HeadRecipe):
    """scikit-learn's random forest, kept as plain arrays.

    Its logits are logarithms of smoothed vote shares. From FEW_IMAGES on, they are judged by the trees that had not
    seen an image, about one in three (Breiman 2001, "Random forests": out of bag): no other forest is needed.

    Attributes: trees: more are better, and take longer in proportion; max_features: how many of an embedding's numbers
        each split may choose from, log2 is twice as fast and a little worse; min_leaf: images in a leaf, at least;
        balanced: each class counts as much as any other, however many images it has.
    """

    kind: ClassVar = "random-forest"
    trees: int = Field(default=300, ge=1, le=10_000)
    max_features: Literal["sqrt", "log2"] = "sqrt"
    min_leaf: int = Field(default=1, ge=1, le=MOST_COUNTED)
    balanced: bool = False

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        def grow(embeddings: Embeddings, targets: Targets) -> ForestHead:
            return _head_of(self._grown(embeddings, targets, seed), targets)

        require_two_classes(targets)
        if len(embeddings) < FEW_IMAGES:
            return train_judged(grow, embeddings, targets, mode=SINGLE_LABEL, seed=seed)
        grown = self._grown(embeddings, targets, seed)
        head = _head_of(grown, targets)
        unseen = np.ones((len(embeddings), self.trees), dtype=np.bool_)
        for tree, seen in enumerate(grown.estimators_samples_):
            unseen[seen, tree] = False
        return TrainedHead(head=head, out_of_fold=_out_of_bag(head, embeddings, targets, unseen))

    def restore(self, tensors: Tensors) -> Head:
        return ForestHead(present=SeenClasses(present=tensors["present"]), forest=Forest.restore(tensors))

    def _grown(self, embeddings: Embeddings, targets: Targets, seed: int) -> "RandomForestClassifier":
        classes = targets.argmax(axis=1)
        self._require_memory(self._seedling(seed, trees=1).fit(embeddings, classes))
        return self._seedling(seed, trees=self.trees).fit(embeddings, classes)

    def _require_memory(self, one_tree: "RandomForestClassifier") -> None:
        bytes_a_tree = one_tree.estimators_[0].tree_.value.nbytes
        if self.trees * bytes_a_tree > MOST_BYTES:
            raise InvalidHeadOptions(
                f"{self.name}: {self.trees:,} trees of {one_tree.n_classes_:,} classes would take about "
                f"{self.trees * bytes_a_tree / 2**30:.0f} GiB while they grow: ask for {MOST_BYTES // bytes_a_tree:,} "
                "trees at most, a larger min_leaf, or another head"
            )

    def _seedling(self, seed: int, *, trees: int) -> "RandomForestClassifier":
        # Imported here because scikit-learn takes most of a second, and only training needs it.
        from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415

        return RandomForestClassifier(
            trees,
            max_features=self.max_features,
            min_samples_leaf=self.min_leaf,
            class_weight="balanced" if self.balanced else None,
            random_state=seed,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ForestHead:
    """forest: of the classes that have a label."""

    present: SeenClasses
    forest: Forest

    def logits(self, embeddings: Embeddings) -> Logits:
        return self.logits_of(self.forest.vote_shares(embeddings))

    def logits_of(self, vote_shares: NDArray[np.float64]) -> Logits:
        """Args: vote_shares: (images, present classes). Returns: (images, classes), -inf for those without a label."""
        trees, classes = len(self.forest.roots), self.forest.shares.shape[1]
        smoothed = (vote_shares * trees + MORE_VOTES) / (trees + MORE_VOTES * classes)
        return self.present.logits(np.log(smoothed))

    def tensors(self) -> Tensors:
        return {"present": self.present.present, **self.forest.tensors()}

    def cost(self) -> HeadCost:
        """A comparison counts as a multiply-add, and each tree as its longest way down."""
        comparisons = len(self.forest.roots) * self.forest.depth
        return HeadCost(
            parameters=sum(tensor.size for tensor in self.forest.tensors().values()),
            multiply_adds=comparisons + len(self.forest.roots) * self.forest.shares.shape[1],
        )


def _head_of(grown: "RandomForestClassifier", targets: Targets) -> ForestHead:
    return ForestHead(present=seen_classes(targets), forest=forest_of([tree.tree_ for tree in grown.estimators_]))


def _out_of_bag(
    head: ForestHead, embeddings: Embeddings, targets: Targets, unseen: NDArray[np.bool_]
) -> OutOfFold | None:
    """Logits by the trees that had not seen an image, for images that are not the only one of their class.

    Args: unseen: (images, trees).
    """
    judged = unseen.any(axis=1) & (targets.sum(axis=0) > 1)[targets.argmax(axis=1)]
    if judged.sum() < MIN_JUDGED_IMAGES:
        return None
    shares = head.forest.vote_shares(embeddings[judged], unseen[judged])
    return OutOfFold(logits=head.logits_of(shares), targets=targets[judged])
