"""Makes a version current: promotes a newer one or rolls back to an older one."""

from service.domain.errors import InvalidInput
from service.domain.job import Job
from service.domain.projects.project import Project
from service.ports import JobQueue, ProjectStore, VersionStore
from service.usecases.projects.project_check import check_text_side
from service.usecases.serving.finetuned_encoders import FinetunedEncoders
from service.usecases.serving.served_versions import ServedVersions
from service.usecases.training.finish_version import make_current


class PromoteVersion:
    """Makes one of a project's versions current, and queues a new ranking of the pool."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        versions: VersionStore,
        served_versions: ServedVersions,
        finetuned_encoders: FinetunedEncoders,
        queue: JobQueue,
    ) -> None:
        self._projects = projects
        self._versions = versions
        self._served_versions = served_versions
        self._finetuned_encoders = finetuned_encoders
        self._queue = queue

    def promote(self, project: Project, number: int) -> Job:
        """Make a version current; the project is trained on its encoder from then on, if its head fits it.

        Returns: the job that ranks the pool with it.
        Raises: NotFound: no such version; DamagedVersion: its bytes are not those that were saved; UnknownEncoder: its
            encoder is no longer stored; QueueUnavailable. The current version stays after each of them.
        """
        self._versions.get(project.id, number)
        encoder = self._served_versions.get(project, number).classifier.encoder.name
        self._finetuned_encoders.check(encoder)
        # Checked first: a version that is promoted but not ranked would be half an error.
        self._queue.ping()
        encoder_to_train_on = encoder if _can_be_trained_on(project, encoder) else None
        return make_current(self._projects, self._queue, project.id, number, encoder=encoder_to_train_on)


def _can_be_trained_on(project: Project, encoder: str) -> bool:
    """Return whether the project's head fits the encoder. If not, a rollback to the version is still possible."""
    try:
        check_text_side(project.head, encoder)
    except InvalidInput:
        return False
    return True
