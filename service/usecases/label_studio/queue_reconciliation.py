"""Queues the reconciliation with Label Studio: for one project, or at start-up for all."""

from service.domain.job import JobKind, JobRequest
from service.ports import JobQueue, ProjectStore
from service.usecases.jobs.enqueue_when_possible import enqueue_when_possible
from service.usecases.jobs.every_project import linked_projects


def queue_reconciliation(queue: JobQueue, project_id: str) -> None:
    """Queue the reconciliation of one project. If the queue is down, the next start or connection queues it."""
    enqueue_when_possible(queue, JobRequest(kind=JobKind.RECONCILE, project_id=project_id))


def reconcile_all(projects: ProjectStore, queue: JobQueue) -> None:
    """Queue the reconciliation of every linked project, to get the events that were missed while Margin was down."""
    for project in linked_projects(projects):
        queue_reconciliation(queue, project.id)
