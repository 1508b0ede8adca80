"""Ports: interfaces to the outside world; adapters implement them, and `service.bootstrap` chooses the adapters."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from numpy.typing import NDArray

from ml.encoders.base import EncoderIdentity
from ml.simulation.grid import Configuration
from ml.types import Embeddings
from service.domain.annotations.annotation import Annotation, AnnotationTally, PutResult
from service.domain.cached_embeddings import CachedEmbeddings
from service.domain.experiments.data_set import LabeledFile
from service.domain.experiments.simulation import ReplayJob
from service.domain.images.image import (
    Image,
    ImageFilter,
    ImageState,
    LabeledImage,
    NewSource,
    Source,
    SourceKind,
    Split,
)
from service.domain.job import Job, JobKind, JobRequest
from service.domain.label_studio import (
    LabelStudioBackend,
    LabelStudioProject,
    LabelStudioTask,
    LabelStudioWebhook,
    TaskPrediction,
)
from service.domain.projects.project import Project
from service.domain.ranking.lease import Lease
from service.domain.ranking.ranking import NewRanking, Ranking
from service.domain.training.version import Version


class Clock(Protocol):
    """Returns the current time, in UTC."""

    def __call__(self) -> datetime: ...


class ProjectStore(Protocol):
    """Stores projects by id; lists are in order of id."""

    def add(self, project: Project) -> None:
        """Store a new project. Raises: AlreadyExists."""
        ...

    def get(self, project_id: str) -> Project:
        """Return one project. Raises: NotFound."""
        ...

    def find_by_label_studio_key(self, key: str) -> Project | None: ...

    def page(self, *, after: str | None, limit: int) -> list[Project]: ...

    def update(self, project: Project) -> None:
        """Save every field but the current version. Raises: NotFound."""
        ...

    def set_current_version(self, project_id: str, number: int, *, encoder: str | None = None) -> None:
        """Set the current version and, unless it is None, the encoder, in one write. Raises: NotFound: no project."""
        ...

    def delete(self, project_id: str) -> None:
        """Delete the project and everything that belongs to it. Raises: NotFound."""
        ...


class ImageStore(Protocol):
    """Stores the images of a project, and the sources they came from."""

    def add_sources(self, project_id: str, kind: SourceKind, sources: Sequence[NewSource]) -> list[Source]:
        """Add sources in one transaction, or find those that exist already; returns them in the same order.

        Two sources are the same if they have the same task id or, without one, the same kind and address. A task whose
        address changed keeps its source, which forgets its image and error. A source that comes with its image records
        it like `add_image`.
        """
        ...

    def task_ids(self, project_id: str) -> set[int]:
        """Return the ids of the Label Studio tasks that have a source."""
        ...

    def sources_of(self, project_id: str, image_ids: Sequence[str]) -> dict[str, list[Source]]:
        """Return the sources of each image, oldest first; images without a source are left out."""
        ...

    def unresolved_sources(
        self, project_id: str, *, after: int, limit: int, annotated_only: bool = False, failed_too: bool = True
    ) -> list[Source]:
        """List sources without an image yet, in order of id, above `after`.

        Args: annotated_only: only sources with a usable annotation; failed_too: also sources that could not be read
            before.
        """
        ...

    def remove_tasks(self, project_id: str, task_ids: Sequence[int]) -> int:
        """Remove the sources of deleted Label Studio tasks; images and annotations stay, the images leave the pool.

        Returns: number of removed sources.
        """
        ...

    def add_image(self, project_id: str, image_id: str, *, source_id: int | None, error: str | None = None) -> None:
        """Record that a source's bytes are this image, and the error if they cannot be read. Safe to repeat."""
        ...

    def record_source_error(self, project_id: str, source_id: int, error: str) -> None: ...

    def get(self, project_id: str, image_id: str) -> Image:
        """Return one image. Raises: NotFound."""
        ...

    def page(self, project_id: str, wanted: ImageFilter, *, after: str | None, limit: int) -> list[Image]:
        """List images in order of id, above `after`."""
        ...

    def count(self, project_id: str) -> dict[ImageState, int]: ...

    def pool(self, project_id: str) -> list[str]:
        """List readable images that still have a source but no usable annotation or skip, by id in order."""
        ...

    def readable(self, project_id: str) -> list[str]:
        """List all readable images, by id in order."""
        ...

    def labeled(self, project_id: str, *, among: Collection[str] | None = None) -> list[LabeledImage]:
        """List the images with at least one usable annotation, in order of id, with their agreed labels.

        Labels are agreed by majority vote; on a tie the newest annotation wins. In a multi-label project a vote is for
        a whole set of labels.

        Args: among: labels that may have votes; all when None.
        """
        ...

    def record_splits(self, project_id: str, splits: Mapping[str, Split]) -> None:
        """Assign images to training or evaluation; an assignment never changes once it is recorded."""
        ...

    def mark_asked_at_random(self, project_id: str, image_ids: Collection[str]) -> None:
        """Mark these images of the pool, and no others in it, as asked at random; labeled images keep their mark."""
        ...


class AnnotationStore(Protocol):
    """Stores annotations; none is lost, but a newer one replaces an older one of the same origin and external id."""

    def put(self, annotation: Annotation) -> PutResult:
        """Store an annotation durably unless a newer state (by updated_at), or a deletion, is known already."""
        ...

    def delete(self, project_id: str, *, origin: str, external_ids: Sequence[str], at: datetime) -> int:
        """Mark annotations as deleted, including unknown ids, so that a late creation cannot bring them back.

        Returns: number of changed annotations.
        """
        ...

    def mark_missing(self, project_id: str, *, origin: str, external_ids: Sequence[str]) -> int:
        """Exclude annotations that are absent from the origin's own list from training, until they are reported again.

        Annotations whose task was removed too stay as they are.
        Returns: number of changed annotations.
        """
        ...

    def of_image(self, project_id: str, image_id: str) -> list[Annotation]: ...

    def external_ids(self, project_id: str, *, origin: str) -> set[str]:
        """Return the external ids of the annotations that are neither deleted nor missing."""
        ...

    def tally(self, project_id: str, *, since_revision: int) -> AnnotationTally: ...

    def trained_revision(self, project_id: str) -> int:
        """Return the revision that the newest finished training (promoted, rejected or refused) had seen; 0 before."""
        ...

    def record_trained_revision(self, project_id: str, revision: int) -> None: ...


class VersionStore(Protocol):
    """Stores the list of versions; their tensors are in the artifact store."""

    def next_number(self, project_id: str) -> int:
        """Reserve a number that no version of the project has had; the first is 1."""
        ...

    def add(self, version: Version) -> None: ...

    def get(self, project_id: str, number: int) -> Version:
        """Return one version. Raises: NotFound."""
        ...

    def page(self, project_id: str, *, before: int | None, limit: int) -> list[Version]:
        """List versions, newest first."""
        ...


class ExperimentTracker(Protocol):
    """Records versions beside other experiments, so that people can compare them there."""

    def record(self, project: Project, version: Version) -> None:
        """Record one version. Raises: TrackingFailed."""
        ...


class RankingStore(Protocol):
    """Stores rankings; only the newest few of each project are kept."""

    def add(self, ranking: NewRanking) -> int:
        """Store a ranking and return its id."""
        ...

    def latest(self, project_id: str, *, limit: int, after: int) -> Ranking:
        """Return the newest ranking with `limit` of its images from place `after` (0 is first).

        Raises: NotFound.
        """
        ...

    def latest_own(self, project_id: str, *, version: int, limit: int) -> Ranking:
        """Return the newest of the project's own rankings by this version, with its first images. Raises: NotFound."""
        ...

    def get(self, project_id: str, ranking_id: int, *, limit: int, after: int) -> Ranking:
        """Return a page of one ranking, like `latest`. Raises: NotFound: also if it is no longer kept."""
        ...


class LeaseStore(Protocol):
    """Stores leases of pool images. A lease ends when it expires or when its image leaves the pool."""

    def held(self, project_id: str, *, at: datetime) -> list[Lease]:
        """List the leases that have not ended at this time, in order of image id."""
        ...

    def take(
        self, project_id: str, image_ids: Sequence[str], *, annotator: str, most: int, at: datetime, until: datetime
    ) -> list[Lease]:
        """Lease the first `most` of these images that are in the pool and that nobody else holds, in their order.

        Leases that the annotator already holds on them are renewed. Two annotators never hold the same image, even if
        requests run at the same time.
        Raises: NotFound: no such project.
        """
        ...

    def give_back(self, project_id: str, *, annotator: str) -> None:
        """End all leases of the annotator."""
        ...


class ArtifactStore(Protocol):
    """Stores bytes under slash-separated keys: uploaded images and versions."""

    def put(self, key: str, content: bytes) -> None:
        """Write the bytes completely or not at all."""
        ...

    def get(self, key: str) -> bytes:
        """Return the bytes of a key. Raises: NotFound."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete_under(self, prefix: str) -> None: ...


class EmbeddingCache(Protocol):
    """Keeps one embedding per image and encoder identity, permanently. Several processes may read and write."""

    def read(self, identity: EncoderIdentity, image_ids: Sequence[str]) -> CachedEmbeddings:
        """Return the embeddings of the images that are cached, in the given order."""
        ...

    def missing(self, identity: EncoderIdentity, image_ids: Sequence[str]) -> list[str]:
        """Return the images that are not cached, in the given order."""
        ...

    def write(self, identity: EncoderIdentity, image_ids: Sequence[str], matrix: Embeddings) -> None:
        """Add a batch; images that are cached already stay as they are."""
        ...

    def chunks(self, identity: EncoderIdentity, image_ids: Sequence[str], *, rows: int) -> Iterator[CachedEmbeddings]:
        """Read like `read`, but at most `rows` images at a time, so that memory stays bounded."""
        ...


class ImageFetcher(Protocol):
    """Fetches the bytes of an image from the address of its source."""

    def fetch(self, source: Source, *, timeout_seconds: float) -> bytes:
        """Fetch the bytes of one image. Raises: ImageUnavailable."""
        ...


class JobQueue(Protocol):
    """Queues jobs and reports their state."""

    def enqueue(self, request: JobRequest) -> Job:
        """Queue a job, or return a waiting job of the same kind, project and arguments.

        At most one job per kind and project runs: two would do the same work twice.
        Raises: QueueUnavailable.
        """
        ...

    def get(self, job_id: str) -> Job:
        """Return one job. Raises: NotFound, QueueUnavailable."""
        ...

    def page(self, *, project_id: str | None, kind: JobKind | None, limit: int) -> list[Job]:
        """List jobs, newest first. Raises: QueueUnavailable."""
        ...

    def cancel(self, job_id: str) -> Job:
        """Cancel a waiting job or stop a running one. Raises: NotFound, QueueUnavailable."""
        ...

    def ping(self) -> None:
        """Check that the queue answers. Raises: QueueUnavailable."""
        ...


class DataSet(Protocol):
    """A labeled data set: files with one label each."""

    @property
    def title(self) -> str: ...

    @property
    def labels(self) -> tuple[str, ...]:
        """Every class in order, including classes without a file."""
        ...

    @property
    def files(self) -> tuple[LabeledFile, ...]: ...

    def read(self, name: str) -> bytes:
        """Read the bytes of a file. Raises: OSError."""
        ...


class SimulationStore(Protocol):
    """Stores the arrays and finished runs of one grid, so that a stopped simulation can continue.

    It is sent to other processes, so it must be picklable. Each write is complete or has no effect. Every method may
    raise StorageUnavailable.
    """

    @property
    def place(self) -> str:
        """Name or path that people see."""
        ...

    def require(self, part: Mapping[str, object]) -> None:
        """Check that the stored grid, if there is one, has these fields. Args: part: fields of a grid, as JSON values.

        Raises: InvalidInput: a field of the stored grid differs, or the store holds something else.
        """
        ...

    def claim(self, grid: Mapping[str, object]) -> None:
        """Reserve the store for this grid. Args: grid: all its fields, as JSON values.

        Raises: InvalidInput: the store holds another grid, or something else.
        """
        ...

    def has_array(self, name: str) -> bool: ...

    def write_array(self, name: str, array: NDArray[Any]) -> None: ...

    def array(self, name: str) -> NDArray[Any]:
        """Map an array into memory without reading it, so that all processes share it."""
        ...

    def run(self, configuration: Configuration, run: int) -> str | None:
        """Return the stored content of a run; None if there is none."""
        ...

    def write_run(self, configuration: Configuration, run: int, content: str) -> None: ...

    def write_result(self, name: str, content: bytes) -> None: ...


# Runs all jobs in several processes, and calls `done` after each with the number of finished jobs.
# Args: work, jobs, processes, done.
RunAll = Callable[[Callable[[ReplayJob], None], Sequence[ReplayJob], int, Callable[[int], None]], None]


class LabelStudio(Protocol):
    """Client of Label Studio's API. Every method may raise LabelStudioError with Label Studio's answer."""

    def project(self, project_id: int) -> LabelStudioProject: ...

    def tasks(self, project_id: int) -> Iterator[LabelStudioTask]:
        """Yield every task with its annotations, including skipped ones, fetched page by page."""
        ...

    def import_predictions(self, project_id: int, predictions: Sequence[TaskPrediction]) -> int:
        """Import predictions, and return how many Label Studio stored."""
        ...

    def prediction_versions(self, project_id: int) -> dict[str, int]:
        """Count the predictions that Label Studio stores, by model version."""
        ...

    def delete_predictions(self, project_id: int, model_version: str) -> None: ...

    def backends(self, project_id: int) -> list[LabelStudioBackend]: ...

    def rename_backend(self, project_id: int, backend: LabelStudioBackend, title: str) -> None: ...

    def pin_model_version(self, project_id: int, model_version: str) -> None: ...

    def set_sampling(self, project_id: int, sampling: str) -> None: ...

    def webhooks(self, project_id: int) -> list[LabelStudioWebhook]: ...

    def save_webhook(self, project_id: int, webhook: LabelStudioWebhook) -> None:
        """Create the webhook if its id is 0; else change the webhook with this id."""
        ...

    def delete_webhook(self, webhook_id: int) -> None: ...
