"""Trains and tests one head on the embeddings of one encoder, on every split."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.calibration.decision_rule import DecisionRule
from ml.classifier.classifier import Classifier
from ml.classifier.training import train_classifier
from ml.comparison.timing import Seconds, ServingTime, serving_time
from ml.encoders.base import EncoderCost, EncoderIdentity
from ml.heads.base import HeadCost, SideInformation
from ml.labels.hierarchy import Parents
from ml.splits.repeated_splits import TrainTestSplit
from ml.splits.stratified import first_of_each_label
from ml.types import ClassTexts, Embeddings, Probabilities, Targets


@dataclass(frozen=True, kw_only=True, eq=False)
class LabeledImages:
    """Labeled images that heads are compared on.

    names: identify the images in reports; targets: (images, labels).
    parents: of each label, None without a hierarchy.
    """

    names: tuple[str, ...]
    targets: Targets
    labels: tuple[str, ...]
    parents: Parents | None = None
    multi_label: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class EncodedImages:
    """The same images encoded by one encoder: embeddings: (images, dimension); texts: of the labels, if it has any.

    cost, milliseconds_an_image: of encoding one image, if known.
    """

    encoder: EncoderIdentity
    embeddings: Embeddings
    texts: ClassTexts | None = None
    cost: EncoderCost | None = None
    milliseconds_an_image: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class TrialSpec:
    """Specification of a trial: head, encoder, and number of training labels per class (None is all)."""

    encoded: EncodedImages
    head: str
    labels_per_class: int | None


@dataclass(frozen=True, kw_only=True, eq=False)
class TestPredictions:
    """Predictions of one classifier for the test images of a split, in the order of its rows."""

    probabilities: Probabilities
    rule: DecisionRule


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """Predictions and cost of one spec over all splits.

    train_seconds: mean over splits; serving: of the classifier of the last split.
    """

    splits: tuple[TrainTestSplit, ...]
    predictions: tuple[TestPredictions, ...]
    train_seconds: float
    serving: ServingTime
    cost: HeadCost

    @property
    def rows(self) -> NDArray[np.intp]:
        """The image row of each prediction, split after split; an image occurs once per repeat."""
        return np.concatenate([split.test for split in self.splits])


def run_trial(
    spec: TrialSpec,
    images: LabeledImages,
    splits: Sequence[TrainTestSplit],
    *,
    seed: int,
    coverage: float,
    seconds: Seconds,
    after_split: Callable[[int], None],
) -> Trial:
    """Train and test one spec on every split; deterministic but for the times.

    Raises: NotEnoughLabels, UnknownHead, InvalidHeadOptions, MissingSideInformation, UnusableTargets, WrongDimension,
        EmbeddingsNotFinite.
    """
    predictions, durations = [], []
    embeddings = spec.encoded.embeddings
    for done, split in enumerate(splits, start=1):
        rows = _train_rows(split, images.targets, spec.labels_per_class)
        started = seconds()
        classifier = train_on_rows(spec, images, rows, seed=seed, coverage=coverage)
        durations.append(seconds() - started)
        predictions.append(
            TestPredictions(probabilities=classifier.probabilities(embeddings[split.test]), rule=classifier.rule)
        )
        after_split(done)
    return Trial(
        splits=tuple(splits),
        predictions=tuple(predictions),
        train_seconds=float(np.mean(durations)),
        serving=serving_time(classifier, embeddings, seconds),
        cost=classifier.head.cost(),
    )


def train_on_rows(
    spec: TrialSpec, images: LabeledImages, rows: NDArray[np.intp], *, seed: int, coverage: float
) -> Classifier:
    """Train a classifier on these rows. Raises: as `run_trial`."""
    encoded = spec.encoded
    return train_classifier(
        embeddings=encoded.embeddings[rows],
        targets=images.targets[rows],
        labels=images.labels,
        head_name=spec.head,
        encoder=encoded.encoder,
        seed=seed,
        side_information=SideInformation(parents=images.parents, texts=encoded.texts),
        coverage=coverage,
    )


def _train_rows(split: TrainTestSplit, targets: Targets, labels_per_class: int | None) -> NDArray[np.intp]:
    if labels_per_class is None:
        return split.train
    return first_of_each_label(targets, split.train, count=labels_per_class)
