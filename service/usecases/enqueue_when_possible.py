"""Queues a job that nobody waits for: while the queue is away it is logged and left to whatever asks again."""

import logging

from service.domain.errors import QueueUnavailable
from service.domain.job import Job, JobRequest
from service.ports import JobQueue

logger = logging.getLogger(__name__)


def enqueue_when_possible(queue: JobQueue, request: JobRequest) -> Job | None:
    """Returns: the job, or None while the queue is away."""
    try:
        return queue.enqueue(request)
    except QueueUnavailable as error:
        logger.warning("job %s of %s is left for later: %s", request.kind, request.project_id, error)
        return None
