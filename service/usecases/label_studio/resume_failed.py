"""Queues failed jobs again, at growing intervals, after Label Studio could not be reached."""

from service.domain.job import Job, JobKind, JobRequest, JobState
from service.domain.projects.project import Project
from service.ports import Clock, JobQueue, ProjectStore
from service.usecases.jobs.back_off import RecentJobs, recent_jobs
from service.usecases.jobs.every_project import linked_projects


class ResumeFailed:
    """Queues failed reconciliations and pushes again, since Label Studio retries nothing; the scheduler runs it."""

    def __init__(self, *, projects: ProjectStore, queue: JobQueue, clock: Clock) -> None:
        self._projects = projects
        self._queue = queue
        self._clock = clock

    def sweep(self) -> list[Job]:
        """Check every linked project, and return the queued jobs. Raises: QueueUnavailable."""
        return [
            self._queue.enqueue(JobRequest(kind=kind, project_id=project.id))
            for project in linked_projects(self._projects)
            for kind in self._due(project)
        ]

    def _due(self, project: Project) -> list[JobKind]:
        """List the jobs to queue. A failed push starts again with the ranking, which queues a new push."""
        due = [JobKind.RECONCILE] if self._recent(project, JobKind.RECONCILE).may_retry else []
        pushes = self._recent(project, JobKind.PUSH)
        if pushes.may_retry and not self._is_ranked_after(project, pushes.jobs[0]):
            due.append(JobKind.RANK)
        return due

    def _is_ranked_after(self, project: Project, push: Job) -> bool:
        """Return whether a ranking, which queues its own push, was queued after the failed push."""
        rankings = self._recent(project, JobKind.RANK).jobs
        return any(job.created_at > push.created_at and job.state is not JobState.FAILED for job in rankings)

    def _recent(self, project: Project, kind: JobKind) -> RecentJobs:
        return recent_jobs(self._queue, project.id, kind, now=self._clock())
