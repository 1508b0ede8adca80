"""Makes a version the one that answers: promotes a newer one or rolls back to an older one."""

from service.domain.job import Job, JobKind, JobRequest
from service.domain.project import Project
from service.ports import JobQueue, ProjectStore, VersionStore
from service.usecases.served_versions import ServedVersions


class PromoteVersion:
    """Points a project to one of its versions and has the pool ranked anew."""

    def __init__(
        self, *, projects: ProjectStore, versions: VersionStore, served_versions: ServedVersions, queue: JobQueue
    ) -> None:
        self._projects = projects
        self._versions = versions
        self._served_versions = served_versions
        self._queue = queue

    def promote(self, project: Project, number: int) -> Job:
        """Returns: the job that ranks the pool with it.

        Raises: NotFound: no such version; DamagedVersion: its bytes are not what was saved, the current one stays;
            QueueUnavailable: the current one stays.
        """
        self._versions.get(project.id, number)
        self._served_versions.get(project, number)
        # Promoted and not ranked would be an error that half happened.
        self._queue.ping()
        return self.make_current(project, number)

    def make_current(self, project: Project, number: int) -> Job:
        """Like `promote` for a version that was just made, so that there is nothing to check."""
        self._projects.set_current_version(project.id, number)
        return self._queue.enqueue(JobRequest(kind=JobKind.RANK, project_id=project.id))
