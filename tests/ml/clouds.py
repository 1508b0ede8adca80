"""Small clouds of embeddings around one direction per class, as an encoder gives for images that differ in kind."""

from dataclasses import dataclass

import numpy as np

from ml.encoders.base import EncoderIdentity
from ml.heads.base import SideInformation
from ml.types import ClassTexts, Embeddings, Targets

DIMENSION = 8
ENCODER = EncoderIdentity(name="cloud", weights_sha256="0" * 64, preprocessing="none", dimension=DIMENSION)


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """embeddings: (images, DIMENSION), L2-normalised; targets: (images, classes)."""

    embeddings: Embeddings
    targets: Targets


def cloud(*images_per_class: int, noise: float = 0.1, seed: int = 0) -> Cloud:
    """Images of class c lie around axis c; the more noise, the more the classes overlap."""
    classes = np.repeat(np.arange(len(images_per_class)), images_per_class)
    return around(np.eye(len(images_per_class), dtype=np.bool_)[classes], noise=noise, seed=seed)


def around(targets: Targets, *, noise: float = 0.1, seed: int = 0) -> Cloud:
    """Images lie around the sum of their classes' axes."""
    centres = targets @ np.eye(targets.shape[1], DIMENSION)
    points = centres + noise * np.random.default_rng(seed).normal(size=centres.shape)
    normalised = points / np.linalg.norm(points, axis=1, keepdims=True)
    return Cloud(embeddings=normalised.astype(np.float32), targets=targets)


def side_information_of(classes: int, *, backwards: bool = False) -> SideInformation:
    """A parent for each two neighbouring classes, and texts that lie near the classes' images."""
    order = range(classes)[::-1] if backwards else range(classes)
    texts = np.eye(classes, DIMENSION, dtype=np.float32)[list(order)]
    return SideInformation(
        parents=tuple(f"parent {index // 2}" for index in order),
        texts=ClassTexts(embeddings=texts, logit_scale=20.0),
    )
