"""Classifies images by texts alone, with an encoder that has a text side."""

import numpy as np
from scipy.special import softmax

from ml.types import Embeddings, Probabilities


def zero_shot_probabilities(images: Embeddings, texts: Embeddings, *, logit_scale: float) -> Probabilities:
    """Share each image out among the texts by its cosine with each.

    Args: texts: (classes, dimension), one row for each class; logit_scale: the encoder's own.
    """
    cosines = images.astype(np.float64) @ texts.astype(np.float64).T
    probabilities: Probabilities = softmax(logit_scale * cosines, axis=1)
    return probabilities
