"""Contract of all LabelStudio adapters; the end-to-end tests run the same suite against a real Label Studio."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.domain.errors import LabelStudioError
from service.domain.label_studio import (
    LabelStudioAnnotation,
    LabelStudioBackend,
    LabelStudioProject,
    LabelStudioTask,
    TaskPrediction,
)
from service.ports import LabelStudio
from tests.doubles.label_studio import InMemoryLabelStudio

LABEL_CONFIG = (
    '<View><Image name="image" value="$image"/><Choices name="cls" toName="image"><Choice value="A"/></Choices></View>'
)
RESULT = ({"from_name": "cls", "to_name": "image", "type": "choices", "value": {"choices": ["A"]}},)


class LabelStudioContract:
    """Subclasses provide `label_studio` and `project_id`.

    The project has LABEL_CONFIG, three tasks (the first with an annotation, the second with a skipped one), and one
    connected ML backend titled "Margin" at an address that answers.
    """

    def tasks_of(self, label_studio: LabelStudio, project_id: int) -> list[int]:
        return [task.id for task in label_studio.tasks(project_id)]

    def predict(self, label_studio: LabelStudio, project_id: int, version: str) -> int:
        predictions = [
            TaskPrediction(task_id=task_id, result=RESULT, score=0.5, model_version=version)
            for task_id in self.tasks_of(label_studio, project_id)
        ]
        return label_studio.import_predictions(project_id, predictions)

    def test_an_unknown_project_is_an_error(self, label_studio: LabelStudio) -> None:
        with pytest.raises(LabelStudioError):
            label_studio.project(999_999)

    def test_a_project_describes_itself(self, label_studio: LabelStudio, project_id: int) -> None:
        project = label_studio.project(project_id)

        assert project.id == project_id
        assert project.label_config == LABEL_CONFIG
        assert project.model_version == "Margin"
        assert project.created_at.tzinfo is not None

    def test_tasks_come_by_id_with_skipped_annotations_too(self, label_studio: LabelStudio, project_id: int) -> None:
        tasks = list(label_studio.tasks(project_id))

        assert [task.id for task in tasks] == sorted(task.id for task in tasks)
        assert [[each.was_cancelled for each in task.annotations] for task in tasks] == [[False], [True], []]
        assert tasks[0].annotations[0].task_id == tasks[0].id

    def test_predictions_are_counted_by_version_until_deleted(self, label_studio: LabelStudio, project_id: int) -> None:
        stored = [self.predict(label_studio, project_id, version) for version in ("v1", "v2")]
        both = label_studio.prediction_versions(project_id)
        label_studio.delete_predictions(project_id, "v1")

        assert stored == [3, 3]
        assert both == {"v1": 3, "v2": 3}
        assert label_studio.prediction_versions(project_id) == {"v2": 3}

    def test_deleting_predictions_of_any_version_ends_following_a_backend(
        self, label_studio: LabelStudio, project_id: int
    ) -> None:
        self.predict(label_studio, project_id, "v1")

        label_studio.delete_predictions(project_id, "v1")

        assert label_studio.project(project_id).model_version is None

    def test_a_prediction_of_a_missing_task_is_left_out(self, label_studio: LabelStudio, project_id: int) -> None:
        (first, *_) = self.tasks_of(label_studio, project_id)
        predictions = [
            TaskPrediction(task_id=task_id, result=RESULT, score=0.5, model_version="v1")
            for task_id in (first, 999_999)
        ]

        assert label_studio.import_predictions(project_id, predictions) == 1

    def test_the_project_follows_a_renamed_backend(self, label_studio: LabelStudio, project_id: int) -> None:
        (backend,) = label_studio.backends(project_id)

        label_studio.rename_backend(project_id, backend, "v7")

        assert label_studio.backends(project_id)[0].title == "v7"
        assert label_studio.project(project_id).model_version == "v7"

    def test_a_version_is_pinned_once_it_has_predictions(self, label_studio: LabelStudio, project_id: int) -> None:
        with pytest.raises(LabelStudioError):
            label_studio.pin_model_version(project_id, "v1")
        self.predict(label_studio, project_id, "v1")

        label_studio.pin_model_version(project_id, "v1")

        assert label_studio.project(project_id).model_version == "v1"

    def test_sampling_is_set(self, label_studio: LabelStudio, project_id: int) -> None:
        label_studio.set_sampling(project_id, "Uncertainty sampling")

        assert label_studio.project(project_id).sampling == "Uncertainty sampling"

    def test_webhooks_are_made_changed_and_deleted(self, label_studio: LabelStudio, project_id: int) -> None:
        (made_by_connecting,) = label_studio.webhooks(project_id)
        signed = replace(made_by_connecting, headers={"Authorization": "Basic abc"}, is_active=False)

        label_studio.save_webhook(project_id, signed)
        label_studio.save_webhook(project_id, replace(made_by_connecting, id=0))
        changed, added = sorted(label_studio.webhooks(project_id), key=lambda hook: hook.id)
        label_studio.delete_webhook(added.id)

        assert changed == signed
        assert replace(added, id=made_by_connecting.id) == made_by_connecting
        assert label_studio.webhooks(project_id) == [signed]

    def test_a_missing_webhook_cannot_be_deleted(self, label_studio: LabelStudio) -> None:
        with pytest.raises(LabelStudioError):
            label_studio.delete_webhook(999_999)


class TestInMemoryLabelStudio(LabelStudioContract):
    @pytest.fixture
    def project_id(self) -> int:
        return 1

    @pytest.fixture
    def label_studio(self, project_id: int) -> InMemoryLabelStudio:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        made = InMemoryLabelStudio()
        made.add_project(
            LabelStudioProject(
                id=project_id,
                title="contract",
                label_config=LABEL_CONFIG,
                sampling="Sequential sampling",
                model_version=None,
                created_at=now,
            )
        )
        for task_id in (3, 1, 2):
            made.add_task(project_id, LabelStudioTask(id=task_id, data={"image": "a.jpg"}, annotations=()))
        for task_id, cancelled in ((1, False), (2, True)):
            made.annotate(
                project_id,
                LabelStudioAnnotation(
                    id=task_id, task_id=task_id, result=RESULT, was_cancelled=cancelled, annotator="1", updated_at=now
                ),
            )
        made.connect(
            project_id,
            LabelStudioBackend(id=1, url="http://margin:9090", title="Margin", model_version=None, state="CO"),
        )
        return made
