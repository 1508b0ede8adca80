"""Defines the array types that encoders, heads and strategies share, with shapes, dtypes and ranges."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# (images, dimension) float32, every row L2-normalised.
Embeddings = NDArray[np.float32]
# (dimension,) float32, L2-normalised: one row of Embeddings.
Embedding = NDArray[np.float32]
# (images, classes) bool in label-set order; exactly one True per row unless the project is multi-label.
Targets = NDArray[np.bool_]
# (images, classes) float64 in label-set order, before softmax or sigmoid; -inf for a class without training labels.
Logits = NDArray[np.float64]
# (images, classes) float64 in 0..1; rows sum to 1 unless the project is multi-label.
Probabilities = NDArray[np.float64]
# (rows,) intp: row numbers of a pool or of other embeddings, each at most once.
Rows = NDArray[np.intp]
# (images,) float64 in 0..1: the acquisition score (utility) of each image; 1 is the image most worth labeling.
Worth = NDArray[np.float64]
# Arrays of any shape by name; float32 unless another dtype is needed.
Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassTexts:
    """Embedded texts of the classes, in the same space as the encoder's image embeddings.

    embeddings: (classes, dimension), L2-normalised, in label-set order.
    logit_scale: factor of the encoder for cosines of images and texts.
    """

    embeddings: Embeddings
    logit_scale: float


@dataclass(frozen=True, kw_only=True)
class OutOfFold:
    """Out-of-fold logits: of training images, by heads not trained on them but on all their classes."""

    logits: Logits
    targets: Targets
