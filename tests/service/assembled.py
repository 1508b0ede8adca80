"""The whole application on doubles: every use case and route runs, nothing outside this process is touched."""

import io
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.encoders.base import Encoder
from ml.encoders.finetuned.name import FINETUNED_PREFIX
from ml.encoders.frozen import Network
from ml.encoders.registry import load_encoder
from ml.errors import UnknownEncoder
from service.bootstrap.adapters import Adapters
from service.bootstrap.application import Application, assemble
from service.bootstrap.job_registry import JOBS
from service.domain.errors import ImageUnavailable
from service.domain.images.image import Source
from service.domain.job import Job, JobKind, JobState, Progress
from service.domain.projects.project import Label, Project
from service.ports import Clock
from service.settings import Settings
from service.usecases.images.add_images import Upload
from service.usecases.serving.finetuned_encoders import FinetunedEncoders
from tests.contracts.storing import TickingClock, a_project
from tests.doubles.artifact_store import InMemoryArtifactStore
from tests.doubles.embedding_cache import InMemoryEmbeddingCache
from tests.doubles.experiment_tracker import InMemoryExperimentTracker
from tests.doubles.job_queue import InMemoryJobQueue
from tests.doubles.label_studio import InMemoryLabelStudio
from tests.doubles.stores import InMemoryStores
from tests.service.colour_encoder import COLOURS, NAME, ColourEncoder

LABELS = tuple(COLOURS)


class ShelfFetcher:
    """Implements the ImageFetcher port: gives what a test has put at an address; what is an error is raised.

    While `answers` is not set, every address hangs.
    """

    def __init__(self) -> None:
        self.shelf: dict[str, bytes | Exception] = {}
        self.asked: list[str] = []
        self.patience: list[float] = []
        self.answers = threading.Event()
        self.answers.set()

    def fetch(self, source: Source, *, timeout_seconds: float) -> bytes:
        self.asked.append(source.address)
        self.patience.append(timeout_seconds)
        self.answers.wait(timeout_seconds)
        found = self.shelf.get(source.address)
        if found is None:
            raise ImageUnavailable(f"{source.address} answered 404")
        if isinstance(found, Exception):
            raise found
        return found


class World:
    """One application with its doubles in reach of the test."""

    def __init__(
        self, *, clock: Clock | None = None, encoders: dict[str, Encoder] | None = None, **settings: Any
    ) -> None:
        self.clock = clock or TickingClock()
        self.stores = InMemoryStores(self.clock)
        self.artifacts = InMemoryArtifactStore()
        self.cache = InMemoryEmbeddingCache()
        self.queue = InMemoryJobQueue(self.clock)
        self.fetcher = ShelfFetcher()
        self.tracker = InMemoryExperimentTracker()
        self.label_studio = InMemoryLabelStudio()
        self.encoder = ColourEncoder()
        self.encoders: dict[str, Encoder] = {NAME: self.encoder} if encoders is None else encoders
        self.networks: dict[str, Callable[[], Network]] = {}
        values = {"encoder": NAME} | settings
        self.settings = Settings(_env_file=None, **values)  # type: ignore[call-arg]  # not a field, and mypy has no plugin
        self.application = self.another_process()

    def another_process(self) -> Application:
        """The application as a further process would build it: same stores, nothing loaded."""
        return assemble(
            self.settings,
            Adapters(
                projects=self.stores.projects,
                images=self.stores.images,
                annotations=self.stores.annotations,
                versions=self.stores.versions,
                rankings=self.stores.rankings,
                leases=self.stores.leases,
                artifacts=self.artifacts,
                cache=self.cache,
                queue=self.queue,
                fetcher=self.fetcher,
                connect=lambda _link: self.label_studio,
                load_encoder=self._load_encoder,
                load_network=lambda name: self.networks[name](),
                tracker=self.tracker,
                clock=self.clock,
            ),
        )

    def add_project(self, project_id: str = "birds", **changes: Any) -> Project:
        """A project whose labels are colours."""
        values = {"labels": tuple(Label(name=name) for name in LABELS), "encoder": NAME} | changes
        self.stores.projects.add(a_project(project_id, **values))
        return self.project(project_id)

    def project(self, project_id: str = "birds") -> Project:
        return self.stores.projects.get(project_id)

    def upload(self, *contents: bytes, project_id: str = "birds") -> list[str]:
        """Returns: the images' ids."""
        uploads = [Upload(name=f"{place}.png", content=content) for place, content in enumerate(contents)]
        added = self.application.images.add_images.add_uploads(self.project(project_id), uploads)
        return [image.image_id for image in added if image.image_id is not None]

    def annotate(self, image_id: str, *labels: str, annotator: str = "ann", project_id: str = "birds") -> None:
        self.application.images.annotate_images.annotate(
            self.project(project_id), image_id, labels=labels, annotator=annotator
        )

    def label_colours(self, each: int, *colours: str, first: int = 0, project_id: str = "birds") -> list[str]:
        """Upload and rightly annotate so many images of each colour. Returns: their ids."""
        image_ids: list[str] = []
        for colour in colours or LABELS:
            ids = self.upload(*(a_png(colour, first + i) for i in range(each)), project_id=project_id)
            for image_id in ids:
                self.annotate(image_id, colour, project_id=project_id)
            image_ids += ids
        return image_ids

    def train(self, project_id: str = "birds") -> dict[str, Any]:
        return self.application.training.train_version.train(project_id, progress=no_progress)

    def rank(self, project_id: str = "birds", **arguments: Any) -> dict[str, Any]:
        return self.application.ranking.rank_pool.rank(project_id, progress=no_progress, **arguments)

    def embed(self, project_id: str = "birds") -> dict[str, Any]:
        return self.application.images.embed_images.embed(self.project(project_id), progress=no_progress)

    def queued(self, kind: JobKind | None = None) -> list[JobKind]:
        """Kinds of the jobs that wait, oldest first."""
        return [job.kind for job in self._waiting() if kind in {None, job.kind}]

    def work(self) -> None:
        """Play the workers until nothing waits."""
        while waiting := self._waiting():
            for job in waiting:
                self.queue.start(job.id)
                self.queue.finish(job.id, JOBS[job.kind].use_case(self.application)(**self._arguments(job)))

    def drop(self, *kinds: JobKind) -> None:
        """Take jobs that wait out of the queue, so that the next one of their kind is seen."""
        for job in self._waiting():
            if job.kind in kinds:
                self.queue.cancel(job.id)

    def _waiting(self) -> list[Job]:
        jobs = self.queue.page(project_id=None, kind=None, limit=1_000_000)
        return [job for job in reversed(jobs) if job.state is JobState.QUEUED]

    def _arguments(self, job: Job) -> dict[str, Any]:
        return {"project_id": job.project_id, "progress": no_progress} | self.queue.requests[job.id].arguments

    def _load_encoder(self, name: str) -> Encoder:
        if name.startswith(FINETUNED_PREFIX):
            return load_encoder(name, threads=1, files_of=FinetunedEncoders(self.artifacts).files)
        if name not in self.encoders:
            raise UnknownEncoder(f"no encoder is called {name!r}")
        return self.encoders[name]


# Where a test does not ask how far a job is.
no_progress = Progress(report=lambda _fraction, _message: None)


def a_png(colour: str = "red", seed: int = 0, *, size: int = 4) -> bytes:
    """A small image around one colour; another seed is another image."""
    noise = np.random.default_rng(seed).integers(-15, 6, (size, size, 3))
    return png(np.clip(np.array(COLOURS[colour]) + noise, 0, 255).astype(np.uint8))


def png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
