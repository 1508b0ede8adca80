"""Queues a job that nobody waits for: while the queue is away it is logged and left to whatever asks again."""

import logging
from collections.abc import Sequence

from service.domain.errors import QueueUnavailable
from service.domain.job import Job, JobKind, JobRequest
from service.ports import JobQueue

logger = logging.getLogger(__name__)


def enqueue_when_possible(queue: JobQueue, request: JobRequest) -> Job | None:
    """Returns: the job, or None while the queue is away."""
    try:
        return queue.enqueue(request)
    except QueueUnavailable as error:
        logger.warning("job %s of %s is left for later: %s", request.kind, request.project_id, error)
        return None


def enqueue_all_when_possible(queue: JobQueue, project_id: str, kinds: Sequence[JobKind]) -> None:
    """Queue jobs of a project that nobody waits for, in order."""
    for kind in kinds:
        enqueue_when_possible(queue, JobRequest(kind=kind, project_id=project_id))
