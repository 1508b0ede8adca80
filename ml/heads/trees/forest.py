"""Decision trees as plain arrays, all of them descended at once."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ml.types import Embeddings, Tensors

# Bounds the memory of a descent. Of 2**16 to 2**22, this was the fastest: all that it touches fits into a cache.
SHARES_AT_ONCE = 2**18


@dataclass(frozen=True, kw_only=True, eq=False)
class Forest:
    """The nodes of all trees, one after the other.

    roots: (trees,) int32. Of each node, (nodes,): features: int32, which number of an embedding decides; thresholds:
    float32, what is above goes right; children: (nodes, 2) int32, left and right, a leaf's are itself; leaf_rows:
    int32, a leaf's row in shares. shares: (different leaves, classes) float64, rows sum to 1.
    """

    roots: NDArray[np.int32]
    features: NDArray[np.int32]
    thresholds: NDArray[np.float32]
    children: NDArray[np.int32]
    leaf_rows: NDArray[np.int32]
    shares: NDArray[np.float64]

    def vote_shares(self, embeddings: Embeddings, voting: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """The mean of the trees' shares: to the last bit what scikit-learn's `predict_proba` gives, summed as it does.

        Args: voting: (images, trees), which trees count for which image, at least one for each; all by default.
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
        """Comparisons on the longest way from a root to a leaf."""
        reached, depth = self.roots, 0
        while len(inner := reached[self.children[reached, 0] != reached]):
            reached, depth = self.children[inner].ravel(), depth + 1
        return depth

    def tensors(self) -> Tensors:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def restore(cls, tensors: Tensors) -> Self:
        """From what `tensors` gave."""
        return cls(**{field.name: tensors[field.name] for field in fields(cls)})

    def _vote_shares(self, embeddings: Embeddings, voting: NDArray[np.bool_] | None) -> NDArray[np.float64]:
        shares = self.shares[self.leaf_rows[self._leaves(embeddings)]]
        if voting is None:
            return np.asarray(shares.sum(axis=1) / len(self.roots))
        return np.asarray((shares * voting[..., np.newaxis]).sum(axis=1) / voting.sum(axis=1, keepdims=True))

    def _leaves(self, embeddings: Embeddings) -> NDArray[np.intp]:
        """Returns: (images, trees), the node in which each image ends."""
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
    """Args: trees: the `tree_` of scikit-learn's decision trees, fitted on the same classes."""
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
    """A float32 number is above the threshold exactly when it is above the largest float32 that is not."""
    nearest = thresholds.astype(np.float32)
    return np.asarray(np.where(nearest > thresholds, np.nextafter(nearest, np.float32(-np.inf)), nearest))
