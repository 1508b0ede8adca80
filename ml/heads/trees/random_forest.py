"""Random forest on embeddings: the vote of many decision trees, each on a random part of images and dimensions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ml.errors import InvalidHeadOptions
from ml.heads.base import MOST_COUNTED, NO_SIDE_INFORMATION, Head, HeadCost, HeadRecipe, SideInformation, TrainedHead
from ml.heads.cross_validation import MIN_OUT_OF_FOLD_IMAGES, train_cross_validated
from ml.heads.seen_classes import SeenClasses, require_two_classes, seen_classes
from ml.heads.trees.forest import Forest, forest_of
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Embeddings, Logits, OutOfFold, Targets, Tensors

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestClassifier

# Laplace's rule of succession: each class gets one vote more than it has, so that no class is impossible.
MORE_VOTES = 1.0
# Memory of a forest while it grows, when each node counts every class: many classes would take all memory.
MOST_BYTES = 4 * 2**30
# With fewer images cross-validation is used instead of out-of-bag logits. It costs little there, and a third of the
# trees is less confident than all of them, so that the out-of-bag temperature is too high. Log-loss with 5 labels per
# class: .53, 1.43 and .91 on scenes, digits and clothes out of bag, .50, 1.35 and .86 by cross-validation. With 20
# labels per class they were equal.
FEW_IMAGES = 200


class RandomForest(HeadRecipe):
    """Random forest of scikit-learn, stored as plain arrays.

    Logits are logarithms of smoothed vote shares. From FEW_IMAGES on, the out-of-fold logits are out-of-bag: each image
    is scored by the trees that had not seen it, about one in three (Breiman 2001, "Random forests").

    Attributes:
        trees: number of trees; more are better, and take longer in proportion.
        max_features: number of dimensions that each split may choose from; log2 is twice as fast and a little worse.
        min_leaf: minimum number of images in a leaf.
        balanced: True to weight classes equally, however many images they have.
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
            return _head_of(self._fit(embeddings, targets, seed), targets)

        require_two_classes(targets)
        if len(embeddings) < FEW_IMAGES:
            return train_cross_validated(grow, embeddings, targets, mode=SINGLE_LABEL, seed=seed)
        fitted = self._fit(embeddings, targets, seed)
        head = _head_of(fitted, targets)
        unseen = np.ones((len(embeddings), self.trees), dtype=np.bool_)
        for tree, seen in enumerate(fitted.estimators_samples_):
            unseen[seen, tree] = False
        return TrainedHead(head=head, out_of_fold=_out_of_bag(head, embeddings, targets, unseen))

    def restore(self, tensors: Tensors) -> Head:
        return ForestHead(present=SeenClasses(present=tensors["present"]), forest=Forest.restore(tensors))

    def _fit(self, embeddings: Embeddings, targets: Targets, seed: int) -> "RandomForestClassifier":
        classes = targets.argmax(axis=1)
        self._require_memory(self._unfitted(seed, trees=1).fit(embeddings, classes))
        return self._unfitted(seed, trees=self.trees).fit(embeddings, classes)

    def _require_memory(self, one_tree: "RandomForestClassifier") -> None:
        tree_bytes = one_tree.estimators_[0].tree_.value.nbytes
        if self.trees * tree_bytes > MOST_BYTES:
            raise InvalidHeadOptions(
                f"{self.name}: {self.trees:,} trees of {one_tree.n_classes_:,} classes would take about "
                f"{self.trees * tree_bytes / 2**30:.0f} GiB while they grow: choose {MOST_BYTES // tree_bytes:,} "
                "trees at most, a larger min_leaf, or another head"
            )

    def _unfitted(self, seed: int, *, trees: int) -> "RandomForestClassifier":
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
    """A trained forest over the classes that have a label."""

    present: SeenClasses
    forest: Forest

    def logits(self, embeddings: Embeddings) -> Logits:
        return self.logits_of(self.forest.vote_shares(embeddings))

    def logits_of(self, vote_shares: NDArray[np.float64]) -> Logits:
        """Turn vote shares into logits.

        Args: vote_shares: (images, present classes).
        Returns: (images, classes), -inf for a class without a label.
        """
        trees, classes = len(self.forest.roots), self.forest.shares.shape[1]
        smoothed = (vote_shares * trees + MORE_VOTES) / (trees + MORE_VOTES * classes)
        return self.present.logits(np.log(smoothed))

    def tensors(self) -> Tensors:
        return {"present": self.present.present, **self.forest.tensors()}

    def cost(self) -> HeadCost:
        """Count each comparison as a multiply-add, and each tree by its longest path."""
        comparisons = len(self.forest.roots) * self.forest.depth
        return HeadCost(
            parameters=sum(tensor.size for tensor in self.forest.tensors().values()),
            multiply_adds=comparisons + len(self.forest.roots) * self.forest.shares.shape[1],
        )


def _head_of(fitted: "RandomForestClassifier", targets: Targets) -> ForestHead:
    return ForestHead(present=seen_classes(targets), forest=forest_of([tree.tree_ for tree in fitted.estimators_]))


def _out_of_bag(
    head: ForestHead, embeddings: Embeddings, targets: Targets, unseen: NDArray[np.bool_]
) -> OutOfFold | None:
    """Score each image by the trees that had not seen it; leave out images that are the only one of their class.

    Args: unseen: (images, trees), True if the tree had not seen the image.
    """
    scored = unseen.any(axis=1) & (targets.sum(axis=0) > 1)[targets.argmax(axis=1)]
    if scored.sum() < MIN_OUT_OF_FOLD_IMAGES:
        return None
    shares = head.forest.vote_shares(embeddings[scored], unseen[scored])
    return OutOfFold(logits=head.logits_of(shares), targets=targets[scored])
