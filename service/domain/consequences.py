"""What must be done anew after a project was changed."""

from service.domain.job import JobKind
from service.domain.project import Project


def jobs_after_change(before: Project, after: Project) -> list[JobKind]:
    """The jobs that bring a changed project's version and ranking in line with it; none before its first version."""
    if after.current_version is None:
        return []
    if (before.encoder, before.head, before.multi_label) != (after.encoder, after.head, after.multi_label):
        return [JobKind.TRAIN]  # ranks once it is promoted
    return [JobKind.RANK] if before.strategy != after.strategy else []
