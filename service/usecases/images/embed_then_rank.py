"""The embed job: new images are embedded and, while no version asks for any, ranked so that the first labels count."""

from typing import Any

from service.domain.errors import NotFound
from service.domain.job import JobKind, JobRequest, JobState, Progress
from service.ports import ImageStore, JobQueue, ProjectStore, RankingStore
from service.usecases.images.embed_images import EmbedImages
from service.usecases.jobs.enqueue_when_possible import enqueue_when_possible


class EmbedThenRank:
    """Without a ranking the first images would be asked for in any order. From the first version on versions rank."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        images: ImageStore,
        rankings: RankingStore,
        embed_images: EmbedImages,
        queue: JobQueue,
    ) -> None:
        self._projects = projects
        self._images = images
        self._rankings = rankings
        self._embed_images = embed_images
        self._queue = queue

    def embed(self, project_id: str, *, progress: Progress) -> dict[str, Any]:
        """Returns: as `EmbedImages.embed`."""
        outcome = self._embed_images.embed(self._projects.get(project_id), progress=progress)
        if self._projects.get(project_id).current_version is None and not self._is_ranked(project_id):
            self._rank(project_id)
        return outcome

    def _is_ranked(self, project_id: str) -> bool:
        """Whether each image of the pool has its place: nothing new came, as when Margin only started again."""
        try:
            newest = self._rankings.latest(project_id, limit=1, after=0)
            ranked = self._rankings.get(project_id, newest.id, limit=max(newest.pool_size, 1), after=0).images
        except NotFound:
            return not self._images.pool(project_id)
        return newest.is_own and {image.image_id for image in ranked}.issuperset(self._images.pool(project_id))

    def _rank(self, project_id: str) -> None:
        """Left to the next embedding where one waits: an import of many images brings many."""
        newest = self._queue.page(project_id=project_id, kind=JobKind.EMBED, limit=2)
        if not any(job.state is JobState.QUEUED for job in newest):
            enqueue_when_possible(self._queue, JobRequest(kind=JobKind.RANK, project_id=project_id))
