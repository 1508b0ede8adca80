"""Queues reconciliation with Label Studio, for one project or at start-up for all."""

import logging

from service.bootstrap import Application
from service.domain.errors import QueueUnavailable
from service.domain.job import JobKind, JobRequest
from service.usecases.label_studio_projects import linked_projects

logger = logging.getLogger(__name__)


def queue_reconciliation(application: Application, project_id: str) -> None:
    """Queue it for one project. A queue that is away is logged: the next start or connection asks again."""
    try:
        application.adapters.queue.enqueue(JobRequest(kind=JobKind.RECONCILE, project_id=project_id))
    except QueueUnavailable as error:
        logger.warning("project %s is not reconciled with Label Studio now: %s", project_id, error)


def reconcile_all(application: Application) -> None:
    """Queue it for every linked project, so that events missed while Margin was down come in."""
    for project in linked_projects(application.adapters.projects):
        queue_reconciliation(application, project.id)
