"""Keeps the newest comparison of each project, in each form in which it is asked for."""

from enum import StrEnum

from service.domain.artifact_keys import comparison_key
from service.domain.errors import NotFound
from service.ports import ArtifactStore
from service.reports.comparison_csv import to_csv
from service.reports.comparison_report import ComparisonReport, to_json


class ComparisonForm(StrEnum):
    """How a comparison may be read."""

    JSON = "json"
    CSV = "csv"
    HTML = "html"


class StoredComparisons:
    """Comparisons in the artifact store."""

    def __init__(self, artifacts: ArtifactStore) -> None:
        self._artifacts = artifacts

    def save(self, project_id: str, report: ComparisonReport, *, html: str) -> None:
        """Take the place of the one before; for a moment its forms may be of two comparisons."""
        contents = {
            ComparisonForm.HTML: html.encode(),
            ComparisonForm.CSV: to_csv(report).encode(),
            ComparisonForm.JSON: to_json(report),
        }
        for form, content in contents.items():
            self._artifacts.put(comparison_key(project_id, form), content)

    def latest(self, project_id: str, form: ComparisonForm) -> bytes:
        """Raises: NotFound."""
        try:
            return self._artifacts.get(comparison_key(project_id, form))
        except NotFound as error:
            raise NotFound("comparison of project", project_id) from error
