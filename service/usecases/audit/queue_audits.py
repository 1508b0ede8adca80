"""Queues audits automatically for projects whose strategy is "auto", so that the strategy can change."""

import logging
from collections.abc import Sequence

from ml.audit.audit import fewest_images
from service.domain.errors import QueueUnavailable
from service.domain.images.image import LabeledImage
from service.domain.job import Job, JobKind, JobRequest
from service.domain.projects.project import Project
from service.ports import Clock, JobQueue
from service.reports.audit.record import AuditRecord
from service.usecases.audit.choose_strategy import leaves_the_choice
from service.usecases.jobs.back_off import recent_jobs
from service.usecases.stored_records import StoredRecords

logger = logging.getLogger(__name__)

# With fewer labels an audit rarely shows a real gain, so that auto would become random choice for lack of images: with
# 300 labels it showed the gain of margin, two points, in half of 42 projects.
FEWEST_LABELS = 300
# The next audit needs this many times the labels of the last one, so that its cost stays a share of all trainings.
GROWTH = 2


class QueueAudits:
    """Decides after each training whether to queue an audit. It depends on stored data, so a restart loses nothing."""

    def __init__(self, *, stored_audits: StoredRecords[AuditRecord], queue: JobQueue, clock: Clock) -> None:
        self._stored_audits = stored_audits
        self._queue = queue
        self._clock = clock

    def queue_if_due(self, project: Project, labeled: Sequence[LabeledImage]) -> Job | None:
        """Queue an audit if it is due. If the queue does not answer, it is queued after the next training.

        Args: labeled: the images with a usable label.
        """
        if len(labeled) < FEWEST_LABELS or project.multi_label or not leaves_the_choice(project):
            return None
        if not self._has_grown(project, labeled):
            return None
        try:
            if recent_jobs(self._queue, project.id, JobKind.AUDIT, now=self._clock()).must_wait:
                return None
            return self._queue.enqueue(JobRequest(kind=JobKind.AUDIT, project_id=project.id))
        except QueueUnavailable as error:
            logger.warning("the audit of %s waits for the next training: %s", project.id, error)
            return None

    def _has_grown(self, project: Project, labeled: Sequence[LabeledImage]) -> bool:
        classes = {label for image in labeled for label in image.labels}
        if len(labeled) < fewest_images(len(classes)):
            return False
        newest = self._stored_audits.newest(project.id)
        return newest is None or len(labeled) >= GROWTH * newest.audit.labels
