"""The rank job: orders the whole pool, most worth labeling first."""

from collections.abc import Iterator, Mapping
from typing import Any

from ml.ranking.rank import RankedPool, rank
from ml.strategies.base import BaseStrategy
from ml.strategies.registry import strategy
from ml.strategies.worth import reason_of
from service.domain.job import JobKind, JobRequest, Progress
from service.domain.projects.project import Project
from service.domain.ranking.ranking import NOTHING_MEASURED, Explanation, NewRanking, RankedImage, full_reason
from service.ports import Clock, ImageStore, JobQueue, ProjectStore, RankingStore
from service.usecases.audit.choose_strategy import ChooseStrategy
from service.usecases.images.embed_images import EmbedImages
from service.usecases.ranking.explain_ranking import ExplainRanking
from service.usecases.ranking.gather_pool import GatheredPool, GatherPool
from service.usecases.serving.served_versions import ServedVersions

# Smallest and largest size of a picked batch: several annotators must find enough images, but picking takes time.
FEWEST_PICKED, MOST_PICKED = 20, 500


class RankPool:
    """Ranks the pool by a strategy with the current version's predictions, and stores the ranking."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        images: ImageStore,
        rankings: RankingStore,
        gather_pool: GatherPool,
        explain_ranking: ExplainRanking,
        embed_images: EmbedImages,
        served_versions: ServedVersions,
        choose_strategy: ChooseStrategy,
        queue: JobQueue,
        clock: Clock,
    ) -> None:
        self._projects = projects
        self._images = images
        self._rankings = rankings
        self._gather_pool = gather_pool
        self._explain_ranking = explain_ranking
        self._embed_images = embed_images
        self._served_versions = served_versions
        self._choose_strategy = choose_strategy
        self._queue = queue
        self._clock = clock

    def rank(
        self,
        project_id: str,
        *,
        progress: Progress,
        strategy_name: str | None = None,
        count: int | None = None,
        seed: int | None = None,
    ) -> dict[str, Any]:
        """Rank the pool by the given strategy and seed, or by the project's own; for "auto" an audit may choose.

        Args: count: number of images to store, most worth labeling first; all if None. At most 500 are picked as a
            batch; the others follow by the strategy's measure.
        Returns: the ranking's id, the size of the pool, and the version that scored it.
        """
        project = self._projects.get(project_id)
        served = self._served_versions.current(project)
        self._embed_images.embed(
            project,
            progress=progress.part(0, 0.3),
            retry_failed=False,
            encoder=None if served is None else served.classifier.encoder.name,
        )
        choice = None if strategy_name else self._choose_strategy.choose(project)
        chosen = strategy(strategy_name or (project.strategy if choice is None else choice.strategy))
        seed = project.seed if seed is None else seed
        gathered = self._gather_pool.gather(project, served, chosen, progress=progress.part(0.3, 0.8))
        together = min(count or images_before_next_ranking(project), MOST_PICKED)
        ranked = rank(chosen, gathered.pool, count=together, seed=seed)
        why = self._explain_ranking.explain(project, gathered, ranked, progress=progress.part(0.8, 0.95))
        images = tuple(ranked_images(ranked, gathered, chosen, why, labels=project.active_labels, count=count))
        is_the_projects_own = strategy_name is None and count is None
        ranking_id = self._rankings.add(
            NewRanking(
                project_id=project_id,
                version=None if served is None else served.number,
                strategy=chosen.name,
                seed=seed,
                created_at=self._clock(),
                pool_size=gathered.pool.size,
                images=images,
                note=None if choice is None else choice.reason,
                is_own=is_the_projects_own,
            )
        )
        if is_the_projects_own:
            self._images.mark_asked_at_random(project_id, [image.image_id for image in images if image.at_random])
        if project.label_studio is not None and is_the_projects_own:
            self._queue.enqueue(JobRequest(kind=JobKind.PUSH, project_id=project_id, arguments={"ranking": ranking_id}))
        return {"ranking": ranking_id, "pool": gathered.pool.size, "version": None if served is None else served.number}


def images_before_next_ranking(project: Project) -> int:
    """Estimate how many images people label before the next version brings a new ranking; at least one per class."""
    return max(project.retraining.after_annotations, len(project.active_labels), FEWEST_PICKED)


def ranked_images(
    ranked: RankedPool,
    gathered: GatheredPool,
    chosen: BaseStrategy,
    why: Mapping[str, Explanation],
    *,
    labels: tuple[str, ...],
    count: int | None,
) -> Iterator[RankedImage]:
    """Yield the images with their worth and reason, most worth labeling first; at most `count` of them."""
    pool, at_random = gathered.pool, set(ranked.at_random.tolist())
    for row in ranked.rows[:count].tolist():
        image_id = gathered.image_ids[row]
        measured = (
            NOTHING_MEASURED
            if pool.classify is None
            else reason_of(chosen.measure, pool.probabilities[row], labels, mode=pool.mode)
        )
        yield RankedImage(
            image_id=image_id,
            worth=float(ranked.worth[row]),
            reason=full_reason(measured, why.get(image_id), at_random=row in at_random),
            at_random=row in at_random,
            why=why.get(image_id),
        )
