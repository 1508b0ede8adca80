"""Requests an audit of a project from a running Margin, and waits for the result."""

import time
from collections.abc import Callable

from service.api.audit import NewAudit
from service.cli.client.job_waiting import wait_for
from service.cli.client.margin_client import MarginClient, ServiceRefused
from service.domain.job import Progress
from service.reports.audit.record import AuditRecord
from service.reports.audit.record_json import read_audit_json


def audit_project(
    client: MarginClient,
    project_id: str,
    wanted: NewAudit,
    *,
    progress: Progress,
    sleep: Callable[[float], None] = time.sleep,
) -> AuditRecord:
    """Queue an audit, wait for it, and fetch its record.

    Raises: ServiceRefused, JobFailed.
    """
    wait_for(client, client.audit(project_id, wanted), progress=progress, sleep=sleep)
    try:
        return read_audit_json(client.latest_audit(project_id))
    except ValueError as error:
        raise ServiceRefused(
            "the service sends audits in another form: use the same version of margin as the service"
        ) from error
