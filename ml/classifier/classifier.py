"""Defines the classifier: a head with its encoder's identity, calibration and ordered label set."""

from dataclasses import dataclass

import numpy as np

from ml.calibration.decision_rule import DEFAULT_COVERAGE, DecisionRule
from ml.calibration.temperature import probabilities_of
from ml.encoders.base import EncoderIdentity
from ml.errors import EmbeddingsNotFinite, WrongDimension
from ml.heads.base import Head
from ml.labels.label_mode import LabelMode, label_mode
from ml.types import Embeddings, Logits, Probabilities


@dataclass(frozen=True, kw_only=True, eq=False)
class Classifier:
    """Maps embeddings to calibrated probabilities, and has the rule that turns them into labels.

    Attributes:
        biases: one per class, added to logits after the temperature; None if temperature alone is as good.
        coverage, prediction_set_threshold, label_thresholds: see `DecisionRule`.
    """

    head: Head
    head_name: str
    temperature: float
    labels: tuple[str, ...]
    multi_label: bool
    encoder: EncoderIdentity
    biases: tuple[float, ...] | None = None
    coverage: float = DEFAULT_COVERAGE
    prediction_set_threshold: float | None = None
    label_thresholds: tuple[float, ...] | None = None

    def probabilities(self, embeddings: Embeddings) -> Probabilities:
        """Return calibrated probabilities, columns in label-set order. Raises: WrongDimension, EmbeddingsNotFinite."""
        require_embeddings(embeddings, self.encoder)
        return self.calibrate(self.head.logits(embeddings))

    def calibrate(self, logits: Logits) -> Probabilities:
        """Turn logits of the head into calibrated probabilities (temperature scaling and biases)."""
        return probabilities_of(
            logits,
            temperature=self.temperature,
            mode=self.mode,
            biases=None if self.biases is None else np.array(self.biases),
        )

    @property
    def mode(self) -> LabelMode:
        """Label mode: one label per image, or any number."""
        return label_mode(multi_label=self.multi_label)

    @property
    def rule(self) -> DecisionRule:
        """Rule that turns probabilities into labels and prediction sets."""
        return DecisionRule(
            multi_label=self.multi_label,
            coverage=self.coverage,
            prediction_set_threshold=self.prediction_set_threshold,
            label_thresholds=self.label_thresholds,
        )


def require_embeddings(embeddings: Embeddings, encoder: EncoderIdentity) -> None:
    """Check the shape of embeddings and that they are finite. Raises: WrongDimension, EmbeddingsNotFinite."""
    if embeddings.shape != (len(embeddings), encoder.dimension):
        raise WrongDimension(expected=encoder.dimension, found=embeddings.shape)
    # A row with a value that is not finite has a sum that is not finite; sums are faster than checking each value.
    with np.errstate(over="ignore", invalid="ignore"):
        suspects = np.flatnonzero(~np.isfinite(embeddings.sum(axis=1)))
    rows = suspects[~np.isfinite(embeddings[suspects]).all(axis=1)]
    if len(rows):
        raise EmbeddingsNotFinite(rows=rows.tolist())
