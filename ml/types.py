"""Defines the arrays that encoders, heads and strategies hand on: shapes, types and ranges are said here, once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# (images, dimension) float32, every row L2-normalised.
Embeddings = NDArray[np.float32]
# (dimension,) float32: one of those rows.
Embedding = NDArray[np.float32]
# (images, classes) bool in label-set order; exactly one True per row unless the project is multi-label.
Targets = NDArray[np.bool_]
# (images, classes) float64 in label-set order; -inf for a class that had no label in training.
Logits = NDArray[np.float64]
# (images, classes) float64 in 0..1; rows sum to 1 unless the project is multi-label.
Probabilities = NDArray[np.float64]
# (images,) or fewer, intp: rows of a pool or of other embeddings, each at most once.
Rows = NDArray[np.intp]
# (images,) float64 in 0..1: the acquisition score (utility) of each image; 1 is the image most worth labeling.
Worth = NDArray[np.float64]
# Arrays of numbers by name, of any shape; float32 where nothing else is needed.
Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassTexts:
    """Texts of the classes in the space of the encoder's images.

    embeddings: (classes, dimension), L2-normalised, in label-set order.
    logit_scale: what the encoder multiplies cosines of images and texts by.
    """

    embeddings: Embeddings
    logit_scale: float


@dataclass(frozen=True, kw_only=True)
class OutOfFold:
    """Logits of training images by heads that had not seen them; every row's own classes were seen."""

    logits: Logits
    targets: Targets
