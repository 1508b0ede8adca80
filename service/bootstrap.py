"""Builds the application: the one place where concrete adapters are chosen."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import SecretStr

from ml.encoder import Encoder
from ml.encoders.table import load_encoder
from ml.heads.table import default_head
from ml.image import ImageLimits
from service.adapters.address_policy import AddressPolicy
from service.adapters.database_address import database_url
from service.adapters.http_image_fetcher import HttpImageFetcher
from service.adapters.label_studio_access import LabelStudioAccesses
from service.adapters.obstore_artifacts import open_artifacts
from service.adapters.redis_address import redis_url
from service.adapters.redis_connection import connect_redis
from service.adapters.rq_job_queue import RqJobQueue
from service.adapters.sql.annotation_store import SqlAnnotationStore
from service.adapters.sql.database import open_database
from service.adapters.sql.image_store import SqlImageStore
from service.adapters.sql.project_store import SqlProjectStore
from service.adapters.sql.ranking_store import SqlRankingStore
from service.adapters.sql.version_store import SqlVersionStore
from service.domain.project import LabelStudioLink, RetrainingRule
from service.ports import (
    AnnotationStore,
    ArtifactStore,
    Clock,
    EmbeddingCache,
    ImageFetcher,
    ImageStore,
    JobQueue,
    LabelStudio,
    ProjectStore,
    RankingStore,
    VersionStore,
)
from service.settings import Settings
from service.usecases.adding_images import AddingImages
from service.usecases.annotating import Annotating
from service.usecases.embed_images import EmbedImages
from service.usecases.embedder import Embedder
from service.usecases.image_reader import ImageReader
from service.usecases.label_studio_annotations import LabelStudioAnnotations
from service.usecases.label_studio_projects import LabelStudioProjects
from service.usecases.loaded_encoders import LoadedEncoders
from service.usecases.managing_projects import ManagingProjects
from service.usecases.predict_tasks import PredictTasks
from service.usecases.predictor import Predictor
from service.usecases.promotion import Promotion
from service.usecases.push_predictions import PushPredictions
from service.usecases.rank_pool import RankPool
from service.usecases.receive_event import ReceiveEvent
from service.usecases.reconcile import Reconcile
from service.usecases.retraining import Retraining
from service.usecases.served_versions import ServedVersions
from service.usecases.train_version import TrainVersion


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """One adapter for each port; tests put doubles here."""

    projects: ProjectStore
    images: ImageStore
    annotations: AnnotationStore
    versions: VersionStore
    rankings: RankingStore
    artifacts: ArtifactStore
    cache: EmbeddingCache
    queue: JobQueue
    fetcher: ImageFetcher
    connect: Callable[[LabelStudioLink], LabelStudio]
    load_encoder: Callable[[str], Encoder]
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class Application:
    """Everything that routes, jobs and commands call."""

    settings: Settings
    adapters: Adapters
    embedder: Embedder
    predictor: Predictor
    managing_projects: ManagingProjects
    adding_images: AddingImages
    annotating: Annotating
    promotion: Promotion
    retraining: Retraining
    label_studio_projects: LabelStudioProjects
    receive_event: ReceiveEvent
    predict_tasks: PredictTasks
    embed_images: EmbedImages
    train_version: TrainVersion
    rank_pool: RankPool
    push_predictions: PushPredictions
    reconcile: Reconcile

    def close(self) -> None:
        """Write what is not yet in the embedding cache."""
        self.embedder.close()


def build_application(settings: Settings) -> Application:
    """The application on its real adapters. Nothing is loaded or connected before it is needed."""
    return assemble(settings, build_adapters(settings))


def build_adapters(settings: Settings) -> Adapters:
    """The real adapters that the settings choose. Nothing is connected before it is used."""
    # Heavy, and not needed by whoever only assembles use cases: the embedding cache alone takes half a second.
    from service.adapters.lance_embedding_cache import LanceEmbeddingCache  # noqa: PLC0415

    database = open_database(database_url(settings))
    projects = SqlProjectStore(database)
    accesses = label_studio_accesses(settings, projects)
    return Adapters(
        projects=projects,
        images=SqlImageStore(database, utc_now),
        annotations=SqlAnnotationStore(database, utc_now),
        versions=SqlVersionStore(database),
        rankings=SqlRankingStore(database),
        artifacts=open_artifacts(settings.artifacts_url or str(settings.data / "artifacts")),
        cache=LanceEmbeddingCache(settings.embeddings_url or settings.data / "embeddings"),
        queue=RqJobQueue(connect_redis(redis_url(settings))),
        fetcher=HttpImageFetcher(
            label_studio=accesses.of_project,
            policy=AddressPolicy(settings.allowed_networks),
            limits=image_limits(settings),
        ),
        connect=accesses.connect,
        load_encoder=lambda name: load_encoder(name, device=settings.device, threads=settings.encoder_threads),
        clock=utc_now,
    )


def assemble(settings: Settings, adapters: Adapters) -> Application:
    """The use cases on any adapters."""
    limits = image_limits(settings)
    a = adapters
    encoders = LoadedEncoders(a.load_encoder, a.artifacts)
    served_versions = ServedVersions(a.artifacts)
    reader = ImageReader(artifacts=a.artifacts, fetcher=a.fetcher, timeout_seconds=settings.fetch_timeout_seconds)
    embedder = Embedder(encoders=encoders, cache=a.cache, limits=limits, max_waiting=settings.max_waiting_images)
    predictor = Predictor(embedder=embedder, served_versions=served_versions)
    retraining = Retraining(projects=a.projects, annotations=a.annotations, queue=a.queue, clock=a.clock)
    label_studio_projects = LabelStudioProjects(
        projects=a.projects,
        clock=a.clock,
        encoder=settings.encoder,
        head_of=lambda multi_label: default_head(multi_label=True) if multi_label else settings.head,
        strategy=settings.strategy,
        retraining=retraining_rule(settings),
    )
    label_studio_annotations = LabelStudioAnnotations(images=a.images, annotations=a.annotations)
    embed_images = EmbedImages(
        projects=a.projects, images=a.images, cache=a.cache, encoders=encoders, reader=reader, limits=limits
    )
    return Application(
        settings=settings,
        adapters=adapters,
        embedder=embedder,
        predictor=predictor,
        managing_projects=ManagingProjects(projects=a.projects, artifacts=a.artifacts),
        adding_images=AddingImages(images=a.images, artifacts=a.artifacts, queue=a.queue, limits=limits),
        annotating=Annotating(images=a.images, annotations=a.annotations, clock=a.clock),
        promotion=Promotion(projects=a.projects, versions=a.versions, served_versions=served_versions, queue=a.queue),
        retraining=retraining,
        label_studio_projects=label_studio_projects,
        receive_event=ReceiveEvent(
            label_studio_projects=label_studio_projects,
            label_studio_annotations=label_studio_annotations,
            images=a.images,
            annotations=a.annotations,
            retraining=retraining,
            queue=a.queue,
        ),
        predict_tasks=PredictTasks(
            images=a.images,
            label_studio_annotations=label_studio_annotations,
            predictor=predictor,
            embedder=embedder,
            reader=reader,
            queue=a.queue,
            deadline_seconds=settings.label_studio_predict_seconds,
            order=settings.label_studio_order,
        ),
        embed_images=embed_images,
        train_version=TrainVersion(
            projects=a.projects,
            images=a.images,
            annotations=a.annotations,
            versions=a.versions,
            artifacts=a.artifacts,
            cache=a.cache,
            encoders=encoders,
            embed_images=embed_images,
            served_versions=served_versions,
            queue=a.queue,
            clock=a.clock,
        ),
        rank_pool=RankPool(
            projects=a.projects,
            images=a.images,
            rankings=a.rankings,
            cache=a.cache,
            embed_images=embed_images,
            served_versions=served_versions,
            queue=a.queue,
            clock=a.clock,
        ),
        push_predictions=PushPredictions(
            projects=a.projects,
            images=a.images,
            rankings=a.rankings,
            cache=a.cache,
            served_versions=served_versions,
            connect=a.connect,
            order=settings.label_studio_order,
            keep_old=settings.label_studio_keep_old_predictions,
        ),
        reconcile=Reconcile(
            projects=a.projects,
            images=a.images,
            annotations=a.annotations,
            label_studio_annotations=label_studio_annotations,
            retraining=retraining,
            connect=a.connect,
            queue=a.queue,
            basic_auth_header=basic_auth_header(settings),
            order=settings.label_studio_order,
        ),
    )


def label_studio_accesses(settings: Settings, projects: ProjectStore) -> LabelStudioAccesses:
    """How to reach the Label Studio of each project."""
    return LabelStudioAccesses(
        url=settings.label_studio_url,
        api_key=secret(settings.label_studio_api_key),
        backend_login=backend_login(settings),
        find_project=projects.get,
    )


def retraining_rule(settings: Settings) -> RetrainingRule:
    """The retraining rule of new projects."""
    return RetrainingRule(
        after_annotations=settings.retrain_after_annotations, after_seconds=settings.retrain_after_seconds
    )


def image_limits(settings: Settings) -> ImageLimits:
    """What one image may cost."""
    return ImageLimits(max_bytes=settings.max_image_bytes, max_pixels=settings.max_image_pixels)


def backend_login(settings: Settings) -> tuple[str, str] | None:
    """The user name and password that our own routes ask for."""
    password = secret(settings.basic_auth_pass)
    return None if settings.basic_auth_user is None or password is None else (settings.basic_auth_user, password)


def basic_auth_header(settings: Settings) -> str | None:
    """What Label Studio's webhook must send when our side asks for a user name and password."""
    login = backend_login(settings)
    return None if login is None else "Basic " + base64.b64encode(":".join(login).encode()).decode()


def secret(value: SecretStr | None) -> str | None:
    """A secret setting in the clear, None when it is empty."""
    return value.get_secret_value() if value is not None and value.get_secret_value() else None


def utc_now() -> datetime:
    """The clock of everything that is not a test."""
    return datetime.now(UTC)
