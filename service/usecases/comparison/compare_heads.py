"""The compare job: compares heads and encoders on a project's own labels."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ml.comparison.compare import ALL_HEADS, resolve_heads
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.encoders.base import EncoderIdentity
from ml.heads.registry import head_recipe
from ml.images.image import ImageLimits
from ml.labels.targets import targets_of
from ml.types import ClassTexts
from service.domain.errors import NotReady
from service.domain.experiments.comparison_request import ComparisonRequest
from service.domain.images.image import LabeledImage
from service.domain.job import Progress
from service.domain.projects.project import Project
from service.ports import EmbeddingCache, ImageStore, ProjectStore
from service.reports.comparison.record import ComparisonRecord
from service.reports.thumbnails import MOST_PICTURES, thumbnails
from service.usecases.comparison.compare_encoded import CompareEncodedImages
from service.usecases.comparison.image_pictures import ImagePictures
from service.usecases.images.embed_images import EmbedImages
from service.usecases.images.fetch_images import ImageReader
from service.usecases.labeled.labeled_splits import labeled_images
from service.usecases.labeled.side_information import SideInformationSource
from service.usecases.serving.loaded_encoders import LoadedEncoders
from service.usecases.stored_records import StoredRecords

EMBEDDING_SHARE, REPORT_SHARE = 0.3, 0.02


class CompareHeads:
    """Compares heads on all usable annotations, and stores the result.

    Held-out images are used too: each head is trained again on every split and never tested on its training images. No
    classifier is kept, so that no version ever saw the held-out images.
    """

    def __init__(
        self,
        *,
        projects: ProjectStore,
        images: ImageStore,
        cache: EmbeddingCache,
        encoders: LoadedEncoders,
        side_information: SideInformationSource,
        embed_images: EmbedImages,
        reader: ImageReader,
        limits: ImageLimits,
        compare_encoded: CompareEncodedImages,
        stored_comparisons: StoredRecords[ComparisonRecord],
    ) -> None:
        self._projects = projects
        self._images = images
        self._cache = cache
        self._encoders = encoders
        self._side_information = side_information
        self._embed_images = embed_images
        self._reader = reader
        self._limits = limits
        self._compare_encoded = compare_encoded
        self._stored_comparisons = stored_comparisons

    def compare(
        self,
        project_id: str,
        *,
        progress: Progress,
        heads: Sequence[str] = (ALL_HEADS,),
        encoders: Sequence[str] = (),
        labels_per_class: Sequence[int | None] = (None,),
        repeats: int | None = None,
        seed: int = 0,
    ) -> dict[str, Any]:
        """Compare heads on encoders.

        Args: encoders: the project's own if empty; labels_per_class: None stands for all.
        Returns: the verdict in one sentence, and the numbers of images and of compared combinations.
        Raises: NotReady: no image has a usable label, or no class has two of them.
        """
        project = self._projects.get(project_id)
        request = ComparisonRequest(
            heads=resolve_heads(heads, multi_label=project.multi_label),
            encoders=tuple(dict.fromkeys(encoders)) or (project.encoder,),
            labels_per_class=tuple(labels_per_class),
            repeats=repeats,
            seed=seed,
        )
        self._embed(project, request, progress.part(0, EMBEDDING_SHARE))
        record = self._compare(project, request, progress.part(EMBEDDING_SHARE, 1 - REPORT_SHARE))
        progress(1 - REPORT_SHARE, "writing the report")
        self._stored_comparisons.save(project_id, record, pictures=self._pictures(project, record))
        return {
            "verdict": record.verdict,
            "images": record.comparison.images,
            "combinations": len(record.comparison.rows),
        }

    def _embed(self, project: Project, request: ComparisonRequest, progress: Progress) -> None:
        for place, name in enumerate(request.encoders):
            part = progress.part(place / len(request.encoders), (place + 1) / len(request.encoders))
            self._embed_images.embed(project, progress=part, annotated_only=True, encoder=name)

    def _compare(self, project: Project, request: ComparisonRequest, progress: Progress) -> ComparisonRecord:
        labeled = labeled_images(self._images, project)
        identities = [self._encoders.identity(name) for name in request.encoders]
        readable = self._embedded_by_all(identities, labeled)
        if not readable:
            raise NotReady("no image has a usable label: label images of two classes first")
        images = _images(project, readable)
        return self._compare_encoded.compare(
            project.title,
            images,
            self._encoded(project, request, images.names, identities),
            request,
            coverage=project.coverage,
            left_out=dict.fromkeys({image.image_id for image in labeled} - set(images.names), "it could not be read"),
            progress=progress,
        )

    def _embedded_by_all(
        self, identities: Sequence[EncoderIdentity], labeled: Sequence[LabeledImage]
    ) -> list[LabeledImage]:
        image_ids = [image.image_id for image in labeled]
        missing = {image_id for identity in identities for image_id in self._cache.missing(identity, image_ids)}
        return [image for image in labeled if image.image_id not in missing]

    def _encoded(
        self,
        project: Project,
        request: ComparisonRequest,
        image_ids: Sequence[str],
        identities: Sequence[EncoderIdentity],
    ) -> list[EncodedImages]:
        """Read the images as embedded by each encoder. Args: identities: of the request's encoders, in order."""
        return [
            EncodedImages(
                encoder=identity,
                embeddings=self._cache.read(identity, image_ids).matrix,
                texts=self._texts(replace(project, encoder=name), request, identity),
            )
            for name, identity in zip(request.encoders, identities, strict=True)
        ]

    def _texts(self, project: Project, request: ComparisonRequest, identity: EncoderIdentity) -> ClassTexts | None:
        """Return the class texts, if a head uses them. Args: project: with the encoder that is compared."""
        is_used = any(head_recipe(head).uses_texts for head in request.heads)
        return self._side_information.texts(project, identity) if is_used else None

    def _pictures(self, project: Project, record: ComparisonRecord) -> dict[str, str]:
        """Make the thumbnails now, so that readers of the page do not wait for the images."""
        read = ImagePictures(project.id, self._images, self._reader).read
        return thumbnails(record.mistaken, read, self._limits, most=MOST_PICTURES)


def _images(project: Project, readable: Sequence[LabeledImage]) -> LabeledImages:
    return LabeledImages(
        names=tuple(image.image_id for image in readable),
        targets=targets_of([image.labels for image in readable], project.active_labels),
        labels=project.active_labels,
        parents=project.parents,
        multi_label=project.multi_label,
    )
