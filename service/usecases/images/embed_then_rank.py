"""The embed job: embeds new images and, before the first version, ranks them so that the first labels are useful."""

from typing import Any

from service.domain.errors import NotFound
from service.domain.job import JobKind, JobRequest, JobState, Progress
from service.ports import ImageStore, JobQueue, ProjectStore, RankingStore
from service.usecases.images.embed_images import EmbedImages
from service.usecases.jobs.enqueue_when_possible import enqueue_when_possible


class EmbedThenRank:
    """Embeds images and queues the first rankings; once there is a version, promoting versions queues them."""

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
        """Embed the project's images, then queue a ranking if one is needed. Returns: as `EmbedImages.embed`."""
        outcome = self._embed_images.embed(self._projects.get(project_id), progress=progress)
        if self._projects.get(project_id).current_version is None and not self._is_ranked(project_id):
            self._rank(project_id)
        return outcome

    def _is_ranked(self, project_id: str) -> bool:
        """Return whether the newest ranking holds the whole pool, for example after a restart without new images."""
        try:
            newest = self._rankings.latest(project_id, limit=1, after=0)
            ranked = self._rankings.get(project_id, newest.id, limit=max(newest.pool_size, 1), after=0).images
        except NotFound:
            return not self._images.pool(project_id)
        return newest.is_own and {image.image_id for image in ranked}.issuperset(self._images.pool(project_id))

    def _rank(self, project_id: str) -> None:
        """Queue a ranking, unless another embed job waits, which will do it: a large import queues many embed jobs."""
        newest = self._queue.page(project_id=project_id, kind=JobKind.EMBED, limit=2)
        if not any(job.state is JobState.QUEUED for job in newest):
            enqueue_when_possible(self._queue, JobRequest(kind=JobKind.RANK, project_id=project_id))
