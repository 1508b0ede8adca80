"""Measures the seconds and memory to rank a pool, beside modAL, scikit-activeml and scikit-learn.

All choose the same images with the same head. They take turns, because the machine may be shared.
"""

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

import numpy as np
from modAL.uncertainty import entropy_sampling, margin_sampling, uncertainty_sampling
from skactiveml.pool import UncertaintySampling
from sklearn.linear_model import LogisticRegression

from benchmarks._scikit_activeml import GivenHead
from ml.classifier.classifier import Classifier
from ml.encoders.base import EncoderIdentity
from ml.heads.linear.linear_head import LinearHead
from ml.ranking.rank import rank
from ml.strategies.pool import Pool, undecided
from ml.strategies.registry import strategy
from ml.types import Embeddings

CLASSES = 10
# Number of images that are labeled before the next ranking.
WANTED = 100
CHUNK_ROWS = 16_384
ROUNDS = 3
MEASURES = ("margin", "entropy", "least-confidence")
SMALL, LARGE = (100_000, 1_280), (1_000_000, 512)
# Strategies that pick images together, each with a number of labels; auto is a different one at each of its stages.
PICKED_TOGETHER = (("uncertainty-herding", 20), ("cluster-margin", 300), ("auto", 0), ("auto", 20), ("auto", 300))

MODAL_NAMES = {"margin": margin_sampling, "entropy": entropy_sampling, "least-confidence": uncertainty_sampling}
ACTIVEML_NAMES = {"margin": "margin_sampling", "entropy": "entropy", "least-confidence": "least_confident"}

# Ranks these embeddings once.
Way = Callable[[Embeddings], object]


@dataclass(frozen=True, kw_only=True)
class _Cost:
    """The cost of a round; other programs on the machine disturb the processor time least."""

    seconds: float
    processor_seconds: float


def main() -> None:
    """Measure each size and strategy: first the memory, each way in its own process, then the times."""
    arguments = _arguments()
    for shape in [SMALL, LARGE] if arguments.large else [SMALL]:
        embeddings = _embeddings(shape)
        # This comes before any threads start: a forked process would wait for them in vain.
        memory = {work: _gigabytes(_ways(work, shape[1]), embeddings) for work in _works(shape)}
        for work in _works(shape):
            _print(work, shape, _best_costs(_ways(work, shape[1]), embeddings, arguments.rounds), memory[work])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument(
        "--large", action="store_true", help="also rank a pool of 1,000,000 x 512, which takes 7 GB of memory"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


def _works(shape: tuple[int, int]) -> list[str]:
    """List the rankings to measure: a measure, or a strategy with a number of labels."""
    together = [f"{name}, {labels} labels" for name, labels in PICKED_TOGETHER]
    return [*MEASURES, *together] if shape == SMALL else [*MEASURES]


def _ways(work: str, dimension: int) -> Mapping[str, Way]:
    """Return the ways to make a ranking, ours first."""
    head = _head(dimension)
    name, _, labels = work.removesuffix(" labels").partition(", ")
    ours = {"margin": partial(_rank, name, int(labels or 0), _classifier_of(head, dimension))}
    if name not in MEASURES:
        return ours
    plain = _scikit_learn_of(head)
    return ours | {
        "modAL": partial(_rank_with_modal, name, plain),
        "scikit-activeml": partial(_rank_with_scikit_activeml, name, plain),
        "scikit-learn, by hand": partial(_rank_by_hand, name, plain),
    }


def _rank(name: str, labels: int, classifier: Classifier, embeddings: Embeddings) -> object:
    """Rank as the rank job does: probabilities in chunks, then the order of the whole pool."""
    probabilities = undecided(images=len(embeddings), classes=CLASSES)
    for start in range(0, len(embeddings), CHUNK_ROWS):
        rows = slice(start, start + CHUNK_ROWS)
        probabilities[rows] = classifier.probabilities(embeddings[rows])
    pool = Pool(
        embeddings=embeddings,
        probabilities=probabilities,
        # Any images will do: the time depends only on their number.
        labeled_embeddings=embeddings[:labels],
        labeled_targets=np.eye(CLASSES, dtype=np.bool_)[np.arange(labels) % CLASSES],
        classify=classifier.probabilities if labels else None,
    )
    return rank(strategy(name), pool, count=WANTED, seed=0)


def _rank_with_modal(name: str, plain: LogisticRegression, embeddings: Embeddings) -> object:
    return MODAL_NAMES[name](plain, embeddings, n_instances=WANTED)


def _rank_with_scikit_activeml(name: str, plain: LogisticRegression, embeddings: Embeddings) -> object:
    head = GivenHead(plain.predict_proba, classes=np.arange(CLASSES))
    asking = UncertaintySampling(method=ACTIVEML_NAMES[name], random_state=0)
    unlabeled = np.full(len(embeddings), np.nan)
    return asking.query(embeddings, unlabeled, head, fit_clf=False, batch_size=WANTED)


def _rank_by_hand(name: str, plain: LogisticRegression, embeddings: Embeddings) -> object:
    """Rank as in a simple script: the whole pool at once."""
    probabilities = plain.predict_proba(embeddings)
    if name == "margin":
        ascending = np.sort(probabilities, axis=1)
        return np.argsort(ascending[:, -1] - ascending[:, -2])
    if name == "entropy":
        return np.argsort((probabilities * np.log(probabilities)).sum(axis=1))
    return np.argsort(probabilities.max(axis=1))


def _embeddings(shape: tuple[int, int]) -> Embeddings:
    """Make embeddings of length 1 in random directions."""
    rng, embeddings = np.random.default_rng(0), np.empty(shape, dtype=np.float32)
    for start in range(0, len(embeddings), CHUNK_ROWS):
        chunk = rng.standard_normal(embeddings[start : start + CHUNK_ROWS].shape, dtype=np.float32)
        embeddings[start : start + CHUNK_ROWS] = chunk / np.linalg.norm(chunk, axis=1, keepdims=True)
    return embeddings


def _head(dimension: int) -> LinearHead:
    rng = np.random.default_rng(1)
    return LinearHead(
        weights=10 * rng.standard_normal((CLASSES, dimension), dtype=np.float32),
        biases=rng.standard_normal(CLASSES, dtype=np.float32),
    )


def _classifier_of(head: LinearHead, dimension: int) -> Classifier:
    """Make a classifier that was never trained: ranking takes the same time."""
    return Classifier(
        head=head,
        head_name="softmax-regression",
        temperature=1.0,
        labels=tuple(f"class {number}" for number in range(CLASSES)),
        multi_label=False,
        encoder=EncoderIdentity(name="none", weights_sha256="0" * 64, preprocessing="none", dimension=dimension),
    )


def _scikit_learn_of(head: LinearHead) -> LogisticRegression:
    """Put the same weights into scikit-learn."""
    plain = LogisticRegression()
    plain.classes_, plain.coef_, plain.intercept_ = np.arange(CLASSES), head.weights, head.biases
    return plain


def _best_costs(ways: Mapping[str, Way], embeddings: Embeddings, rounds: int) -> dict[str, _Cost]:
    costs: dict[str, list[_Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            started, processor_started = time.perf_counter(), time.process_time()
            way(embeddings)
            costs[name].append(
                _Cost(seconds=time.perf_counter() - started, processor_seconds=time.process_time() - processor_started)
            )
    return {name: _best(rounds_of_way) for name, rounds_of_way in costs.items()}


def _best(costs: Sequence[_Cost]) -> _Cost:
    return _Cost(
        seconds=min(cost.seconds for cost in costs), processor_seconds=min(cost.processor_seconds for cost in costs)
    )


def _gigabytes(ways: Mapping[str, Way], embeddings: Embeddings) -> dict[str, float]:
    """Measure the peak memory of each way beside the embeddings, which a forked process has without a copy."""
    context, found = multiprocessing.get_context("fork"), {}
    for name, way in ways.items():
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=_send_gigabytes, args=(way, embeddings, sending))
        process.start()
        # Closed here, so that nothing waits for a process that fails.
        sending.close()
        found[name] = float(receiving.recv())
        process.join()
    return found


def _send_gigabytes(way: Way, embeddings: Embeddings, sending: Connection) -> None:
    # Once on a few images, so that imports on the way do not count.
    way(embeddings[: 10 * WANTED])
    before = _peak_kilobytes()
    way(embeddings)
    sending.send((_peak_kilobytes() - before) / 1e6)


def _peak_kilobytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _print(work: str, shape: tuple[int, int], costs: Mapping[str, _Cost], memory: Mapping[str, float]) -> None:
    ours = next(iter(costs.values()))
    print(f"{shape[0]:,} x {shape[1]:,}, {CLASSES} classes, {work}", flush=True)
    for name, cost in costs.items():
        print(
            f"  {name:24} {cost.seconds:6.2f} s {cost.seconds / ours.seconds:5.2f}x, "
            f"processor {cost.processor_seconds:6.2f} s {cost.processor_seconds / ours.processor_seconds:5.2f}x, "
            f"{memory[name]:5.2f} GB beside the embeddings",
            flush=True,
        )


if __name__ == "__main__":
    main()
