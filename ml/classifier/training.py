"""Trains a classifier: the head on all labels, the calibration on out-of-fold logits."""

from dataclasses import replace

from threadpoolctl import threadpool_limits

from ml.calibration.class_biases import fit_biases
from ml.calibration.decision_rule import DEFAULT_COVERAGE, fit_prediction_set_threshold, require_coverage
from ml.calibration.label_thresholds import fit_thresholds
from ml.calibration.temperature import fit_temperature
from ml.classifier.classifier import Classifier, require_embeddings
from ml.encoders.base import EncoderIdentity
from ml.heads.base import NO_SIDE_INFORMATION, SideInformation
from ml.heads.registry import head_recipe
from ml.labels.targets import require_targets
from ml.types import Embeddings, OutOfFold, Targets


def train_classifier(
    *,
    embeddings: Embeddings,
    targets: Targets,
    labels: tuple[str, ...],
    head_name: str,
    encoder: EncoderIdentity,
    seed: int,
    side_information: SideInformation = NO_SIDE_INFORMATION,
    coverage: float = DEFAULT_COVERAGE,
) -> Classifier:
    """Train a classifier; the same arguments give the same classifier.

    Args: coverage: share of prediction sets that must contain the true label; only with one label per image.
    Raises: NotEnoughLabels, UnknownHead, InvalidHeadOptions, MissingSideInformation, UnusableTargets, WrongDimension,
        EmbeddingsNotFinite, InvalidCoverage.
    """
    recipe = head_recipe(head_name)
    require_coverage(coverage)
    require_embeddings(embeddings, encoder)
    require_targets(targets, images=len(embeddings), classes=len(labels), multi_label=recipe.multi_label)
    # If other processes use the machine too, threads that wait for each other cost more than they gain: two were eight
    # times slower than one, and serving needs the second anyway.
    with threadpool_limits(limits=1):
        trained = recipe.train(embeddings, targets, seed=seed, side_information=side_information)
    classifier = Classifier(
        head=trained.head,
        head_name=recipe.name,
        temperature=1.0,
        labels=labels,
        multi_label=recipe.multi_label,
        encoder=encoder,
        coverage=coverage,
    )
    if trained.out_of_fold is None:
        return classifier
    return _with_thresholds(_calibrate(classifier, trained.out_of_fold, seed=seed), trained.out_of_fold)


def _calibrate(classifier: Classifier, unseen: OutOfFold, *, seed: int) -> Classifier:
    if not classifier.multi_label:
        fitted = fit_biases(unseen.logits, unseen.targets, seed=seed)
        if fitted is not None:
            temperature, biases = fitted
            return replace(classifier, temperature=temperature, biases=tuple(biases.tolist()))
    temperature = fit_temperature(unseen.logits, unseen.targets, mode=classifier.mode)
    return replace(classifier, temperature=temperature)


def _with_thresholds(classifier: Classifier, unseen: OutOfFold) -> Classifier:
    """Fit the thresholds that turn calibrated probabilities into labels (multi-label) or prediction sets."""
    probabilities = classifier.calibrate(unseen.logits)
    if classifier.multi_label:
        return replace(classifier, label_thresholds=fit_thresholds(probabilities, unseen.targets))
    threshold = fit_prediction_set_threshold(probabilities, unseen.targets, coverage=classifier.coverage)
    return replace(classifier, prediction_set_threshold=threshold)
