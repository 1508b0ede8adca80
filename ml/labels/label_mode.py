"""Defines the two label modes: one label per image (multiclass, softmax) or any number (multi-label, sigmoids).

All numerical differences between the two are here, so that no other code has to ask which one it is.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.types import Logits, Probabilities, Targets

ONE_HALF = 0.5
# The logit of one half.
EVEN_LOGIT = 0.0
# Without a floor, one image of a class with probability 0 makes the mean log-loss infinite.
SMALLEST_PROBABILITY = 1e-7


class LabelMode(ABC):
    """The number of labels per image: exactly one or any. The only instances are SINGLE_LABEL and MULTI_LABEL."""

    multi_label: ClassVar[bool]

    @abstractmethod
    def probabilities(self, logits: Logits) -> Probabilities:
        """Convert logits to probabilities; a logit of -inf becomes probability 0."""

    @abstractmethod
    def log_losses_of_logits(self, logits: Logits, targets: Targets) -> NDArray[np.float64]:
        """Compute the log-loss from logits, without a floor on probabilities.

        Returns: (images,); multi-label (images, classes).
        """

    @abstractmethod
    def log_losses(self, probabilities: Probabilities, targets: Targets) -> NDArray[np.float64]:
        """Compute log-losses (natural logarithm); multi-label the mean over classes. Returns: (images,), 0 is best."""

    @abstractmethod
    def brier_scores(self, probabilities: Probabilities, targets: Targets) -> NDArray[np.float64]:
        """Compute Brier scores: squared distances of probabilities from targets (Brier 1950).

        Returns: (images,), 0 is best; a sum over classes in 0..2, as Brier defined it; multi-label a mean over classes
            in 0..1, since each class is a separate question.
        """

    @abstractmethod
    def hard_labels(
        self, scores: Probabilities | Logits, thresholds: float | NDArray[np.float64] = ONE_HALF
    ) -> Targets:
        """Choose the most probable label; multi-label every label above its threshold, possibly none.

        A label exactly at its threshold is not chosen: at one half it is as likely absent as present. scikit-learn's
        multi-label classifiers and torchmetrics decide the same way, and so did all versions served before: clients
        get the same labels.

        Args: thresholds: one for all or (classes,), multi-label only.
        Returns: (images, classes) bool.
        """

    @abstractmethod
    def confidence(self, probabilities: Probabilities, chosen: Targets) -> NDArray[np.float64]:
        """Return the probability of each chosen label; multi-label that of the least probable yes or no. (images,)."""

    @abstractmethod
    def forecasts(
        self, probabilities: Probabilities, targets: Targets
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the forecasts that calibration is measured on: each one's probability, and whether it came true.

        A forecast is the most probable class of an image; multi-label every class of every image.
        """

    @abstractmethod
    def questions(self, probabilities: Probabilities) -> NDArray[np.float64]:
        """Rewrite probabilities as questions to an annotator: which class is it; multi-label one yes or no per class.

        Returns: (images, questions, answers), the answers to a question sum to 1.
        """

    @abstractmethod
    def least_decided(
        self, probabilities: NDArray[np.float64], labels: tuple[str, ...]
    ) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        """Find the most uncertain question about one image.

        Args: probabilities: (classes,). Returns: (answers,) probabilities, and the label of each answer.
        """


class SingleLabel(LabelMode):
    """Exactly one label per image: one question with as many answers as classes."""

    multi_label = False

    def probabilities(self, logits: Logits) -> Probabilities:
        # Imported here because it takes a third of a second, and processes that only check names do not need it.
        from scipy.special import softmax  # noqa: PLC0415

        return np.asarray(softmax(logits, axis=1), dtype=np.float64)

    def log_losses_of_logits(self, logits: Logits, targets: Targets) -> NDArray[np.float64]:
        from scipy.special import log_softmax  # noqa: PLC0415

        return -np.asarray(log_softmax(logits, axis=1), dtype=np.float64)[targets]

    def log_losses(self, probabilities: Probabilities, targets: Targets) -> NDArray[np.float64]:
        return np.asarray(-np.log(np.maximum(probabilities[targets], SMALLEST_PROBABILITY)))

    def brier_scores(self, probabilities: Probabilities, targets: Targets) -> NDArray[np.float64]:
        return np.asarray(((probabilities - targets) ** 2).sum(axis=1))

    def hard_labels(
        self,
        scores: Probabilities | Logits,
        thresholds: float | NDArray[np.float64] = ONE_HALF,  # noqa: ARG002  only several labels have thresholds
    ) -> Targets:
        return most_likely(scores)

    def confidence(
        self,
        probabilities: Probabilities,
        chosen: Targets,  # noqa: ARG002  always the most likely label
    ) -> NDArray[np.float64]:
        return np.asarray(probabilities.max(axis=1))

    def forecasts(
        self, probabilities: Probabilities, targets: Targets
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        return probabilities.max(axis=1), targets[np.arange(len(targets)), probabilities.argmax(axis=1)]

    def questions(self, probabilities: Probabilities) -> NDArray[np.float64]:
        return probabilities[:, None, :]

    def least_decided(
        self, probabilities: NDArray[np.float64], labels: tuple[str, ...]
    ) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        return probabilities, labels


class MultiLabel(LabelMode):
    """Any number of labels per image: a yes-or-no question for each class."""

    multi_label = True

    def probabilities(self, logits: Logits) -> Probabilities:
        from scipy.special import expit  # noqa: PLC0415

        return np.asarray(expit(logits), dtype=np.float64)

    def log_losses_of_logits(self, logits: Logits, targets: Targets) -> NDArray[np.float64]:
        from scipy.special import log_expit  # noqa: PLC0415

        # The probability of "no" is expit(-logit).
        return -np.asarray(log_expit(np.where(targets, logits, -logits)), dtype=np.float64)

    def log_losses(self, probabilities: Probabilities, targets: Targets) -> NDArray[np.float64]:
        sure = np.clip(probabilities, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        return np.asarray(-np.log(np.where(targets, sure, 1 - sure)).mean(axis=1))

    def brier_scores(self, probabilities: Probabilities, targets: Targets) -> NDArray[np.float64]:
        return np.asarray(((probabilities - targets) ** 2).mean(axis=1))

    def hard_labels(
        self, scores: Probabilities | Logits, thresholds: float | NDArray[np.float64] = ONE_HALF
    ) -> Targets:
        return np.asarray(scores > thresholds)

    def confidence(self, probabilities: Probabilities, chosen: Targets) -> NDArray[np.float64]:
        return np.asarray(np.where(chosen, probabilities, 1 - probabilities).min(axis=1))

    def forecasts(
        self, probabilities: Probabilities, targets: Targets
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        return probabilities.ravel(), targets.ravel()

    def questions(self, probabilities: Probabilities) -> NDArray[np.float64]:
        return np.stack([probabilities, 1 - probabilities], axis=2)

    def least_decided(
        self, probabilities: NDArray[np.float64], labels: tuple[str, ...]
    ) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        if not labels:
            return probabilities, labels
        # The least decided class is the same by every formula over [p, 1 - p].
        place = int(np.abs(probabilities - ONE_HALF).argmin())
        return self.questions(probabilities[None])[0, place], (labels[place], f"not {labels[place]}")


SINGLE_LABEL = SingleLabel()
MULTI_LABEL = MultiLabel()


def label_mode(*, multi_label: bool) -> LabelMode:
    """Return the label mode for a stored `multi_label`."""
    return MULTI_LABEL if multi_label else SINGLE_LABEL


def most_likely(scores: Probabilities | Logits) -> Targets:
    """Choose the most likely label of each image; ties go to the earlier label. Returns: (images, classes) bool."""
    return np.asarray(np.arange(scores.shape[1]) == scores.argmax(axis=1, keepdims=True))
