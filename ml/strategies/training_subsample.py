"""Samples the labels that strategies train heads on while they pick: all labels, or a random part of many."""

from dataclasses import dataclass

import numpy as np

from ml.strategies.pool import Pool
from ml.types import Embeddings, Targets

# Ten heads train in five seconds on 500 labels, in twenty on 1,000; a pick has to wait for them.
SUBSAMPLE_SIZE = 500


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingSubsample:
    """Labeled images to train on: embeddings: (labeled, dimension); targets: (labeled, classes)."""

    embeddings: Embeddings
    targets: Targets


def training_subsample(pool: Pool, *, rng: np.random.Generator) -> TrainingSubsample | None:
    """Sample at most SUBSAMPLE_SIZE labeled images; None if every class has all of them or none: nothing to learn."""
    rows = np.sort(rng.permutation(len(pool.labeled_embeddings))[:SUBSAMPLE_SIZE])
    targets = pool.labeled_targets[rows]
    differ = targets.any(axis=0) & ~targets.all(axis=0)
    if not differ.any():
        return None
    return TrainingSubsample(embeddings=pool.labeled_embeddings[rows], targets=targets)
