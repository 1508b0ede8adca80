"""Runs again, at growing intervals, what failed against a Label Studio that was away."""

from service.domain.backoff import FAILURES_THAT_COUNT, may_run_again_at
from service.domain.job import Job, JobKind, JobRequest, JobState
from service.domain.project import Project
from service.ports import Clock, JobQueue, ProjectStore
from service.usecases.every_project import linked_projects


class ResumeFailed:
    """Swept by the scheduler: Label Studio repeats nothing, so what was not read or pushed must be asked for again."""

    def __init__(self, *, projects: ProjectStore, queue: JobQueue, clock: Clock) -> None:
        self._projects = projects
        self._queue = queue
        self._clock = clock

    def sweep(self) -> list[Job]:
        """Look at every linked project. Raises: QueueUnavailable."""
        return [
            self._queue.enqueue(JobRequest(kind=kind, project_id=project.id))
            for project in linked_projects(self._projects)
            for kind in self._due(project)
        ]

    def _due(self, project: Project) -> list[JobKind]:
        """What to run: a push that failed starts over with the ranking, whose push follows it."""
        due = [JobKind.RECONCILE] if self._is_due(project, JobKind.RECONCILE) else []
        if self._is_due(project, JobKind.PUSH) and not self._is_ranked_again(project):
            due.append(JobKind.RANK)
        return due

    def _is_due(self, project: Project, kind: JobKind) -> bool:
        at = may_run_again_at(self._newest(project, kind))
        return at is not None and at <= self._clock()

    def _is_ranked_again(self, project: Project) -> bool:
        """Whether a ranking has been queued since the push failed, which brings its own push."""
        [push, *_] = self._newest(project, JobKind.PUSH)
        rankings = self._newest(project, JobKind.RANK)
        return any(job.created_at > push.created_at and job.state is not JobState.FAILED for job in rankings)

    def _newest(self, project: Project, kind: JobKind) -> list[Job]:
        return self._queue.page(project_id=project.id, kind=kind, limit=FAILURES_THAT_COUNT)
