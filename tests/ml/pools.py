"""Small pools to pick from: clouds of embeddings with a few labels and a classifier."""

from functools import partial

import numpy as np

from ml.strategies.pool import Pool, undecided
from ml.types import ClassTexts, Embeddings, Probabilities
from tests.ml.clouds import DIMENSION, Cloud, cloud

# Factor of the cosine with the direction of a class, before softmax.
SHARPNESS = 8.0


def a_pool(
    *,
    images: int = 30,
    classes: int = 3,
    labeled: int = 6,
    known: bool = True,
    multi_label: bool = False,
    with_texts: bool = False,
    noise: float = 0.3,
    seed: int = 0,
) -> Pool:
    """Build a pool. Args: known: true if there is a version; without one nothing is labeled either."""
    waiting, done = (_cloud(count, classes, noise, seed + place) for place, count in enumerate((images, labeled)))
    if not known:
        done = _cloud(0, classes, noise, seed)
    classify = partial(classify_by_axis, classes=classes)
    return Pool(
        embeddings=waiting.embeddings,
        probabilities=classify(waiting.embeddings) if known else undecided(images=images, classes=classes),
        labeled_embeddings=done.embeddings,
        labeled_targets=done.targets,
        classify=classify if known else None,
        texts=ClassTexts(embeddings=np.eye(classes, DIMENSION, dtype=np.float32), logit_scale=SHARPNESS)
        if with_texts
        else None,
        multi_label=multi_label,
    )


def classify_by_axis(embeddings: Embeddings, *, classes: int) -> Probabilities:
    """Classify each image by its nearest axis."""
    powers = np.exp(SHARPNESS * embeddings[:, :classes].astype(np.float64))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _cloud(images: int, classes: int, noise: float, seed: int) -> Cloud:
    sizes = [len(part) for part in np.array_split(np.arange(images), classes)]
    if not images:
        return Cloud(embeddings=np.empty((0, DIMENSION), dtype=np.float32), targets=np.empty((0, classes), dtype=bool))
    return cloud(*sizes, noise=noise, seed=seed)
