"""Softmax regression on the directions along which embeddings vary most."""

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
    """Principal components, and softmax regression on them, in one linear map.

    Attributes:
        components: how many; as many as there are images where there are fewer, as many as `variance` needs when 0.
        variance: the share of the embeddings' variance that is kept.
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
        train_along = partial(_train_along, self)
        return train_regularised(train_along, embeddings, targets, mode=SINGLE_LABEL, seed=seed)

    def restore(self, tensors: Tensors) -> Head:
        return restore_linear(tensors)


def _train_along(
    recipe: PcaLinear, embeddings: Embeddings, targets: Targets, settings: Sequence[float]
) -> list[LinearHead]:
    mean = embeddings.mean(axis=0)
    directions = _directions(recipe, embeddings)
    coordinates = (embeddings - mean) @ directions.T
    heads = softmax_regression.fit_softmax_path(coordinates, targets, settings)
    return [_on_embeddings(head, mean, directions) for head in heads]


def _directions(recipe: PcaLinear, embeddings: Embeddings) -> NDArray[np.float32]:
    """(components, dimension) float32, orthonormal."""
    # Imported here because scikit-learn takes most of a second, and only training needs it.
    from sklearn.decomposition import PCA  # noqa: PLC0415

    wanted = min(recipe.components, len(embeddings)) or recipe.variance
    directions: NDArray[np.float32] = PCA(wanted, svd_solver="full").fit(embeddings).components_
    return directions


def _on_embeddings(head: LinearHead, mean: NDArray[np.float32], directions: NDArray[np.float32]) -> LinearHead:
    weights = head.weights @ directions
    return LinearHead(weights=weights, biases=(head.biases - weights @ mean).astype(np.float32))
