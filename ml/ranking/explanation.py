"""Explains why an image was picked: its closest classes, its labeled neighbours, how many images it represents."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.geometry.nearest import nearest_first
from ml.labels.label_mode import LabelMode
from ml.types import Embeddings


@dataclass(frozen=True, kw_only=True)
class ClosestClass:
    """A likely class of an image, with its probability in 0..1."""

    label: str
    probability: float


@dataclass(frozen=True, kw_only=True, eq=False)
class NearestLabeledImages:
    """The nearest labeled images of each image, nearest first; ties go to the earlier.

    Attributes: rows: (images, k) of the labeled images; distances: (images, k), 1 - cosine, 0..2.
    """

    rows: NDArray[np.intp]
    distances: NDArray[np.float64]


def top_two_classes(
    probabilities: NDArray[np.float64], labels: tuple[str, ...], *, mode: LabelMode
) -> tuple[ClosestClass, ...]:
    """Name the two most probable classes, or the only one, most probable first; ties in label-set order.

    Multi-label it is the least decided label and its opposite.

    Args: probabilities: (classes,) of one image.
    """
    answers, names = mode.least_decided(probabilities, labels)
    first_two = np.argsort(-answers, kind="stable")[:2]
    return tuple(ClosestClass(label=names[place], probability=float(answers[place])) for place in first_two)


def nearest_labeled(embeddings: Embeddings, labeled: Iterable[Embeddings], *, k: int) -> NearestLabeledImages:
    """Find the k nearest labeled images of each image, or all if there are fewer.

    Args: embeddings: (images, dimension); labeled: chunks (images, dimension) of all labeled images, in order.
    """
    found = nearest_first(embeddings, labeled, k=k)
    # The product of two equal embeddings may be slightly above 1.
    return NearestLabeledImages(rows=found.rows, distances=np.clip(1 - found.similarities.astype(np.float64), 0, 2))


def represented_count(picked: Embeddings, pool: Iterable[Embeddings]) -> NDArray[np.intp]:
    """Count the pool images that each picked image represents: those that have it as their nearest picked image.

    Each pool image counts once, for the picked image with the largest cosine; ties go to the earliest.

    Args: picked: (picked, dimension); pool: chunks (images, dimension), which may hold the picked ones too.
    Returns: (picked,) counts that sum to the size of the pool; empty if nothing was picked.
    """
    counts = np.zeros(len(picked), dtype=np.intp)
    if not len(picked):
        return counts
    for chunk in pool:
        nearest = nearest_first(chunk, [picked], k=1).rows[:, 0]
        counts += np.bincount(nearest, minlength=len(picked))
    return counts
