"""Chooses the query strategy of a project that leaves the choice to "auto": as its newest audit says."""

from ml.strategies.base import split_strategy_name
from service.domain.projects.project import Project
from service.reports.audit.record import AuditRecord, ChosenStrategy
from service.usecases.stored_records import StoredRecords

AUTO_STRATEGY = "auto"


class ChooseStrategy:
    """Looks at the newest stored audit, and only where nobody has named another strategy since."""

    def __init__(self, stored_audits: StoredRecords[AuditRecord]) -> None:
        self._stored_audits = stored_audits

    def choose(self, project: Project) -> ChosenStrategy | None:
        """None where the project has a strategy of its own, or no audit of the one it has."""
        if not leaves_the_choice(project):
            return None
        newest = self._stored_audits.newest(project.id)
        if newest is None or not _is_of_the_same(newest.audit.strategy, project.strategy):
            return None
        return newest.course


def leaves_the_choice(project: Project) -> bool:
    """Whether its strategy is "auto", with whatever options."""
    return split_strategy_name(project.strategy)[0] == AUTO_STRATEGY


def _is_of_the_same(audited: str, now: str) -> bool:
    return split_strategy_name(audited) == split_strategy_name(now)
