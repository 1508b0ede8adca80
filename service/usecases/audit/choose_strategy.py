"""Chooses the query strategy of a project whose strategy is "auto", by its newest audit."""

from ml.strategies.base import split_strategy_name
from service.domain.projects.project import Project
from service.reports.audit.record import AuditRecord, ChosenStrategy
from service.usecases.stored_records import StoredRecords

AUTO_STRATEGY = "auto"


class ChooseStrategy:
    """Chooses by the newest stored audit, if it is an audit of the project's present strategy."""

    def __init__(self, stored_audits: StoredRecords[AuditRecord]) -> None:
        self._stored_audits = stored_audits

    def choose(self, project: Project) -> ChosenStrategy | None:
        """Choose a strategy; None if the project's strategy is not "auto", or has no audit yet."""
        if not leaves_the_choice(project):
            return None
        newest = self._stored_audits.newest(project.id)
        if newest is None or not _is_of_the_same(newest.audit.strategy, project.strategy):
            return None
        return newest.course


def leaves_the_choice(project: Project) -> bool:
    """Return whether the project's strategy is "auto", with any options."""
    return split_strategy_name(project.strategy)[0] == AUTO_STRATEGY


def _is_of_the_same(audited: str, now: str) -> bool:
    return split_strategy_name(audited) == split_strategy_name(now)
