"""In-memory double of Label Studio, with its rules for model versions, predictions and ML backends."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from service.domain.errors import LabelStudioError
from service.domain.label_studio import (
    LabelStudioAnnotation,
    LabelStudioBackend,
    LabelStudioProject,
    LabelStudioTask,
    LabelStudioWebhook,
    TaskPrediction,
)


@dataclass
class _Kept:
    """One project with everything that belongs to it."""

    project: LabelStudioProject
    tasks: dict[int, LabelStudioTask] = field(default_factory=dict)
    predictions: list[TaskPrediction] = field(default_factory=list)
    backends: dict[int, LabelStudioBackend] = field(default_factory=dict)
    webhooks: dict[int, LabelStudioWebhook] = field(default_factory=dict)


class InMemoryLabelStudio:
    """Implements the port LabelStudio; tests use the other methods to prepare and inspect it."""

    def __init__(self) -> None:
        self._projects: dict[int, _Kept] = {}

    def project(self, project_id: int) -> LabelStudioProject:
        return self._kept(project_id).project

    def tasks(self, project_id: int) -> Iterator[LabelStudioTask]:
        tasks = self._kept(project_id).tasks
        yield from [tasks[task_id] for task_id in sorted(tasks)]

    def import_predictions(self, project_id: int, predictions: Sequence[TaskPrediction]) -> int:
        kept = self._kept(project_id)
        stored = [each for each in predictions if each.task_id in kept.tasks]
        kept.predictions += stored
        return len(stored)

    def prediction_versions(self, project_id: int) -> dict[str, int]:
        return dict(Counter(each.model_version for each in self._kept(project_id).predictions))

    def delete_predictions(self, project_id: int, model_version: str) -> None:
        kept = self._kept(project_id)
        kept.predictions = [each for each in kept.predictions if each.model_version != model_version]
        if kept.project.model_version in {model_version, *(backend.title for backend in kept.backends.values())}:
            kept.project = replace(kept.project, model_version=None)

    def backends(self, project_id: int) -> list[LabelStudioBackend]:
        return list(self._kept(project_id).backends.values())

    def rename_backend(self, project_id: int, backend: LabelStudioBackend, title: str) -> None:
        kept = self._kept(project_id)
        former = kept.backends[backend.id].title
        kept.backends[backend.id] = replace(kept.backends[backend.id], title=title)
        if kept.project.model_version == former:
            kept.project = replace(kept.project, model_version=title)

    def pin_model_version(self, project_id: int, model_version: str) -> None:
        kept = self._kept(project_id)
        titles = {backend.title for backend in kept.backends.values()}
        if model_version not in titles | set(self.prediction_versions(project_id)):
            raise LabelStudioError("Label Studio answered 400: Model version doesn't exist")
        kept.project = replace(kept.project, model_version=model_version)

    def set_sampling(self, project_id: int, sampling: str) -> None:
        kept = self._kept(project_id)
        kept.project = replace(kept.project, sampling=sampling)

    def webhooks(self, project_id: int) -> list[LabelStudioWebhook]:
        return list(self._kept(project_id).webhooks.values())

    def save_webhook(self, project_id: int, webhook: LabelStudioWebhook) -> None:
        webhook_id = webhook.id or self._next_webhook_id()
        self._kept(project_id).webhooks[webhook_id] = replace(webhook, id=webhook_id)

    def delete_webhook(self, webhook_id: int) -> None:
        for kept in self._projects.values():
            if kept.webhooks.pop(webhook_id, None) is not None:
                return
        raise LabelStudioError(f"Label Studio answered 404: no webhook {webhook_id}")

    def add_project(self, project: LabelStudioProject) -> None:
        """Add a project, or replace its description and keep everything that belongs to it."""
        if project.id in self._projects:
            self._projects[project.id].project = project
        else:
            self._projects[project.id] = _Kept(project=project)

    def add_task(self, project_id: int, task: LabelStudioTask) -> None:
        """Add a task, replacing one with the same id."""
        self._kept(project_id).tasks[task.id] = task

    def annotate(self, project_id: int, annotation: LabelStudioAnnotation) -> None:
        """Add an annotation to its task, replacing one with the same id."""
        tasks = self._kept(project_id).tasks
        task = tasks[annotation.task_id]
        others = [each for each in task.annotations if each.id != annotation.id]
        tasks[task.id] = replace(task, annotations=[*others, annotation])

    def delete_task(self, project_id: int, task_id: int) -> None:
        """Delete a task with its annotations and predictions."""
        kept = self._kept(project_id)
        del kept.tasks[task_id]
        kept.predictions = [each for each in kept.predictions if each.task_id != task_id]

    def connect(self, project_id: int, backend: LabelStudioBackend) -> None:
        """Add an ML backend as Label Studio does: with a webhook, and as the project's model version."""
        kept = self._kept(project_id)
        kept.backends[backend.id] = backend
        kept.project = replace(kept.project, model_version=backend.title)
        self.save_webhook(
            project_id,
            LabelStudioWebhook(
                id=0,
                url=f"{backend.url.rstrip('/')}/webhook",
                headers={},
                send_payload=True,
                send_for_all_actions=True,
                is_active=True,
            ),
        )

    def predictions(self, project_id: int) -> list[TaskPrediction]:
        """List all stored predictions, oldest first."""
        return list(self._kept(project_id).predictions)

    def next_task(self, project_id: int) -> int | None:
        """Return the next task without annotation: lowest score of the project's model version, or in order of id."""
        kept = self._kept(project_id)
        waiting = [task_id for task_id, task in sorted(kept.tasks.items()) if not task.annotations]
        if kept.project.sampling == "Uncertainty sampling":
            scores = {p.task_id: p.score for p in kept.predictions if p.model_version == kept.project.model_version}
            waiting.sort(key=lambda task_id: scores.get(task_id, -1.0))
        return waiting[0] if waiting else None

    def _kept(self, project_id: int) -> _Kept:
        if project_id not in self._projects:
            raise LabelStudioError(f"Label Studio answered 404: no project {project_id}")
        return self._projects[project_id]

    def _next_webhook_id(self) -> int:
        return max((hook_id for kept in self._projects.values() for hook_id in kept.webhooks), default=0) + 1
