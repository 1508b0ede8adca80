"""The labels that heads are trained on within a pick: all of them, or a sample where there are many."""

from dataclasses import dataclass

import numpy as np

from ml.strategies.pool import Pool
from ml.types import Embeddings, Targets

# Ten heads take five seconds to train on 500 labels, and twenty on 1,000; a pick has to wait for them.
SUBSAMPLE_SIZE = 500


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingSubsample:
    """embeddings: (labeled, dimension); targets: (labeled, classes)."""

    embeddings: Embeddings
    targets: Targets


def training_subsample(pool: Pool, *, rng: np.random.Generator) -> TrainingSubsample | None:
    """None where they leave nothing to learn, as every class has all of them or none."""
    rows = np.sort(rng.permutation(len(pool.labeled_embeddings))[:SUBSAMPLE_SIZE])
    targets = pool.labeled_targets[rows]
    differ = targets.any(axis=0) & ~targets.all(axis=0)
    if not differ.any():
        return None
    return TrainingSubsample(embeddings=pool.labeled_embeddings[rows], targets=targets)
