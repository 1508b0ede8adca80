"""What must be done anew after a project was made or changed."""

from ml.classifier.auto_head import head_option
from service.domain.job import JobKind
from service.domain.projects.project import Project


def jobs_of_new(project: Project) -> list[JobKind]:
    """The first version of a head that needs no labels; others wait for annotations."""
    return [JobKind.TRAIN] if head_option(project.head).serves_unlabeled_classes else []


def jobs_after_change(before: Project, after: Project) -> list[JobKind]:
    """The jobs that bring a changed project's version, ranking and predictions in line with it.

    Before its first version too what could not be trained may be trained now.
    """
    if _is_trained_on(before) != _is_trained_on(after):
        return [JobKind.TRAIN]  # ranks once it is promoted
    return [JobKind.RANK] if _is_ranked_by(before) != _is_ranked_by(after) else []


def _is_trained_on(project: Project) -> tuple[object, ...]:
    """What of a project goes into its versions, annotations apart."""
    head = head_option(project.head)
    return (
        project.encoder,
        project.head,
        project.multi_label,
        project.coverage,
        project.parents if head.uses_parents else None,
        project.prompts if head.uses_texts else None,
        # Labels that come or go change what other heads learn only with the next annotation.
        project.active_labels if head.serves_unlabeled_classes else None,
    )


def _is_ranked_by(project: Project) -> tuple[object, ...]:
    """What of a project goes into its ranking, and into the predictions that Label Studio gets with it."""
    is_pushed = project.label_studio is not None
    return (project.strategy, project.abstain_below if is_pushed else None)


def prepare_job(project: Project) -> JobKind:
    """What brings new images of a project to the fore: ranking them, or embedding them before the first version."""
    return JobKind.EMBED if project.current_version is None else JobKind.RANK
