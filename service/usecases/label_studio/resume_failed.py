"""Runs again, at growing intervals, what failed against a Label Studio that was away."""

from service.domain.job import Job, JobKind, JobRequest, JobState
from service.domain.projects.project import Project
from service.ports import Clock, JobQueue, ProjectStore
from service.usecases.jobs.back_off import RecentJobs, recent_jobs
from service.usecases.jobs.every_project import linked_projects


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
        due = [JobKind.RECONCILE] if self._recent(project, JobKind.RECONCILE).may_retry else []
        pushes = self._recent(project, JobKind.PUSH)
        if pushes.may_retry and not self._is_ranked_after(project, pushes.jobs[0]):
            due.append(JobKind.RANK)
        return due

    def _is_ranked_after(self, project: Project, push: Job) -> bool:
        """Whether a ranking has been queued since the push failed, which brings its own push."""
        rankings = self._recent(project, JobKind.RANK).jobs
        return any(job.created_at > push.created_at and job.state is not JobState.FAILED for job in rankings)

    def _recent(self, project: Project, kind: JobKind) -> RecentJobs:
        return recent_jobs(self._queue, project.id, kind, now=self._clock())
