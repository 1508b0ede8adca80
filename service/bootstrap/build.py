"""Builds the application on the adapters that the settings choose: the only place where concrete ones are named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from ml.encoders.base import Encoder
from ml.encoders.family import FilesOf
from ml.encoders.registry import load_encoder, load_network, no_files
from service.adapters.images.address_policy import AddressPolicy
from service.adapters.images.http_image_fetcher import HttpImageFetcher
from service.adapters.label_studio.label_studio_access import LabelStudioAccesses
from service.adapters.mlflow_tracker import MlflowTracker
from service.adapters.obstore_artifacts import open_artifacts
from service.adapters.redis.rq_job_queue import RqJobQueue
from service.adapters.sql.database import open_database
from service.adapters.sql.stores import SqlStores
from service.bootstrap.adapters import Adapters
from service.bootstrap.application import Application, assemble
from service.bootstrap.from_settings import backend_login, image_limits, secret
from service.bootstrap.job_registry import JOBS
from service.bootstrap.queue import open_redis
from service.locations import artifacts_url, database_url, embeddings_url
from service.ports import Clock, ProjectStore
from service.settings import Settings
from service.usecases.serving.finetuned_encoders import FinetunedEncoders

# The clock of everything that is not a test.
utc_now: Clock = partial(datetime.now, UTC)


def build_adapters(settings: Settings) -> Adapters:
    """Build the real adapters that the settings choose. Each one connects at its first use."""
    # Slow to import, and not needed to assemble use cases only: the embedding cache alone takes half a second.
    from service.adapters.lance_embedding_cache import LanceEmbeddingCache  # noqa: PLC0415

    stores = SqlStores(open_database(database_url(settings)), utc_now)
    accesses = label_studio_accesses(settings, stores.projects)
    artifacts = open_artifacts(artifacts_url(settings))
    return Adapters(
        projects=stores.projects,
        images=stores.images,
        annotations=stores.annotations,
        versions=stores.versions,
        rankings=stores.rankings,
        leases=stores.leases,
        artifacts=artifacts,
        cache=LanceEmbeddingCache(embeddings_url(settings)),
        queue=RqJobQueue(open_redis(settings), JOBS),
        fetcher=HttpImageFetcher(
            label_studio=accesses.of_project,
            policy=AddressPolicy(settings.allowed_networks),
            limits=image_limits(settings),
        ),
        connect=accesses.connect,
        load_encoder=encoder_loader(settings, FinetunedEncoders(artifacts).files),
        load_network=load_network,
        tracker=None if settings.mlflow_url is None else MlflowTracker(settings.mlflow_url),
        clock=utc_now,
    )


def encoder_loader(settings: Settings, files_of: FilesOf = no_files) -> Callable[[str], Encoder]:
    """Return a function that loads encoders by name as the settings say.

    Args: files_of: finds the files of fine-tuned encoders.
    """
    return lambda name: load_encoder(
        name,
        device=settings.device,
        threads=settings.encoder_threads,
        precision=settings.encoder_precision,
        files_of=files_of,
    )


@contextmanager
def opened_projects(settings: Settings) -> Iterator[ProjectStore]:
    """Open the project store alone, for a command that looks something up.

    Raises: StorageUnavailable.
    """
    database = open_database(database_url(settings))
    try:
        yield SqlStores(database, utc_now).projects
    finally:
        database.close()


def label_studio_accesses(settings: Settings, projects: ProjectStore) -> LabelStudioAccesses:
    """Build the access to the Label Studio of each project."""
    return LabelStudioAccesses(
        url=settings.label_studio_url,
        api_key=secret(settings.label_studio_api_key),
        backend_login=backend_login(settings),
        find_project=projects.get,
    )


def build_application(settings: Settings) -> Application:
    """Build the application on its real adapters. Each part is loaded or connected when it is first needed."""
    return assemble(settings, build_adapters(settings))
