"""Queues a job that nobody waits for: if the queue is down, that is only logged, and a later run queues the job."""

import logging
from collections.abc import Sequence

from service.domain.errors import QueueUnavailable
from service.domain.job import Job, JobKind, JobRequest
from service.ports import JobQueue

logger = logging.getLogger(__name__)


def enqueue_when_possible(queue: JobQueue, request: JobRequest) -> Job | None:
    """Queue a job; returns None if the queue is down."""
    try:
        return queue.enqueue(request)
    except QueueUnavailable as error:
        logger.warning("job %s of %s is not queued now: %s", request.kind, request.project_id, error)
        return None


def enqueue_all_when_possible(queue: JobQueue, project_id: str, kinds: Sequence[JobKind]) -> None:
    """Queue several jobs of a project, in order, each like `enqueue_when_possible`."""
    for kind in kinds:
        enqueue_when_possible(queue, JobRequest(kind=kind, project_id=project_id))
