"""Builds the application on any adapters: groups of use cases, one file of `groups` per group."""

from dataclasses import dataclass

from service.bootstrap.adapters import Adapters
from service.bootstrap.groups.audit import AuditUseCases, build_audit
from service.bootstrap.groups.comparison import ComparisonUseCases, build_comparison
from service.bootstrap.groups.images import ImageUseCases, build_images
from service.bootstrap.groups.label_studio import LabelStudioUseCases, build_label_studio
from service.bootstrap.groups.projects import ProjectUseCases, build_projects
from service.bootstrap.groups.ranking import RankingUseCases, build_ranking
from service.bootstrap.groups.serving import ServingUseCases, build_serving
from service.bootstrap.groups.training import TrainingUseCases, build_training
from service.ports import JobQueue
from service.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Application:
    """Use cases by capability, as routes and jobs call them; `job_registry` names the use case of a job."""

    settings: Settings
    queue: JobQueue
    serving: ServingUseCases
    images: ImageUseCases
    projects: ProjectUseCases
    training: TrainingUseCases
    ranking: RankingUseCases
    label_studio: LabelStudioUseCases
    comparison: ComparisonUseCases
    audit: AuditUseCases

    def close(self) -> None:
        """Write the rest of the new embeddings to the cache."""
        self.serving.embedder.close()


def assemble(settings: Settings, adapters: Adapters) -> Application:
    """Build the application on any adapters."""
    serving = build_serving(settings, adapters)
    images = build_images(adapters, serving)
    projects = build_projects(settings, adapters, serving)
    audit = build_audit(adapters, serving, images)
    training = build_training(settings, adapters, serving, images, audit)
    return Application(
        settings=settings,
        queue=adapters.queue,
        serving=serving,
        images=images,
        projects=projects,
        training=training,
        ranking=build_ranking(adapters, serving, images, audit),
        label_studio=build_label_studio(settings, adapters, projects, serving, training),
        comparison=build_comparison(adapters, serving, images),
        audit=audit,
    )
