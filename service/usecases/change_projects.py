"""Creates, changes and deletes projects over plain HTTP."""

import re
from dataclasses import replace

from service.domain.consequences import jobs_after_change
from service.domain.errors import InvalidInput
from service.domain.job import JobRequest
from service.domain.project import Label, Project, RetrainingRule, merge_labels
from service.domain.project_defaults import ProjectDefaults
from service.ports import ArtifactStore, Clock, JobQueue, ProjectStore
from service.usecases.enqueue_when_possible import enqueue_when_possible
from service.usecases.project_check import check_project
from service.usecases.served_versions import versions_prefix

PROJECT_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")


class ChangeProjects:
    """Checks what a project is made of before it is stored."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        artifacts: ArtifactStore,
        queue: JobQueue,
        defaults: ProjectDefaults,
        clock: Clock,
    ) -> None:
        self._projects = projects
        self._artifacts = artifacts
        self._queue = queue
        self._defaults = defaults
        self._clock = clock

    def create(
        self,
        project_id: str,
        *,
        title: str | None,
        labels: tuple[str, ...],
        multi_label: bool,
        encoder: str | None,
        head: str | None,
        strategy: str | None,
        seed: int,
        retraining: RetrainingRule,
    ) -> Project:
        """Create a project; what is None is taken from the defaults.

        Raises: AlreadyExists, InvalidInput, UnknownEncoder, UnknownHead, UnknownStrategy.
        """
        project = Project(
            id=project_id,
            title=title or project_id,
            labels=_new_labels(labels),
            multi_label=multi_label,
            encoder=encoder or self._defaults.encoder,
            head=head or self._defaults.head(multi_label=multi_label),
            strategy=strategy or self._defaults.strategy,
            seed=seed,
            retraining=retraining,
            created_at=self._clock(),
        )
        if not PROJECT_ID.fullmatch(project.id):
            raise InvalidInput(f"project id {project.id!r}: 1 to 64 of a-z, 0-9 and -, not - at either end")
        check_project(project)
        self._projects.add(project)
        return project

    def change(self, project: Project, *, labels: tuple[str, ...] | None = None, **changes: object) -> Project:
        """Change fields of a project; a label that leaves the label set keeps its annotations, unused.

        What follows from it is queued: another encoder or head trains, another strategy ranks.

        Raises: InvalidInput, UnknownEncoder, UnknownHead, UnknownStrategy.
        """
        if labels is not None:
            if project.label_studio is not None:
                raise InvalidInput("labels: this label set follows Label Studio's label config: change it there")
            _check_unique(labels)
            changes["labels"] = merge_labels(project.labels, labels)
        changed = replace(project, **changes)  # type: ignore[arg-type]  # fields are checked by the request's schema
        check_project(changed)
        self._projects.update(changed)
        for kind in jobs_after_change(project, changed):
            enqueue_when_possible(self._queue, JobRequest(kind=kind, project_id=project.id))
        return changed

    def delete(self, project: Project) -> None:
        """Delete a project with its annotations, versions and rankings; shared uploads and embeddings stay."""
        self._projects.delete(project.id)
        self._artifacts.delete_under(versions_prefix(project.id))


def _new_labels(names: tuple[str, ...]) -> tuple[Label, ...]:
    """A label set from names. Raises: InvalidInput: empty, or one twice."""
    _check_unique(names)
    return tuple(Label(name=name) for name in names)


def _check_unique(labels: tuple[str, ...]) -> None:
    if not labels:
        raise InvalidInput("labels: a label set needs at least one label")
    if any(not label.strip() for label in labels):
        raise InvalidInput("labels: a label is empty")
    if len(set(labels)) < len(labels):
        raise InvalidInput(f"labels: one came twice: {', '.join(labels)}")
