"""Takes images into a project: uploads, whose bytes are kept, and addresses, which are fetched by the embed job."""

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
    """One file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class AddedImage:
    """What became of one item: image_id of a readable upload, source_id of an address still to be fetched."""

    image_id: str | None = None
    source_id: int | None = None
    error: UnreadableImage | None = None


class AddImages:
    """Adds images in batches; one bad image fails alone, one sent twice is kept once."""

    def __init__(self, *, images: ImageStore, artifacts: ArtifactStore, queue: JobQueue, limits: ImageLimits) -> None:
        self._images = images
        self._artifacts = artifacts
        self._queue = queue
        self._limits = limits

    def add_uploads(self, project: Project, uploads: Sequence[Upload]) -> list[AddedImage]:
        """Check, keep and list each upload; answers in order."""
        answers = [self._keep(upload) for upload in uploads]
        self._images.add_sources(
            project.id,
            SourceKind.UPLOAD,
            [
                # The name alone would make two uploads called img.jpg one source.
                NewSource(address=f"{answer.image_id}/{upload.name}", image_id=answer.image_id)
                for upload, answer in zip(uploads, answers, strict=True)
                if answer.image_id is not None
            ],
        )
        return answers

    def add_addresses(self, project: Project, addresses: Sequence[str]) -> list[AddedImage]:
        """List each address; what cannot be fetched is said by its source once the embed job has tried."""
        sources = self._images.add_sources(
            project.id, SourceKind.ADDRESS, [NewSource(address=address) for address in addresses]
        )
        return [AddedImage(image_id=source.image_id, source_id=source.id) for source in sources]

    def queue_embedding(self, project: Project) -> Job | None:
        """Queue the embedding of what was added; None while the queue is away: the next embedding takes it along."""
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
