"""Builds what creates, changes and deletes projects."""

from dataclasses import dataclass

from service.bootstrap.adapters import Adapters
from service.bootstrap.from_settings import project_defaults
from service.bootstrap.serving import ServingUseCases
from service.domain.project_defaults import ProjectDefaults
from service.ports import ProjectStore
from service.settings import Settings
from service.usecases.change_projects import ChangeProjects


@dataclass(frozen=True, kw_only=True)
class ProjectUseCases:
    """Create, change and delete projects; the store is for whoever looks them up."""

    store: ProjectStore
    defaults: ProjectDefaults
    change_projects: ChangeProjects


def build_projects(settings: Settings, a: Adapters, serving: ServingUseCases) -> ProjectUseCases:
    """Args: serving: knows the fine-tuned encoders that a project may name."""
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
