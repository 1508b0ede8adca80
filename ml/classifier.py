"""A classifier: an encoder's identity, a head, a temperature and the ordered label set they stand for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.calibration import probabilities_of
from ml.encoder import Embeddings, EncoderIdentity
from ml.head import Head, Probabilities


class WrongDimension(Exception):
    """These embeddings do not come from the encoder that the classifier was trained on."""

    def __init__(self, *, expected: int, found: tuple[int, ...]) -> None:
        super().__init__(f"expected embeddings of shape (images, {expected}), got {found}")


class EmbeddingsNotFinite(Exception):
    """Some embeddings hold NaN or infinity."""

    def __init__(self, *, rows: Sequence[int]) -> None:
        super().__init__(f"{len(rows)} embeddings are not finite, the first in row {rows[0]}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Classifier:
    """Turns embeddings into calibrated probabilities."""

    head: Head
    head_name: str
    temperature: float
    labels: tuple[str, ...]
    multi_label: bool
    encoder: EncoderIdentity

    def probabilities(self, embeddings: Embeddings) -> Probabilities:
        """Columns in label-set order. Raises: WrongDimension, EmbeddingsNotFinite."""
        require_embeddings(embeddings, self.encoder)
        return probabilities_of(
            self.head.logits(embeddings), temperature=self.temperature, multi_label=self.multi_label
        )


def require_embeddings(embeddings: Embeddings, encoder: EncoderIdentity) -> None:
    """Raises: WrongDimension, EmbeddingsNotFinite."""
    if embeddings.shape != (len(embeddings), encoder.dimension):
        raise WrongDimension(expected=encoder.dimension, found=embeddings.shape)
    finite = np.isfinite(embeddings).all(axis=1)
    if not finite.all():
        raise EmbeddingsNotFinite(rows=np.flatnonzero(~finite).tolist())
