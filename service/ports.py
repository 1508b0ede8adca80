"""What the application needs from the outside world; adapters provide it, `service.bootstrap` chooses them."""

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
    """Tells the time, in UTC."""

    def __call__(self) -> datetime: ...


class ProjectStore(Protocol):
    """Projects by id, in order of id."""

    def add(self, project: Project) -> None:
        """Raises: AlreadyExists."""
        ...

    def get(self, project_id: str) -> Project:
        """Raises: NotFound."""
        ...

    def find_by_label_studio_key(self, key: str) -> Project | None: ...

    def page(self, *, after: str | None, limit: int) -> list[Project]: ...

    def update(self, project: Project) -> None:
        """Save every field but the current version. Raises: NotFound."""
        ...

    def set_current_version(self, project_id: str, number: int, *, encoder: str | None = None) -> None:
        """Change the encoder in the same write, unless it is None. Raises: NotFound: no such project."""
        ...

    def delete(self, project_id: str) -> None:
        """Delete the project and all that belongs to it. Raises: NotFound."""
        ...


class ImageStore(Protocol):
    """Images of a project, and the sources they came from."""

    def add_sources(self, project_id: str, kind: SourceKind, sources: Sequence[NewSource]) -> list[Source]:
        """Add sources in one transaction, or find those already there; the answers are in order.

        A source is the same when its task id is, or, without one, its kind and address. A task whose address changed
        keeps its source, which forgets its image and error. One that comes with its image records that as `add_image`.
        """
        ...

    def task_ids(self, project_id: str) -> set[int]:
        """Label Studio tasks that have a source here."""
        ...

    def sources_of(self, project_id: str, image_ids: Sequence[str]) -> dict[str, list[Source]]:
        """The sources of each image, oldest first; an image without one is left out."""
        ...

    def unresolved_sources(
        self, project_id: str, *, after: int, limit: int, annotated_only: bool = False, failed_too: bool = True
    ) -> list[Source]:
        """Sources without an image yet, by id above `after`.

        With annotated_only, just those that a usable annotation waits for; without failed_too, not those that could
        not be read before.
        """
        ...

    def remove_tasks(self, project_id: str, task_ids: Sequence[int]) -> int:
        """Forget Label Studio tasks that were deleted there; images and annotations stay, the images leave the pool.

        Returns: how many sources went.
        """
        ...

    def add_image(self, project_id: str, image_id: str, *, source_id: int | None, error: str | None = None) -> None:
        """Record that a source's bytes are this image; with an error, that they are not readable. Safe to repeat."""
        ...

    def record_source_error(self, project_id: str, source_id: int, error: str) -> None: ...

    def get(self, project_id: str, image_id: str) -> Image:
        """Raises: NotFound."""
        ...

    def page(self, project_id: str, wanted: ImageFilter, *, after: str | None, limit: int) -> list[Image]:
        """Images in order of id, above `after`."""
        ...

    def count(self, project_id: str) -> dict[ImageState, int]: ...

    def pool(self, project_id: str) -> list[str]:
        """Ids of readable images that still have a source and no usable annotation or skip, in order of id."""
        ...

    def readable(self, project_id: str) -> list[str]:
        """Ids of all readable images, in order of id."""
        ...

    def labeled(self, project_id: str, *, among: Collection[str] | None = None) -> list[LabeledImage]:
        """Images with at least one usable annotation, in order of id, with what their annotators agree on.

        Most votes win; on a tie the newest annotation does. In a multi-label project a whole set of labels is a vote.
        Labels that are not among those given have no vote.
        """
        ...

    def record_splits(self, project_id: str, splits: Mapping[str, Split]) -> None:
        """Put images on a side of the evaluation; a side once recorded never changes."""
        ...

    def mark_asked_at_random(self, project_id: str, image_ids: Collection[str]) -> None:
        """Of the images in the pool these, and no others, are asked at random; what was answered stays as it was."""
        ...


class AnnotationStore(Protocol):
    """Annotations, never lost: a newer one replaces an older one of the same origin and external id."""

    def put(self, annotation: Annotation) -> PutResult:
        """Store it durably unless a newer state (by updated_at), or a deletion, is known already."""
        ...

    def delete(self, project_id: str, *, origin: str, external_ids: Sequence[str], at: datetime) -> int:
        """Mark as deleted, also ids not seen yet, so that a late creation cannot bring them back.

        Returns: how many changed.
        """
        ...

    def mark_missing(self, project_id: str, *, origin: str, external_ids: Sequence[str]) -> int:
        """Take out of training what the origin's own list no longer has, until it is told again.

        Annotations of a task that was removed with them stay as they are.
        Returns: how many changed.
        """
        ...

    def of_image(self, project_id: str, image_id: str) -> list[Annotation]: ...

    def external_ids(self, project_id: str, *, origin: str) -> set[str]:
        """External ids of the annotations that are neither deleted nor missing."""
        ...

    def tally(self, project_id: str, *, since_revision: int) -> AnnotationTally: ...

    def trained_revision(self, project_id: str) -> int:
        """The revision that the newest finished training (promoted, rejected or refused) had seen; 0 before any."""
        ...

    def record_trained_revision(self, project_id: str, revision: int) -> None: ...


class VersionStore(Protocol):
    """The list of versions; their tensors are in the artifact store."""

    def next_number(self, project_id: str) -> int:
        """Reserve a number that no version of the project has had; the first is 1."""
        ...

    def add(self, version: Version) -> None: ...

    def get(self, project_id: str, number: int) -> Version:
        """Raises: NotFound."""
        ...

    def page(self, project_id: str, *, before: int | None, limit: int) -> list[Version]:
        """Newest first."""
        ...


class ExperimentTracker(Protocol):
    """Where versions are recorded beside other experiments, for people who compare them there."""

    def record(self, project: Project, version: Version) -> None:
        """Raises: TrackingFailed."""
        ...


class RankingStore(Protocol):
    """Stored rankings; the newest few of each project are kept."""

    def add(self, ranking: NewRanking) -> int:
        """Returns: the ranking's id."""
        ...

    def latest(self, project_id: str, *, limit: int, after: int) -> Ranking:
        """The newest ranking with `limit` of its images from place `after` (0 is first).

        Raises: NotFound.
        """
        ...

    def latest_own(self, project_id: str, *, version: int, limit: int) -> Ranking:
        """The newest of the project's own rankings by this version, with its first images. Raises: NotFound."""
        ...

    def get(self, project_id: str, ranking_id: int, *, limit: int, after: int) -> Ranking:
        """Like `latest` for one ranking, whatever was ranked since. Raises: NotFound: also when no longer kept."""
        ...


class LeaseStore(Protocol):
    """Which images of the pool are kept for whom. A lease is over when it expires or its image leaves the pool."""

    def held(self, project_id: str, *, at: datetime) -> list[Lease]:
        """The leases that are not over at this time, in order of image id."""
        ...

    def take(
        self, project_id: str, image_ids: Sequence[str], *, annotator: str, most: int, at: datetime, until: datetime
    ) -> list[Lease]:
        """Lease the first `most` of these images that are in the pool and that nobody else holds, in their order.

        What the annotator holds already is renewed. No two annotators ever get one image, whatever runs at once.
        Raises: NotFound: no such project.
        """
        ...

    def give_back(self, project_id: str, *, annotator: str) -> None:
        """End all leases of the annotator."""
        ...


class ArtifactStore(Protocol):
    """Bytes under slash-separated keys: uploaded images and versions."""

    def put(self, key: str, content: bytes) -> None:
        """Write whole or not at all."""
        ...

    def get(self, key: str) -> bytes:
        """Raises: NotFound."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete_under(self, prefix: str) -> None: ...


class EmbeddingCache(Protocol):
    """Each image's embedding, once per encoder identity, for good. Several processes may read and write."""

    def read(self, identity: EncoderIdentity, image_ids: Sequence[str]) -> CachedEmbeddings:
        """Those of the images that are cached, in the order asked."""
        ...

    def missing(self, identity: EncoderIdentity, image_ids: Sequence[str]) -> list[str]:
        """Those of the images that are not cached, in the order asked."""
        ...

    def write(self, identity: EncoderIdentity, image_ids: Sequence[str], matrix: Embeddings) -> None:
        """Add a batch; images already there are left as they are."""
        ...

    def chunks(self, identity: EncoderIdentity, image_ids: Sequence[str], *, rows: int) -> Iterator[CachedEmbeddings]:
        """Like `read`, at most `rows` at a time, so that memory stays bounded."""
        ...


class ImageFetcher(Protocol):
    """Gets an image's bytes from wherever its address points."""

    def fetch(self, source: Source, *, timeout_seconds: float) -> bytes:
        """Raises: ImageUnavailable."""
        ...


class JobQueue(Protocol):
    """Queued executions."""

    def enqueue(self, request: JobRequest) -> Job:
        """Queue a job, or return the one of the same kind, project and arguments that waits already.

        At most one job per kind and project runs: two would do the same work twice.
        Raises: QueueUnavailable.
        """
        ...

    def get(self, job_id: str) -> Job:
        """Raises: NotFound, QueueUnavailable."""
        ...

    def page(self, *, project_id: str | None, kind: JobKind | None, limit: int) -> list[Job]:
        """Newest first. Raises: QueueUnavailable."""
        ...

    def cancel(self, job_id: str) -> Job:
        """Cancel a waiting job or stop a running one. Raises: NotFound, QueueUnavailable."""
        ...

    def ping(self) -> None:
        """Raises: QueueUnavailable."""
        ...


class Progress(Protocol):
    """Where a running job says how far it is."""

    def __call__(self, fraction: float, message: str) -> None: ...


class DataSet(Protocol):
    """Files with a label each."""

    @property
    def title(self) -> str: ...

    @property
    def labels(self) -> tuple[str, ...]:
        """Every class in order, also those without a file."""
        ...

    @property
    def files(self) -> tuple[LabeledFile, ...]: ...

    def read(self, name: str) -> bytes:
        """Raises: OSError."""
        ...


class SimulationStore(Protocol):
    """Keeps what was done of one grid, so that a simulation goes on where it was stopped; goes to other processes.

    All that is written is there whole, or not at all. Raises: StorageUnavailable, from all of it.
    """

    @property
    def place(self) -> str:
        """What people know it by."""
        ...

    def require(self, part: Mapping[str, object]) -> None:
        """Args: part: of a grid, as JSON would write it.

        Raises: InvalidInput: it holds a grid in which that is otherwise, or other things.
        """
        ...

    def claim(self, grid: Mapping[str, object]) -> None:
        """Take it for this grid, as JSON would write it.

        Raises: InvalidInput: it holds another one, or other things.
        """
        ...

    def has_array(self, name: str) -> bool: ...

    def write_array(self, name: str, array: NDArray[Any]) -> None: ...

    def array(self, name: str) -> NDArray[Any]:
        """Not read, but mapped into memory: all processes share it."""
        ...

    def run(self, arm: Configuration, run: int) -> str | None:
        """What was written for it; None where nothing was."""
        ...

    def write_run(self, arm: Configuration, run: int, content: str) -> None: ...

    def write_result(self, name: str, content: bytes) -> None: ...


# Runs all jobs, in as many processes, and says after each how many are done. Args: work, jobs, processes, done.
RunAll = Callable[[Callable[[ReplayJob], None], Sequence[ReplayJob], int, Callable[[int], None]], None]


class LabelStudio(Protocol):
    """Label Studio's own API. Every method raises LabelStudioError with what Label Studio answered."""

    def project(self, project_id: int) -> LabelStudioProject: ...

    def tasks(self, project_id: int) -> Iterator[LabelStudioTask]:
        """Every task with its annotations, skipped ones among them, fetched page by page."""
        ...

    def import_predictions(self, project_id: int, predictions: Sequence[TaskPrediction]) -> int:
        """Returns: how many Label Studio stored."""
        ...

    def prediction_versions(self, project_id: int) -> dict[str, int]:
        """How many predictions Label Studio stores of each model version."""
        ...

    def delete_predictions(self, project_id: int, model_version: str) -> None: ...

    def backends(self, project_id: int) -> list[LabelStudioBackend]: ...

    def rename_backend(self, project_id: int, backend: LabelStudioBackend, title: str) -> None: ...

    def pin_model_version(self, project_id: int, model_version: str) -> None: ...

    def set_sampling(self, project_id: int, sampling: str) -> None: ...

    def webhooks(self, project_id: int) -> list[LabelStudioWebhook]: ...

    def save_webhook(self, project_id: int, webhook: LabelStudioWebhook) -> None:
        """Create the webhook (id 0) or change the one of its id."""
        ...

    def delete_webhook(self, webhook_id: int) -> None: ...
