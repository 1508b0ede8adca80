"""How fast a trained classifier answers, measured with a clock that the caller brings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ml.classifier import Classifier
from ml.encoder import Embeddings

# A clock in seconds, as `time.perf_counter`.
Seconds = Callable[[], float]

SINGLE_RUNS = 21
MANY_IMAGES, MANY_RUNS = 1_000, 3


@dataclass(frozen=True, kw_only=True)
class ServingTime:
    """Of the head alone, its images embedded already: one image at a time, and many at once."""

    milliseconds_an_image: float
    images_a_second: float


def serving_time(classifier: Classifier, embeddings: Embeddings, seconds: Seconds) -> ServingTime:
    """The median of single images and the best of a few batches of 1,000: what disturbs only makes slower.

    Args: embeddings: at least one; repeated until there are 1,000.
    """
    many = np.resize(embeddings, (MANY_IMAGES, embeddings.shape[1]))
    single = [_timed(classifier, many[place : place + 1], seconds) for place in range(SINGLE_RUNS)]
    batch = min(_timed(classifier, many, seconds) for _ in range(MANY_RUNS))
    return ServingTime(
        milliseconds_an_image=1_000 * float(np.median(single)), images_a_second=MANY_IMAGES / max(batch, 1e-9)
    )


def _timed(classifier: Classifier, embeddings: Embeddings, seconds: Seconds) -> float:
    started = seconds()
    classifier.probabilities(embeddings)
    return seconds() - started
