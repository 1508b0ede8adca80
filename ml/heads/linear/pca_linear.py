"""Softmax regression on the principal components of the embeddings (PCA)."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ml.errors import InvalidHeadOptions
from ml.heads.base import NO_SIDE_INFORMATION, Head, HeadRecipe, SideInformation, TrainedHead
from ml.heads.linear import softmax_regression
from ml.heads.linear.linear_head import LinearHead, restore_linear
from ml.heads.linear.regularisation import train_regularised
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Embeddings, Targets, Tensors


class PcaLinear(HeadRecipe):
    """Principal component analysis and softmax regression on it, saved as one linear map.

    Attributes:
        components: number of components, at most the number of images; 0 for as many as `variance` needs.
        variance: the share of the embeddings' variance that is kept if `components` is 0.
    """

    kind: ClassVar = "pca-linear"
    components: int = Field(default=0, ge=0, le=65_536)
    variance: float = Field(default=0.95, gt=0, lt=1)

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        dimension = embeddings.shape[1]
        if self.components > dimension:
            raise InvalidHeadOptions(f"{self.kind}: components: the embeddings have {dimension}, got {self.components}")
        fit_path = partial(_fit_path, self)
        return train_regularised(fit_path, embeddings, targets, mode=SINGLE_LABEL, seed=seed)

    def restore(self, tensors: Tensors) -> Head:
        return restore_linear(tensors)


def _fit_path(recipe: PcaLinear, embeddings: Embeddings, targets: Targets, cs: Sequence[float]) -> list[LinearHead]:
    mean = embeddings.mean(axis=0)
    directions = _directions(recipe, embeddings)
    coordinates = (embeddings - mean) @ directions.T
    heads = softmax_regression.fit_softmax_path(coordinates, targets, cs)
    return [_on_embeddings(head, mean, directions) for head in heads]


def _directions(recipe: PcaLinear, embeddings: Embeddings) -> NDArray[np.float32]:
    """Return the principal directions: (components, dimension), orthonormal rows."""
    # Imported here because scikit-learn takes most of a second, and only training needs it.
    from sklearn.decomposition import PCA  # noqa: PLC0415

    wanted = min(recipe.components, len(embeddings)) or recipe.variance
    directions: NDArray[np.float32] = PCA(wanted, svd_solver="full").fit(embeddings).components_
    return directions


def _on_embeddings(head: LinearHead, mean: NDArray[np.float32], directions: NDArray[np.float32]) -> LinearHead:
    weights = head.weights @ directions
    return LinearHead(weights=weights, biases=(head.biases - weights @ mean).astype(np.float32))
