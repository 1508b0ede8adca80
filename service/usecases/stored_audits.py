"""Keeps the newest audit of each project, in each form in which it is asked for."""

import logging
from enum import StrEnum

from ml.messages import first_line
from service.domain.artifact_keys import audit_key
from service.domain.errors import NotFound
from service.ports import ArtifactStore
from service.reports.audit_csv import audit_to_csv
from service.reports.audit_html import audit_to_html
from service.reports.audit_report import AuditReport, audit_from_json, audit_to_json

logger = logging.getLogger(__name__)


class AuditForm(StrEnum):
    """How an audit may be read."""

    JSON = "json"
    CSV = "csv"
    HTML = "html"


class StoredAudits:
    """Audits in the artifact store."""

    def __init__(self, artifacts: ArtifactStore) -> None:
        self._artifacts = artifacts

    def save(self, project_id: str, report: AuditReport) -> None:
        """Take the place of the one before; for a moment its forms may be of two audits."""
        contents = {
            AuditForm.HTML: audit_to_html(report).encode(),
            AuditForm.CSV: audit_to_csv(report).encode(),
            AuditForm.JSON: audit_to_json(report),
        }
        for form, content in contents.items():
            self._artifacts.put(audit_key(project_id, form), content)

    def latest(self, project_id: str, form: AuditForm) -> bytes:
        """Raises: NotFound."""
        try:
            return self._artifacts.get(audit_key(project_id, form))
        except NotFound as error:
            raise NotFound("audit of project", project_id) from error

    def newest(self, project_id: str) -> AuditReport | None:
        """None where there is none, or none that this version of the service can read: another one can be made."""
        try:
            return audit_from_json(self.latest(project_id, AuditForm.JSON))
        except NotFound:
            return None
        except ValueError as error:
            logger.warning("the audit of %s cannot be read and counts as none: %s", project_id, first_line(error))
            return None
