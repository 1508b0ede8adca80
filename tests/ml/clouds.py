"""Small clouds of embeddings around one direction per class, as an encoder gives for distinct classes."""

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
    """Draw images of class c around axis c; with more noise the classes overlap more."""
    classes = np.repeat(np.arange(len(images_per_class)), images_per_class)
    return around(np.eye(len(images_per_class), dtype=np.bool_)[classes], noise=noise, seed=seed)


def around(targets: Targets, *, noise: float = 0.1, seed: int = 0) -> Cloud:
    """Draw images around the sum of the axes of their classes."""
    centres = targets @ np.eye(targets.shape[1], DIMENSION)
    points = centres + noise * np.random.default_rng(seed).normal(size=centres.shape)
    normalised = points / np.linalg.norm(points, axis=1, keepdims=True)
    return Cloud(embeddings=normalised.astype(np.float32), targets=targets)


def side_information_of(classes: int, *, backwards: bool = False) -> SideInformation:
    """Give every two neighbouring classes a parent, and each class a text near its images."""
    order = range(classes)[::-1] if backwards else range(classes)
    texts = np.eye(classes, DIMENSION, dtype=np.float32)[list(order)]
    return SideInformation(
        parents=tuple(f"parent {index // 2}" for index in order),
        texts=ClassTexts(embeddings=texts, logit_scale=20.0),
    )
