"""Probabilities in the order of another label set: a saved version's labels against the project's labels of today."""

import numpy as np

from ml.types import Probabilities


def align_labels(
    probabilities: Probabilities, *, known: tuple[str, ...], wanted: tuple[str, ...], multi_label: bool
) -> Probabilities:
    """Reorder columns from the labels that a version knows to the labels that are wanted.

    A wanted label the version does not know gets probability 0. Where labels were dropped, the rest is scaled to sum
    to 1 again, unless the project is multi-label; a row whose whole mass was dropped becomes uniform: nothing is known.

    Args: probabilities: (images, known classes).
    Returns: (images, wanted classes).
    """
    aligned = np.zeros((len(probabilities), len(wanted)))
    for column, label in enumerate(wanted):
        if label in known:
            aligned[:, column] = probabilities[:, known.index(label)]
    if multi_label or known == wanted:
        return aligned
    mass = aligned.sum(axis=1, keepdims=True)
    uniform = np.full_like(aligned, 1 / max(len(wanted), 1))
    scaled: Probabilities = np.divide(aligned, mass, out=uniform, where=mass > 0)
    return scaled
