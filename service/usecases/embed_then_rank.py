"""The embed job: new images are embedded and, while no version asks for any, ranked so that the first labels count."""

from typing import Any

from service.domain.job import JobKind, JobRequest, JobState
from service.ports import ImageStore, JobQueue, Progress, ProjectStore
from service.usecases.embed_images import EmbedImages
from service.usecases.enqueue_when_possible import enqueue_when_possible


class EmbedThenRank:
    """Without a ranking the first images would be asked for in any order. From the first version on versions rank."""

    def __init__(
        self, *, projects: ProjectStore, images: ImageStore, embed_images: EmbedImages, queue: JobQueue
    ) -> None:
        self._projects = projects
        self._images = images
        self._embed_images = embed_images
        self._queue = queue

    def run(self, project_id: str, *, progress: Progress) -> dict[str, Any]:
        """Returns: as `EmbedImages.run`."""
        outcome = self._embed_images.run(project_id, progress=progress)
        if self._projects.get(project_id).current_version is None and self._images.pool(project_id):
            self._rank(project_id)
        return outcome

    def _rank(self, project_id: str) -> None:
        """Left to the next embedding where one waits: an import of many images brings many."""
        newest = self._queue.page(project_id=project_id, kind=JobKind.EMBED, limit=2)
        if not any(job.state is JobState.QUEUED for job in newest):
            enqueue_when_possible(self._queue, JobRequest(kind=JobKind.RANK, project_id=project_id))
