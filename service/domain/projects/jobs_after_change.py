"""Decides which jobs must run after a project was created or changed."""

from ml.classifier.auto_head import head_option
from service.domain.job import JobKind
from service.domain.projects.project import Project


def jobs_of_new(project: Project) -> list[JobKind]:
    """List the jobs of a new project: training if its head needs no labels; other heads wait for annotations."""
    return [JobKind.TRAIN] if head_option(project.head).serves_unlabeled_classes else []


def jobs_after_change(before: Project, after: Project) -> list[JobKind]:
    """List the jobs that bring version, ranking and predictions in line with a changed project.

    This includes projects without a version: what could not be trained before may be trainable now.
    """
    if _is_trained_on(before) != _is_trained_on(after):
        return [JobKind.TRAIN]  # promoting the version queues the ranking
    return [JobKind.RANK] if _is_ranked_by(before) != _is_ranked_by(after) else []


def _is_trained_on(project: Project) -> tuple[object, ...]:
    """Return the fields of a project that its versions depend on, annotations aside."""
    head = head_option(project.head)
    return (
        project.encoder,
        project.head,
        project.multi_label,
        project.coverage,
        project.parents if head.uses_parents else None,
        project.prompts if head.uses_texts else None,
        # For other heads, added or removed labels change nothing before the next annotation.
        project.active_labels if head.serves_unlabeled_classes else None,
    )


def _is_ranked_by(project: Project) -> tuple[object, ...]:
    """Return the fields that its ranking, and the predictions sent to Label Studio with it, depend on."""
    is_pushed = project.label_studio is not None
    return (project.strategy, project.abstain_below if is_pushed else None)


def prepare_job(project: Project) -> JobKind:
    """Choose the job for new images of a project: rank them, or embed them if there is no version yet."""
    return JobKind.EMBED if project.current_version is None else JobKind.RANK
