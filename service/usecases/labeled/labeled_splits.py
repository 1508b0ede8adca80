"""Splits a project's labeled images into training and held-out images, permanently, and reads their embeddings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from ml.encoders.base import EncoderIdentity
from ml.labels.targets import targets_of
from ml.splits.holdout import assign_holdout, rarest_labels
from ml.types import Embeddings, Targets
from service.domain.images.image import LabeledImage, Split
from service.domain.projects.project import Project
from service.ports import EmbeddingCache, ImageStore


@dataclass(frozen=True, kw_only=True)
class LabeledEmbeddings:
    """Labeled images with embeddings (images, dimension) and targets (images, labels), in the same order."""

    images: tuple[LabeledImage, ...]
    embeddings: Embeddings
    targets: Targets

    @property
    def image_ids(self) -> tuple[str, ...]:
        """Ids of the images, in order."""
        return tuple(image.image_id for image in self.images)

    @classmethod
    def empty(cls, project: Project) -> Self:
        """Make an empty value, for when no embeddings are used: shapes (0, 0) and (0, labels)."""
        return cls(
            images=(),
            embeddings=np.empty((0, 0), dtype=np.float32),
            targets=np.empty((0, len(project.active_labels)), dtype=np.bool_),
        )


class LabeledSplits:
    """Splits the labeled images of a project, and reads the embeddings of each part."""

    def __init__(self, *, images: ImageStore, cache: EmbeddingCache) -> None:
        self._images = images
        self._cache = cache

    def labeled(self, project: Project) -> list[LabeledImage]:
        """List all images with a usable label and their split; images without a split yet get one."""
        labeled = labeled_images(self._images, project)
        known = {image.image_id: image.split is Split.HELD_OUT for image in labeled if image.split is not None}
        strata = rarest_labels({image.image_id: image.labels for image in labeled})
        at_random = {image.image_id for image in labeled if image.asked_at_random}
        new = assign_holdout(strata, known, seed=project.seed, at_random=at_random)
        splits = {image_id: Split.HELD_OUT if held_out else Split.TRAIN for image_id, held_out in new.items()}
        self._images.record_splits(project.id, splits)
        return [replace(image, split=image.split or splits[image.image_id]) for image in labeled]

    def embeddings(
        self, project: Project, identity: EncoderIdentity, labeled: list[LabeledImage], split: Split
    ) -> LabeledEmbeddings:
        """Read the images of one split that have an embedding; unreadable images have none."""
        return labeled_embeddings(self._cache, identity, [each for each in labeled if each.split is split], project)


def labeled_embeddings(
    cache: EmbeddingCache, identity: EncoderIdentity, labeled: Sequence[LabeledImage], project: Project
) -> LabeledEmbeddings:
    """Read the images that have an embedding, in order, with their labels as targets."""
    by_id = {image.image_id: image for image in labeled}
    cached = cache.read(identity, list(by_id))
    images = tuple(by_id[image_id] for image_id in cached.image_ids)
    return LabeledEmbeddings(
        images=images,
        embeddings=cached.matrix,
        targets=targets_of([image.labels for image in images], project.active_labels),
    )


def labeled_images(images: ImageStore, project: Project) -> list[LabeledImage]:
    """List the images with a usable label of the project's present label set, in order of id.

    In a single-label project, images with several labels are left out: they are from a time when it took several.
    """
    labeled = images.labeled(project.id, among=project.active_labels)
    return [image for image in labeled if project.multi_label or len(image.labels) == 1]
