"""Predicted probabilities and targets that sometimes disagree, for tests of metrics."""

import numpy as np

from ml.types import Probabilities, Targets

LABELS = ("cat", "dog", "emu", "fox")


def some_answers(images: int = 300) -> tuple[Probabilities, Targets]:
    """Draw single-label predictions of four classes, the first one rarer than the others."""
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet((0.2, 0.5, 0.5, 0.5), size=images)
    classes = [rng.choice(len(LABELS), p=0.7 * row + 0.3 / len(LABELS)) for row in probabilities]
    return probabilities, np.eye(len(LABELS), dtype=np.bool_)[classes]


def some_multi_label_answers(images: int = 300) -> tuple[Probabilities, Targets]:
    """Draw multi-label predictions."""
    rng = np.random.default_rng(0)
    probabilities = rng.beta(0.5, 0.8, size=(images, len(LABELS)))
    return probabilities, rng.random(probabilities.shape) < 0.7 * probabilities + 0.1
