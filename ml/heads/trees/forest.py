"""Stores the decision trees of a random forest as plain arrays, and evaluates all trees at once."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ml.types import Embeddings, Tensors

# Bounds the memory of one evaluation. This was the fastest of 2**16 to 2**22: everything it touches fits into a cache.
SHARES_AT_ONCE = 2**18


@dataclass(frozen=True, kw_only=True, eq=False)
class Forest:
    """The nodes of all trees, one tree after another.

    Attributes:
        roots: (trees,), the root node of each tree.
        features: (nodes,), the dimension of the embedding that the node compares.
        thresholds: (nodes,), larger values go to the right child.
        children: (nodes, 2), left and right child; a leaf is its own child.
        leaf_rows: (nodes,), the row of a leaf in `shares`.
        shares: (different leaves, classes), class frequencies of a leaf; rows sum to 1.
    """

    roots: NDArray[np.int32]
    features: NDArray[np.int32]
    thresholds: NDArray[np.float32]
    children: NDArray[np.int32]
    leaf_rows: NDArray[np.int32]
    shares: NDArray[np.float64]

    def vote_shares(self, embeddings: Embeddings, voting: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Average the class frequencies of the trees, bit for bit like scikit-learn's `predict_proba`.

        Args: voting: (images, trees), True if the tree counts for the image, at least one per image; all by default.
        Returns: (images, classes), rows sum to 1.
        """
        images_at_once = max(1, SHARES_AT_ONCE // (len(self.roots) * self.shares.shape[1]))
        starts = range(0, max(1, len(embeddings)), images_at_once)
        parts = [slice(start, start + images_at_once) for start in starts]
        return np.concatenate(
            [self._vote_shares(embeddings[part], None if voting is None else voting[part]) for part in parts]
        )

    @property
    def depth(self) -> int:
        """Number of comparisons on the longest path from a root to a leaf."""
        reached, depth = self.roots, 0
        while len(inner := reached[self.children[reached, 0] != reached]):
            reached, depth = self.children[inner].ravel(), depth + 1
        return depth

    def tensors(self) -> Tensors:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def restore(cls, tensors: Tensors) -> Self:
        """Rebuild the forest from `tensors`."""
        return cls(**{field.name: tensors[field.name] for field in fields(cls)})

    def _vote_shares(self, embeddings: Embeddings, voting: NDArray[np.bool_] | None) -> NDArray[np.float64]:
        shares = self.shares[self.leaf_rows[self._leaves(embeddings)]]
        if voting is None:
            return np.asarray(shares.sum(axis=1) / len(self.roots))
        return np.asarray((shares * voting[..., np.newaxis]).sum(axis=1) / voting.sum(axis=1, keepdims=True))

    def _leaves(self, embeddings: Embeddings) -> NDArray[np.intp]:
        """Find the leaf of each image in each tree. Returns: (images, trees), numbers of nodes."""
        images, dimension = embeddings.shape
        numbers, children = embeddings.ravel(), self.children.ravel()
        starts = np.repeat(np.arange(images) * dimension, len(self.roots))
        nodes = np.tile(self.roots, images).astype(np.intp)
        walking = np.arange(len(nodes))
        while len(walking):
            at = nodes[walking]
            right = numbers[starts[walking] + self.features[at]] > self.thresholds[at]
            nodes[walking] = following = children[2 * at + right]
            walking = walking[following != at]
        return nodes.reshape(images, len(self.roots))


def forest_of(trees: Sequence[Any]) -> Forest:
    """Convert scikit-learn's trees to arrays.

    Args: trees: the `tree_` of each decision tree, fitted on the same classes.
    """
    sizes = [tree.node_count for tree in trees]
    root_of_node = np.repeat(np.cumsum([0, *sizes[:-1]]), sizes)
    left, right, features, thresholds, values = (
        np.concatenate([getattr(tree, name) for tree in trees])
        for name in ("children_left", "children_right", "feature", "threshold", "value")
    )
    leaves = left < 0
    shares, rows = np.unique(values[leaves, 0], axis=0, return_inverse=True)
    leaf_rows = np.zeros(len(leaves), dtype=np.int32)
    leaf_rows[leaves] = rows.ravel()
    children = np.stack([left, right], axis=1) + root_of_node[:, np.newaxis]
    return Forest(
        roots=np.unique(root_of_node).astype(np.int32),
        features=np.where(leaves, 0, features).astype(np.int32),
        thresholds=np.where(leaves, np.float32(np.inf), _rounded_down(thresholds)),
        children=np.where(leaves[:, np.newaxis], np.arange(len(leaves))[:, np.newaxis], children).astype(np.int32),
        leaf_rows=leaf_rows,
        shares=shares,
    )


def _rounded_down(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Round down to float32, so that comparing with float32 embeddings gives the same result as in float64."""
    nearest = thresholds.astype(np.float32)
    return np.asarray(np.where(nearest > thresholds, np.nextafter(nearest, np.float32(-np.inf)), nearest))
