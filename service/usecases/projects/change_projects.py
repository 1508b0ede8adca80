"""Creates, changes and deletes projects; the use case behind the project routes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ml.encoders.class_texts import prompts_of
from ml.labels.hierarchy import parents_of_mapping
from service.domain.artifact_keys import project_prefixes
from service.domain.errors import InvalidInput
from service.domain.projects.jobs_after_change import jobs_after_change, jobs_of_new
from service.domain.projects.project import Label, Project, describe_by_prompts, merge_labels, put_under_parents
from service.domain.projects.project_defaults import ProjectDefaults
from service.domain.projects.wanted_project import WantedProject
from service.label_studio.link import mirrored_project
from service.ports import ArtifactStore, Clock, JobQueue, ProjectStore
from service.usecases.jobs.enqueue_when_possible import enqueue_all_when_possible
from service.usecases.projects.project_check import check_project
from service.usecases.serving.finetuned_encoders import FinetunedEncoders

PROJECT_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")


class ChangeProjects:
    """Creates, changes and deletes projects, and checks their fields before they are stored."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        artifacts: ArtifactStore,
        finetuned_encoders: FinetunedEncoders,
        queue: JobQueue,
        defaults: ProjectDefaults,
        clock: Clock,
    ) -> None:
        self._projects = projects
        self._artifacts = artifacts
        self._finetuned_encoders = finetuned_encoders
        self._queue = queue
        self._defaults = defaults
        self._clock = clock

    def create(self, wanted: WantedProject) -> Project:
        """Create a project, completed from the defaults.

        Raises: AlreadyExists, InvalidInput, InvalidHierarchy, InvalidPrompts, UnknownEncoder, UnknownHead,
            UnknownStrategy.
        """
        labels = _described(_new_labels(wanted.labels), wanted.parents, wanted.prompts)
        project = self._defaults.complete(wanted, labels=labels, created_at=self._clock())
        if not PROJECT_ID.fullmatch(project.id):
            raise InvalidInput(f"project id {project.id!r}: use 1 to 64 of a-z, 0-9 and -, without - at either end")
        check_project(project)
        self._finetuned_encoders.check(project.encoder)
        self._projects.add(project)
        enqueue_all_when_possible(self._queue, project.id, jobs_of_new(project))
        return project

    def change(
        self,
        project: Project,
        *,
        labels: tuple[str, ...] | None = None,
        parents: Mapping[str, Sequence[str]] | None = None,
        prompts: Mapping[str, Sequence[str]] | None = None,
        **changes: object,
    ) -> Project:
        """Change fields of a project; annotations of a removed label are kept, but not used.

        The jobs that the change makes necessary are queued, see `jobs_after_change`.

        Args: parents: labels by parent, replaces the hierarchy; prompts: texts by label, replaces all prompts.
        Raises: InvalidInput, InvalidHierarchy, InvalidPrompts, UnknownEncoder, UnknownHead, UnknownStrategy.
        """
        _refuse_what_label_studio_owns(project, labels=labels, parents=parents)
        merged = project.labels
        if labels is not None:
            _check_unique(labels)
            merged = merge_labels(project.labels, labels)
        changes["labels"] = _described(merged, parents, prompts)
        changed = replace(project, **changes)  # type: ignore[arg-type]  # fields are checked by the request's schema
        check_project(changed)
        self._finetuned_encoders.check(changed.encoder)
        self._projects.update(changed)
        enqueue_all_when_possible(self._queue, project.id, jobs_after_change(project, changed))
        return changed

    def delete(self, project: Project) -> None:
        """Delete a project with its annotations, versions and rankings; shared uploads and embeddings stay."""
        self._projects.delete(project.id)
        for prefix in project_prefixes(project.id):
            self._artifacts.delete_under(prefix)


def _refuse_what_label_studio_owns(
    project: Project, *, labels: tuple[str, ...] | None, parents: Mapping[str, Sequence[str]] | None
) -> None:
    if project.label_studio is None:
        return
    if labels is not None:
        raise InvalidInput("labels: this label set follows Label Studio's label config: change it there")
    if parents is not None and mirrored_project(project).control.paths:
        raise InvalidInput("parents: this hierarchy follows Label Studio's taxonomy: change it there")


def _described(
    labels: tuple[Label, ...],
    parents: Mapping[str, Sequence[str]] | None,
    prompts: Mapping[str, Sequence[str]] | None,
) -> tuple[Label, ...]:
    """Give the labels these parents and these prompts; None keeps those they have.

    Raises: InvalidHierarchy, InvalidPrompts.
    """
    names = tuple(label.name for label in labels if label.active)
    if parents is not None:
        of_each = parents_of_mapping(parents, names) if parents else names
        labels = put_under_parents(labels, dict(zip(names, of_each, strict=True)))
    if prompts is not None:
        prompts_of(names, own_prompts=prompts)
        labels = describe_by_prompts(labels, {label: tuple(texts) for label, texts in prompts.items()})
    return labels


def _new_labels(names: tuple[str, ...]) -> tuple[Label, ...]:
    """Make a label set from names. Raises: InvalidInput: none is given, or one twice."""
    _check_unique(names)
    return tuple(Label(name=name) for name in names)


def _check_unique(labels: tuple[str, ...]) -> None:
    if not labels:
        raise InvalidInput("labels: a label set needs at least one label")
    if any(not label.strip() for label in labels):
        raise InvalidInput("labels: a label is empty")
    if len(set(labels)) < len(labels):
        raise InvalidInput(f"labels: each label may occur only once: {', '.join(labels)}")
