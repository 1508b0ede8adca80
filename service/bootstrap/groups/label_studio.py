"""Builds the use cases that call Label Studio or that Label Studio calls."""

from dataclasses import dataclass

from service.bootstrap.adapters import Adapters
from service.bootstrap.from_settings import basic_auth_header
from service.bootstrap.groups.projects import ProjectUseCases
from service.bootstrap.groups.serving import ServingUseCases
from service.bootstrap.groups.training import TrainingUseCases
from service.settings import Settings
from service.usecases.label_studio.mirror_project import LabelStudioProjects
from service.usecases.label_studio.predict_tasks import PredictTasks
from service.usecases.label_studio.push_predictions import PushPredictions
from service.usecases.label_studio.receive_event import ReceiveEvent
from service.usecases.label_studio.reconcile import Reconcile
from service.usecases.label_studio.resume_failed import ResumeFailed
from service.usecases.label_studio.store_annotations import LabelStudioAnnotations


@dataclass(frozen=True, kw_only=True)
class LabelStudioUseCases:
    """Use cases that mirror Label Studio's projects, receive its events, answer and push predictions, and reconcile."""

    label_studio_projects: LabelStudioProjects
    receive_event: ReceiveEvent
    predict_tasks: PredictTasks
    push_predictions: PushPredictions
    reconcile: Reconcile
    resume_failed: ResumeFailed


def build_label_studio(
    settings: Settings, a: Adapters, projects: ProjectUseCases, serving: ServingUseCases, training: TrainingUseCases
) -> LabelStudioUseCases:
    """Build the use cases.

    Args:
        serving: predicts for tasks.
        training: queues trainings after new annotations.
    """
    label_studio_projects = LabelStudioProjects(
        projects=a.projects, queue=a.queue, clock=a.clock, defaults=projects.defaults
    )
    annotations = LabelStudioAnnotations(images=a.images, annotations=a.annotations)
    return LabelStudioUseCases(
        label_studio_projects=label_studio_projects,
        receive_event=ReceiveEvent(
            label_studio_projects=label_studio_projects,
            label_studio_annotations=annotations,
            images=a.images,
            annotations=a.annotations,
            retraining=training.retraining,
            queue=a.queue,
        ),
        predict_tasks=PredictTasks(
            images=a.images,
            label_studio_annotations=annotations,
            served_versions=serving.served_versions,
            embedder=serving.embedder,
            reader=serving.image_reader,
            rankings=a.rankings,
            queue=a.queue,
            deadline_seconds=settings.label_studio_predict_seconds,
            order=settings.label_studio_order,
        ),
        push_predictions=PushPredictions(
            projects=a.projects,
            images=a.images,
            rankings=a.rankings,
            cache=a.cache,
            served_versions=serving.served_versions,
            connect=a.connect,
            order=settings.label_studio_order,
            keep_old=settings.label_studio_keep_old_predictions,
        ),
        reconcile=Reconcile(
            projects=a.projects,
            images=a.images,
            annotations=a.annotations,
            label_studio_annotations=annotations,
            retraining=training.retraining,
            connect=a.connect,
            queue=a.queue,
            basic_auth_header=basic_auth_header(settings),
            order=settings.label_studio_order,
        ),
        resume_failed=ResumeFailed(projects=a.projects, queue=a.queue, clock=a.clock),
    )
