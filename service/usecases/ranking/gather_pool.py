"""Gathers the input of a strategy: the pool with the current version's predictions, and the labeled images."""

from dataclasses import dataclass

import numpy as np

from ml.encoders.base import EncoderIdentity
from ml.encoders.registry import has_text_side
from ml.strategies.base import BaseStrategy
from ml.strategies.pool import Pool, undecided
from ml.types import ClassTexts, Embeddings, Probabilities
from service.domain.job import Progress
from service.domain.projects.project import Project
from service.ports import EmbeddingCache, ImageStore
from service.usecases.labeled.labeled_splits import LabeledEmbeddings, labeled_embeddings, labeled_images
from service.usecases.labeled.side_information import SideInformationSource
from service.usecases.serving.loaded_encoders import LoadedEncoders
from service.usecases.serving.served_versions import ServedVersion

# Rows of embeddings in memory at a time, if the strategy does not need them later: 80 MB at 1,280 dimensions.
CHUNK_ROWS = 16_384


@dataclass(frozen=True, kw_only=True, eq=False)
class GatheredPool:
    """A pool, and the images of its rows.

    encoder: the encoder of the embeddings; None if no embeddings were read.
    labeled: the images of the pool's labeled rows; (0, 0) for a strategy that does not use them.
    """

    pool: Pool
    image_ids: tuple[str, ...]
    labeled: LabeledEmbeddings
    encoder: EncoderIdentity | None = None


class GatherPool:
    """Gathers pools; embeddings are read in chunks, and kept only for a strategy that uses them (4 bytes a number)."""

    def __init__(
        self,
        *,
        images: ImageStore,
        cache: EmbeddingCache,
        encoders: LoadedEncoders,
        side_information: SideInformationSource,
    ) -> None:
        self._images = images
        self._cache = cache
        self._encoders = encoders
        self._side_information = side_information

    def gather(
        self, project: Project, served: ServedVersion | None, strategy: BaseStrategy, *, progress: Progress
    ) -> GatheredPool:
        """Gather the pool for a strategy. Images without an embedding are left out, unless no embedding is needed.

        Args: served: the current version; None before the first.
        Raises: UnknownEncoder, EncoderUnavailable.
        """
        if served is None and not strategy.uses_embeddings:
            return self._unknown(project)
        encoder = self._encoders.identity(project.encoder) if served is None else served.classifier.encoder
        image_ids, embeddings, probabilities = self._scored(project, served, strategy, encoder, progress)
        labeled = self._labeled(project, strategy, encoder)
        pool = Pool(
            embeddings=embeddings,
            probabilities=probabilities,
            labeled_embeddings=labeled.embeddings,
            labeled_targets=labeled.targets,
            classify=None if served is None else served.probabilities,
            texts=self._texts(project, encoder) if served is None and strategy.uses_texts else None,
            multi_label=project.multi_label if served is None else served.multi_label,
        )
        return GatheredPool(pool=pool, image_ids=image_ids, labeled=labeled, encoder=encoder)

    def _unknown(self, project: Project) -> GatheredPool:
        image_ids = tuple(self._images.pool(project.id))
        labeled = LabeledEmbeddings.empty(project)
        pool = Pool(
            embeddings=np.empty((len(image_ids), 0), dtype=np.float32),
            probabilities=undecided(images=len(image_ids), classes=len(project.active_labels)),
            labeled_embeddings=labeled.embeddings,
            labeled_targets=labeled.targets,
            multi_label=project.multi_label,
        )
        return GatheredPool(pool=pool, image_ids=image_ids, labeled=labeled)

    def _texts(self, project: Project, encoder: EncoderIdentity) -> ClassTexts | None:
        """Return the class texts; None for an encoder without a text side, which is not loaded to find out."""
        return self._side_information.texts(project, encoder) if has_text_side(project.encoder) else None

    def _scored(
        self,
        project: Project,
        served: ServedVersion | None,
        strategy: BaseStrategy,
        encoder: EncoderIdentity,
        progress: Progress,
    ) -> tuple[tuple[str, ...], Embeddings, Probabilities]:
        wanted, classes = self._images.pool(project.id), len(project.active_labels)
        kept_dimension = encoder.dimension if strategy.uses_embeddings else 0
        # Filled in place: joining the parts at the end would take the memory twice.
        embeddings = np.empty((len(wanted), kept_dimension), dtype=np.float32)
        probabilities = undecided(images=len(wanted), classes=classes)
        image_ids: list[str] = []
        for chunk in self._cache.chunks(encoder, wanted, rows=CHUNK_ROWS):
            rows = slice(len(image_ids), len(image_ids) + len(chunk.image_ids))
            embeddings[rows] = chunk.matrix[:, :kept_dimension]
            if served is not None:
                probabilities[rows] = served.probabilities(chunk.matrix)
            image_ids += chunk.image_ids
            progress(len(image_ids) / len(wanted), f"{len(image_ids)} of {len(wanted)} images scored")
        found = len(image_ids)
        return tuple(image_ids), embeddings[:found], probabilities[:found]

    def _labeled(self, project: Project, strategy: BaseStrategy, encoder: EncoderIdentity) -> LabeledEmbeddings:
        if not strategy.uses_embeddings:
            return LabeledEmbeddings.empty(project)
        labeled = labeled_images(self._images, project)
        return labeled_embeddings(self._cache, encoder, labeled, project)
