"""Builds the use cases that create, change and delete projects."""

from dataclasses import dataclass

from service.bootstrap.adapters import Adapters
from service.bootstrap.groups.serving import ServingUseCases
from service.domain.projects.project import RetrainingRule
from service.domain.projects.project_defaults import ProjectDefaults
from service.ports import ProjectStore
from service.settings import Settings
from service.usecases.projects.change_projects import ChangeProjects


@dataclass(frozen=True, kw_only=True)
class ProjectUseCases:
    """Use cases that create, change and delete projects, and the store for lookups."""

    store: ProjectStore
    defaults: ProjectDefaults
    change_projects: ChangeProjects


def build_projects(settings: Settings, a: Adapters, serving: ServingUseCases) -> ProjectUseCases:
    """Build the use cases.

    Args: serving: knows the fine-tuned encoders that a project may name.
    """
    defaults = project_defaults(settings)
    return ProjectUseCases(
        store=a.projects,
        defaults=defaults,
        change_projects=ChangeProjects(
            projects=a.projects,
            artifacts=a.artifacts,
            finetuned_encoders=serving.finetuned_encoders,
            queue=a.queue,
            defaults=defaults,
            clock=a.clock,
        ),
    )


def project_defaults(settings: Settings) -> ProjectDefaults:
    """Return the values of new projects for fields that a request leaves out."""
    return ProjectDefaults(
        encoder=settings.encoder,
        strategy=settings.strategy,
        coverage=settings.coverage,
        abstain_below=settings.abstain_below,
        retraining=RetrainingRule(
            after_annotations=settings.retrain_after_annotations, after_seconds=settings.retrain_after_seconds
        ),
        single_label_head=settings.head,
    )
