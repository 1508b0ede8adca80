"""Labeled images as gradient descent wants them, and the way from what it finds back to embeddings and all classes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.heads.seen_classes import seen_classes
from ml.types import Embeddings, Targets

# A matrix of weights (outputs, inputs) and a bias for each output.
WeightsAndBias = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True, eq=False)
class StandardisedFeatures:
    """The embeddings with mean 0 in each dimension and variance 1 over all of them, and the classes that have a label.

    One scale for all dimensions: the angles by which an encoder tells images apart stay what they are. With a scale for
    each dimension accuracy fell by 1 to 3 points.

    inputs: (images, dimension), (embeddings - mean) / scale; mean: (dimension,); scale: above 0.
    classes: (images,) int64, numbered among those present; present: (all classes,) bool.
    """

    inputs: Embeddings
    mean: NDArray[np.float32]
    scale: np.float32
    classes: NDArray[np.int64]
    present: NDArray[np.bool_]

    @property
    def dimension(self) -> int:
        return self.inputs.shape[1]

    @property
    def images_per_class(self) -> NDArray[np.intp]:
        """(present classes,)."""
        return np.bincount(self.classes)

    def on_embeddings(self, layer: WeightsAndBias) -> WeightsAndBias:
        """A first layer that gives on embeddings what the given one gives on `inputs`."""
        weights, biases = layer
        scaled = weights / self.scale
        return scaled, (biases - scaled @ self.mean).astype(np.float32)

    def of_all_classes(self, layer: WeightsAndBias) -> WeightsAndBias:
        """A last layer for all classes: bias -inf for those without a label."""
        weights, biases = layer
        all_weights = np.zeros((len(self.present), weights.shape[1]), dtype=np.float32)
        all_biases = np.full(len(self.present), -np.inf, dtype=np.float32)
        all_weights[self.present], all_biases[self.present] = weights, biases
        return all_weights, all_biases


def standardised_features(embeddings: Embeddings, targets: Targets) -> StandardisedFeatures:
    """Raises: NotEnoughLabels: fewer than two classes have a label."""
    known = seen_classes(targets)
    mean = embeddings.mean(axis=0)
    centred = embeddings - mean
    # Where all embeddings are the same there is nothing to scale.
    scale = np.sqrt(np.square(centred).mean()) or np.float32(1)
    return StandardisedFeatures(
        inputs=centred / scale,
        mean=mean,
        scale=scale,
        classes=known.targets(targets).argmax(axis=1).astype(np.int64),
        present=known.present,
    )
