"""The rank job: the whole pool in the order in which it is worth labeling."""

from typing import Any

import numpy as np

from ml.head import Probabilities
from ml.ranking import order, reason_of, worth_of
from ml.strategies.table import strategy
from ml.strategy import Strategy, Worth
from service.domain.job import JobKind, JobRequest
from service.domain.project import Project
from service.domain.ranking import NewRanking, RankedImage
from service.ports import Clock, EmbeddingCache, ImageStore, JobQueue, Progress, ProjectStore, RankingStore
from service.usecases.embed_images import EmbedImages
from service.usecases.job_progress import part_of
from service.usecases.served_versions import ServedVersion, ServedVersions

# Rows of embeddings in memory at a time: 80 MB at 1,280 dimensions.
CHUNK_ROWS = 16_384


class RankPool:
    """Scores every image of the pool with the current version, in chunks, and stores the order."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        images: ImageStore,
        rankings: RankingStore,
        cache: EmbeddingCache,
        embed_images: EmbedImages,
        served_versions: ServedVersions,
        queue: JobQueue,
        clock: Clock,
    ) -> None:
        self._projects = projects
        self._images = images
        self._rankings = rankings
        self._cache = cache
        self._embed_images = embed_images
        self._served_versions = served_versions
        self._queue = queue
        self._clock = clock

    def run(
        self,
        project_id: str,
        *,
        progress: Progress,
        strategy_name: str | None = None,
        count: int | None = None,
        seed: int | None = None,
    ) -> dict[str, Any]:
        """Rank the pool, by the project's own strategy and seed where none is given.

        Args: count: how many images to store, the most worth labeling; all when None.
        Returns: the ranking's id, how many images the pool has, and the version that scored them.
        """
        project = self._projects.get(project_id)
        served = self._served_versions.current(project)
        self._embed_images.run(
            project_id,
            progress=part_of(progress, 0, 0.3),
            retry_failed=False,
            encoder=None if served is None else served.classifier.encoder.name,
        )
        chosen = strategy(strategy_name or project.strategy)
        seed = project.seed if seed is None else seed
        image_ids, probabilities = self._probabilities(project, served, progress)
        multi_label = project.multi_label if served is None else served.multi_label
        ranked = rank(
            chosen,
            image_ids,
            probabilities,
            labels=project.active_labels,
            multi_label=multi_label,
            seed=seed,
            count=count,
        )
        ranking_id = self._rankings.add(
            NewRanking(
                project_id=project_id,
                version=None if served is None else served.number,
                strategy=chosen.name,
                seed=seed,
                created_at=self._clock(),
                pool_size=len(image_ids),
                images=tuple(ranked),
            )
        )
        is_the_projects_own = strategy_name is None and count is None
        if project.label_studio is not None and served is not None and is_the_projects_own:
            self._queue.enqueue(JobRequest(kind=JobKind.PUSH, project_id=project_id, arguments={"ranking": ranking_id}))
        return {"ranking": ranking_id, "pool": len(image_ids), "version": None if served is None else served.number}

    def _probabilities(
        self, project: Project, served: ServedVersion | None, progress: Progress
    ) -> tuple[list[str], Probabilities]:
        """Ids and class probabilities of the whole pool; before the first version every class is equally likely."""
        pool = self._images.pool(project.id)
        if served is None:
            classes = len(project.active_labels)
            return pool, np.full((len(pool), classes), 1 / max(classes, 1))
        image_ids: list[str] = []
        parts: list[Probabilities] = [np.empty((0, len(served.labels)))]
        for chunk in self._cache.chunks(served.classifier.encoder, pool, rows=CHUNK_ROWS):
            parts.append(served.probabilities(chunk.matrix))
            image_ids += chunk.image_ids
            progress(0.3 + 0.6 * len(image_ids) / len(pool), f"{len(image_ids)} of {len(pool)} images scored")
        return image_ids, np.concatenate(parts)


def rank(
    chosen: Strategy,
    image_ids: list[str],
    probabilities: Probabilities,
    *,
    labels: tuple[str, ...],
    multi_label: bool,
    seed: int,
    count: int | None,
) -> list[RankedImage]:
    """The images with their worth and reason, most worth labeling first; all, or so many of them."""
    worth: Worth = worth_of(chosen, probabilities, multi_label=multi_label, rng=np.random.default_rng(seed))
    return [
        RankedImage(
            image_id=image_ids[place],
            worth=float(worth[place]),
            reason=reason_of(chosen, probabilities[place], labels, multi_label=multi_label),
        )
        for place in order(worth, seed=seed, image_ids=image_ids)[:count]
    ]
