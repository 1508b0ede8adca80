"""Prints how long ranking a pool takes beside scikit-learn's predict_proba and a sort, interleaved in one run."""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ml.classifier import Classifier
from ml.encoder import Embeddings, EncoderIdentity
from ml.heads.linear import LinearHead
from ml.strategies.table import strategy
from ml.worth import most_worth_first, worth_of

CLASSES = 10
CHUNK_ROWS = 16_384
ROUNDS = 3


def main() -> None:
    """Rank a pool of each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also rank 1,000,000 x 512, which takes 2 GB of memory")
    sizes = [(100_000, 1_280)] + ([(1_000_000, 512)] if parser.parse_args().large else [])
    for images, dimension in sizes:
        compare(images, dimension)


def compare(images: int, dimension: int) -> None:
    """Take the best of a few interleaved rounds, because the machine may be shared."""
    rng = np.random.default_rng(0)
    embeddings = rng.standard_normal((images, dimension), dtype=np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    head = LinearHead(
        weights=10 * rng.standard_normal((CLASSES, dimension), dtype=np.float32),
        biases=rng.standard_normal(CLASSES, dtype=np.float32),
    )
    classifier, plain = classifier_of(head, dimension), scikit_learn_of(head)

    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(lambda: rank(classifier, embeddings)))
        theirs.append(seconds(lambda: rank_with_scikit_learn(plain, embeddings)))
    print(
        f"{images:,} x {dimension:,}, {CLASSES} classes: margin {min(ours):.2f} s, "
        f"scikit-learn predict_proba + sort {min(theirs):.2f} s, ratio {min(theirs) / min(ours):.2f}"
    )


def rank(classifier: Classifier, embeddings: Embeddings) -> NDArray[np.intp]:
    """The whole pool in chunks, as the rank job does it."""
    rng, margin = np.random.default_rng(0), strategy("margin").measure
    worth = [
        worth_of(margin, classifier.probabilities(embeddings[start : start + CHUNK_ROWS]), multi_label=False, rng=rng)
        for start in range(0, len(embeddings), CHUNK_ROWS)
    ]
    return most_worth_first(np.concatenate(worth), rng=rng)


def rank_with_scikit_learn(plain: LogisticRegression, embeddings: Embeddings) -> NDArray[np.intp]:
    """The whole pool at once, as one would write it by hand."""
    ascending = np.sort(plain.predict_proba(embeddings), axis=1)
    return np.asarray(np.argsort(ascending[:, -1] - ascending[:, -2]), dtype=np.intp)


def classifier_of(head: LinearHead, dimension: int) -> Classifier:
    """A classifier that was never trained: ranking takes as long."""
    return Classifier(
        head=head,
        head_name="softmax-regression",
        temperature=1.0,
        labels=tuple(f"class {number}" for number in range(CLASSES)),
        multi_label=False,
        encoder=EncoderIdentity(name="none", weights_sha256="0" * 64, preprocessing="none", dimension=dimension),
    )


def scikit_learn_of(head: LinearHead) -> LogisticRegression:
    """The same weights in scikit-learn."""
    plain = LogisticRegression()
    plain.classes_, plain.coef_, plain.intercept_ = np.arange(CLASSES), head.weights, head.biases
    return plain


def seconds(work: Callable[[], Any]) -> float:
    """How long the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
