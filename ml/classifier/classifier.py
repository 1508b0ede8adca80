"""A classifier: an encoder's identity, a head, a temperature and the ordered label set they stand for."""

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
    """Turns embeddings into calibrated probabilities, and those into labels.

    biases: one for each class, added to logits after the temperature; None where temperature alone does as well.
    coverage, prediction_set_threshold, label_thresholds: as of `DecisionRule`.
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
        """Columns in label-set order. Raises: WrongDimension, EmbeddingsNotFinite."""
        require_embeddings(embeddings, self.encoder)
        return self.calibrate(self.head.logits(embeddings))

    def calibrate(self, logits: Logits) -> Probabilities:
        """What its head's logits say, made honest."""
        return probabilities_of(
            logits,
            temperature=self.temperature,
            mode=self.mode,
            biases=None if self.biases is None else np.array(self.biases),
        )

    @property
    def mode(self) -> LabelMode:
        """One label an image, or any number."""
        return label_mode(multi_label=self.multi_label)

    @property
    def rule(self) -> DecisionRule:
        """How its probabilities become labels and sets of labels."""
        return DecisionRule(
            multi_label=self.multi_label,
            coverage=self.coverage,
            prediction_set_threshold=self.prediction_set_threshold,
            label_thresholds=self.label_thresholds,
        )


def require_embeddings(embeddings: Embeddings, encoder: EncoderIdentity) -> None:
    """Raises: WrongDimension, EmbeddingsNotFinite."""
    if embeddings.shape != (len(embeddings), encoder.dimension):
        raise WrongDimension(expected=encoder.dimension, found=embeddings.shape)
    # What is not finite stays so in a sum, which takes less time and memory than to look at each number.
    with np.errstate(over="ignore", invalid="ignore"):
        doubtful = np.flatnonzero(~np.isfinite(embeddings.sum(axis=1)))
    rows = doubtful[~np.isfinite(embeddings[doubtful]).all(axis=1)]
    if len(rows):
        raise EmbeddingsNotFinite(rows=rows.tolist())
