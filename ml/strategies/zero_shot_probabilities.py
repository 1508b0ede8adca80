"""Predicts classes before the first version by zero-shot classification, if the encoder has a text side."""

from dataclasses import replace

import numpy as np

from ml.encoders.class_texts import zero_shot_probabilities
from ml.strategies.pool import Pool

# Bounds the memory of the products of images and texts.
IMAGES_AT_ONCE = 8_192


def zero_shot_class_probabilities(pool: Pool) -> Pool:
    """Return the pool with zero-shot probabilities if there is no version but there are texts, else unchanged."""
    if pool.classify is not None or pool.texts is None:
        return pool
    probabilities = np.empty(pool.probabilities.shape)
    for start in range(0, pool.size, IMAGES_AT_ONCE):
        rows = slice(start, start + IMAGES_AT_ONCE)
        probabilities[rows] = zero_shot_probabilities(
            pool.embeddings[rows], pool.texts.embeddings, logit_scale=pool.texts.logit_scale
        )
    return replace(pool, probabilities=probabilities)
