"""Builds the use cases that add, annotate and embed a project's images."""

from dataclasses import dataclass

from service.bootstrap.adapters import Adapters
from service.bootstrap.groups.serving import ServingUseCases
from service.ports import AnnotationStore, ImageStore
from service.usecases.images.add_images import AddImages
from service.usecases.images.annotate_images import AnnotateImages
from service.usecases.images.embed_images import EmbedImages
from service.usecases.images.embed_then_rank import EmbedThenRank


@dataclass(frozen=True, kw_only=True)
class ImageUseCases:
    """Use cases that add, annotate and embed images, and the stores for routes that only read."""

    store: ImageStore
    annotations: AnnotationStore
    add_images: AddImages
    annotate_images: AnnotateImages
    embed_images: EmbedImages
    embed_then_rank: EmbedThenRank


def build_images(a: Adapters, serving: ServingUseCases) -> ImageUseCases:
    """Build the use cases.

    Args: serving: reads and encodes the images.
    """
    embed_images = EmbedImages(
        images=a.images,
        cache=a.cache,
        encoders=serving.encoders,
        reader=serving.image_reader,
        limits=serving.limits,
    )
    return ImageUseCases(
        store=a.images,
        annotations=a.annotations,
        add_images=AddImages(images=a.images, artifacts=a.artifacts, queue=a.queue, limits=serving.limits),
        annotate_images=AnnotateImages(images=a.images, annotations=a.annotations, clock=a.clock),
        embed_images=embed_images,
        embed_then_rank=EmbedThenRank(
            projects=a.projects, images=a.images, rankings=a.rankings, embed_images=embed_images, queue=a.queue
        ),
    )
