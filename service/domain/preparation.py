"""What a project does with new images."""

from service.domain.job import JobKind
from service.domain.project import Project


def prepare_job(project: Project) -> JobKind:
    """What brings new images of a project to the fore: ranking them, or embedding them before the first version."""
    return JobKind.EMBED if project.current_version is None else JobKind.RANK
