"""Queues the jobs again that were running when a whole Margin was killed."""

import math
from collections.abc import Sequence

from redis import Redis
from rq import Queue
from rq.job import Job as RqJob
from rq.job import JobStatus
from rq.serializers import JSONSerializer


def requeue_orphans(redis: Redis, queues: Sequence[str]) -> int:
    """Put every job that no worker runs any more at the front of its queue. Call this only while no worker is alive.

    A job that was orphaned more often than it may crash fails instead.

    Returns: the number of jobs that wait again.
    """
    return sum(_requeue_orphans_of(Queue(name, connection=redis, serializer=JSONSerializer)) for name in queues)


def _requeue_orphans_of(queue: Queue) -> int:
    waiting_before = queue.count
    queue.connection.delete(queue.registry_cleaning_key)  # the process that held this lock may have died
    queue.started_job_registry.cleanup(timestamp=math.inf)
    for job_id in queue.intermediate_queue.get_job_ids():
        if RqJob.exists(job_id, connection=queue.connection) and _waits(queue, job_id):
            queue.push_job_id(job_id, at_front=True)
        queue.intermediate_queue.remove(job_id)
    return queue.count - waiting_before


def _waits(queue: Queue, job_id: str) -> bool:
    """Report whether the job was taken off the queue but never started."""
    job = RqJob.fetch(job_id, connection=queue.connection, serializer=queue.serializer)
    return job.get_status() is JobStatus.QUEUED
