"""Builds the use cases that embed and classify images: readers, encoders, and the versions that answer."""

from dataclasses import dataclass

from ml.images.image import ImageLimits
from service.bootstrap.adapters import Adapters
from service.bootstrap.from_settings import image_limits
from service.settings import Settings
from service.usecases.images.fetch_images import ImageReader
from service.usecases.labeled.side_information import SideInformationSource
from service.usecases.serving.embedder import Embedder
from service.usecases.serving.finetuned_encoders import FinetunedEncoders
from service.usecases.serving.loaded_encoders import LoadedEncoders
from service.usecases.serving.predictor import Predictor
from service.usecases.serving.served_versions import ServedVersions


@dataclass(frozen=True, kw_only=True)
class ServingUseCases:
    """Use cases that turn images into embeddings and embeddings into predictions."""

    limits: ImageLimits
    image_reader: ImageReader
    encoders: LoadedEncoders
    finetuned_encoders: FinetunedEncoders
    embedder: Embedder
    served_versions: ServedVersions
    side_information: SideInformationSource
    predictor: Predictor


def build_serving(settings: Settings, a: Adapters) -> ServingUseCases:
    """Build the use cases. Each part is loaded when it is first needed."""
    limits = image_limits(settings)
    encoders = LoadedEncoders(a.load_encoder, a.artifacts)
    served_versions = ServedVersions(a.artifacts)
    embedder = Embedder(encoders=encoders, cache=a.cache, limits=limits, max_waiting=settings.max_waiting_images)
    return ServingUseCases(
        limits=limits,
        image_reader=ImageReader(
            images=a.images, artifacts=a.artifacts, fetcher=a.fetcher, timeout_seconds=settings.fetch_timeout_seconds
        ),
        encoders=encoders,
        finetuned_encoders=FinetunedEncoders(a.artifacts),
        embedder=embedder,
        served_versions=served_versions,
        side_information=SideInformationSource(
            encoders=encoders, artifacts=a.artifacts, served_versions=served_versions
        ),
        predictor=Predictor(embedder=embedder, served_versions=served_versions),
    )
