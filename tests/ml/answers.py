"""Probabilities and truths that disagree now and then, for trying metrics."""

import numpy as np

from ml.types import Probabilities, Targets

LABELS = ("cat", "dog", "emu", "fox")


def some_answers(images: int = 300) -> tuple[Probabilities, Targets]:
    """One label an image; four classes, the first rarer than the others."""
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet((0.2, 0.5, 0.5, 0.5), size=images)
    classes = [rng.choice(len(LABELS), p=0.7 * row + 0.3 / len(LABELS)) for row in probabilities]
    return probabilities, np.eye(len(LABELS), dtype=np.bool_)[classes]


def some_multi_label_answers(images: int = 300) -> tuple[Probabilities, Targets]:
    """Any number of labels an image."""
    rng = np.random.default_rng(0)
    probabilities = rng.beta(0.5, 0.8, size=(images, len(LABELS)))
    return probabilities, rng.random(probabilities.shape) < 0.7 * probabilities + 0.1
