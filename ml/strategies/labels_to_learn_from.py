"""The labels that heads are trained on within a pick: all of them, or a sample where there are many."""

from dataclasses import dataclass

import numpy as np

from ml.pool import Pool
from ml.types import Embeddings, Targets

# Ten heads take five seconds to train on 500 labels, and twenty on 1,000; a pick has to wait for them.
MOST_LEARNED_FROM = 500


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelsToLearnFrom:
    """embeddings: (labeled, dimension); targets: (labeled, classes)."""

    embeddings: Embeddings
    targets: Targets


def labels_to_learn_from(pool: Pool, *, rng: np.random.Generator) -> LabelsToLearnFrom | None:
    """None where they leave nothing to learn, as every class has all of them or none."""
    rows = np.sort(rng.permutation(len(pool.labeled_embeddings))[:MOST_LEARNED_FROM])
    targets = pool.labeled_targets[rows]
    differ = targets.any(axis=0) & ~targets.all(axis=0)
    if not differ.any():
        return None
    return LabelsToLearnFrom(embeddings=pool.labeled_embeddings[rows], targets=targets)
