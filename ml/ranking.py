"""Orders a pool by worth; the same seed and pool give the same order, however the pool was listed or cut in chunks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.head import Probabilities
from ml.strategy import Strategy, Worth


def worth_of(strategy: Strategy, probabilities: Probabilities, *, multi_label: bool, rng: np.random.Generator) -> Worth:
    """Worth of one chunk of the pool; with several labels an image, that of its most worthwhile yes-or-no question.

    Chunks in order of image id, with one generator for all of them, give what the whole pool would.
    """
    if not multi_label:
        return strategy.worth(probabilities, rng=rng)
    images, classes = probabilities.shape
    if images == 0 or classes == 0:
        return np.zeros(images)
    per_question = strategy.worth(_questions(probabilities.ravel()), rng=rng)
    worth: Worth = per_question.reshape(images, classes).max(axis=1)
    return worth


def reason_of(
    strategy: Strategy, probabilities: NDArray[np.float64], labels: tuple[str, ...], *, multi_label: bool
) -> str:
    """Why one image with these class probabilities (classes,) is worth labeling as much as it is."""
    if not multi_label:
        return strategy.reason(probabilities, labels)
    # The least decided class is the same by every formula over [p, 1 - p].
    place = int(np.abs(probabilities - 0.5).argmin())
    return strategy.reason(_questions(probabilities[place : place + 1])[0], (labels[place], f"not {labels[place]}"))


def order(worth: Worth, *, seed: int, image_ids: Sequence[str]) -> NDArray[np.intp]:
    """Places of all images, most worth labeling first; seeded noise that belongs to the image id breaks ties."""
    by_id = sorted(range(len(image_ids)), key=image_ids.__getitem__)
    noise = np.empty(len(worth))
    noise[by_id] = np.random.default_rng(seed).random(len(worth))
    return np.asarray(np.lexsort((noise, -worth)), dtype=np.intp)


def _questions(probabilities: NDArray[np.float64]) -> Probabilities:
    return np.stack([probabilities, 1 - probabilities], axis=1)
