"""Measures how fast encoders and trained classifiers predict, with a clock passed by the caller."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ml.classifier.classifier import Classifier
from ml.encoders.base import Encoder
from ml.images.image import Pixels
from ml.types import Embeddings

# A clock in seconds, as `time.perf_counter`.
Seconds = Callable[[], float]

SINGLE_RUNS = 21
BATCH_IMAGES, BATCH_RUNS = 1_000, 3
ENCODER_RUNS = 5


@dataclass(frozen=True, kw_only=True)
class ServingTime:
    """Speed of the head alone, on embeddings: one image at a time, and in batches."""

    milliseconds_an_image: float
    images_a_second: float


def serving_time(classifier: Classifier, embeddings: Embeddings, seconds: Seconds) -> ServingTime:
    """Measure the median of single images and the best of a few batches of 1,000: other processes only slow it down.

    Args: embeddings: at least one; repeated until there are 1,000.
    """
    many = np.resize(embeddings, (BATCH_IMAGES, embeddings.shape[1]))
    single = [_timed(lambda: classifier.probabilities(many[:1]), seconds) for _ in range(SINGLE_RUNS)]
    batch = min(_timed(lambda: classifier.probabilities(many), seconds) for _ in range(BATCH_RUNS))
    return ServingTime(
        milliseconds_an_image=1_000 * float(np.median(single)), images_a_second=BATCH_IMAGES / max(batch, 1e-9)
    )


def encoding_milliseconds(encoder: Encoder, pixels: Pixels, seconds: Seconds) -> float:
    """Measure the median time of preparing and encoding one image, after one warm-up run."""

    def encode() -> object:
        return encoder.encode(encoder.prepare(pixels)[np.newaxis])

    encode()
    return 1_000 * float(np.median([_timed(encode, seconds) for _ in range(ENCODER_RUNS)]))


def _timed(run: Callable[[], object], seconds: Seconds) -> float:
    started = seconds()
    run()
    return seconds() - started
