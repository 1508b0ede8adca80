"""Makes a version the one that answers: promotes a newer one or rolls back to an older one."""

from service.domain.errors import InvalidInput
from service.domain.job import Job
from service.domain.projects.project import Project
from service.ports import JobQueue, ProjectStore, VersionStore
from service.usecases.projects.project_check import check_text_side
from service.usecases.serving.finetuned_encoders import FinetunedEncoders
from service.usecases.serving.served_versions import ServedVersions
from service.usecases.training.finish_version import make_current


class PromoteVersion:
    """Points a project to one of its versions and has the pool ranked anew."""

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
        """Make a version current, and its encoder the one that the project is trained on from then on.

        Returns: the job that ranks the pool with it.
        Raises: NotFound: no such version. The current one stays after DamagedVersion: its bytes are not what was saved;
            UnknownEncoder: its encoder is no longer kept; QueueUnavailable.
        """
        self._versions.get(project.id, number)
        encoder = self._served_versions.get(project, number).classifier.encoder.name
        self._finetuned_encoders.check(encoder)
        # Promoted and not ranked would be an error that half happened.
        self._queue.ping()
        encoder_to_train_on = encoder if _can_be_trained_on(project, encoder) else None
        return make_current(self._projects, self._queue, project.id, number, encoder=encoder_to_train_on)


def _can_be_trained_on(project: Project, encoder: str) -> bool:
    """Whether the project's head fits the encoder; where it does not, a version can be gone back to all the same."""
    try:
        check_text_side(project.head, encoder)
    except InvalidInput:
        return False
    return True
