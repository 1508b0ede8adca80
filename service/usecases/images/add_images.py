"""Adds images to a project: uploads, whose bytes are stored, and addresses, which the embed job fetches."""

from collections.abc import Sequence
from dataclasses import dataclass

from ml.errors import UnreadableImage
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits
from service.domain.artifact_keys import upload_key
from service.domain.images.image import NewSource, SourceKind, image_id_of
from service.domain.job import Job, JobKind, JobRequest
from service.domain.projects.project import Project
from service.ports import ArtifactStore, ImageStore, JobQueue
from service.usecases.jobs.enqueue_when_possible import enqueue_when_possible


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One uploaded file."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class AddedImage:
    """Result of adding one item: image_id of a readable upload, source_id of an address that is not fetched yet."""

    image_id: str | None = None
    source_id: int | None = None
    error: UnreadableImage | None = None


class AddImages:
    """Adds images in batches; an unreadable image does not affect the others, a duplicate is stored once."""

    def __init__(self, *, images: ImageStore, artifacts: ArtifactStore, queue: JobQueue, limits: ImageLimits) -> None:
        self._images = images
        self._artifacts = artifacts
        self._queue = queue
        self._limits = limits

    def add_uploads(self, project: Project, uploads: Sequence[Upload]) -> list[AddedImage]:
        """Check, store and list each upload; returns one result per upload, in order."""
        answers = [self._keep(upload) for upload in uploads]
        self._images.add_sources(
            project.id,
            SourceKind.UPLOAD,
            [
                # By name alone, two different uploads called img.jpg would be one source.
                NewSource(address=f"{answer.image_id}/{upload.name}", image_id=answer.image_id)
                for upload, answer in zip(uploads, answers, strict=True)
                if answer.image_id is not None
            ],
        )
        return answers

    def add_addresses(self, project: Project, addresses: Sequence[str]) -> list[AddedImage]:
        """List each address; if the embed job cannot fetch it, its source gets the error."""
        sources = self._images.add_sources(
            project.id, SourceKind.ADDRESS, [NewSource(address=address) for address in addresses]
        )
        return [AddedImage(image_id=source.image_id, source_id=source.id) for source in sources]

    def queue_embedding(self, project: Project) -> Job | None:
        """Queue the embed job; returns None if the queue is down, and then the next embed job includes these images."""
        return enqueue_when_possible(self._queue, JobRequest(kind=JobKind.EMBED, project_id=project.id))

    def _keep(self, upload: Upload) -> AddedImage:
        try:
            decode_image(upload.content, self._limits)
        except UnreadableImage as error:
            return AddedImage(error=error)
        image_id = image_id_of(upload.content)
        if not self._artifacts.exists(upload_key(image_id)):
            self._artifacts.put(upload_key(image_id), upload.content)
        return AddedImage(image_id=image_id)
