"""Answers Label Studio's /predict: predicts every task, in order, within a deadline."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.errors import EncoderUnavailable
from ml.labels.label_mode import label_mode
from ml.strategies.base import BaseStrategy
from ml.strategies.registry import strategy
from ml.types import Embedding
from service.domain.errors import DamagedVersion, NotFound, NotReady
from service.domain.images.image import Source, image_id_of
from service.domain.job import JobRequest
from service.domain.label_studio import TaskPrediction
from service.domain.projects.jobs_after_change import prepare_job
from service.domain.projects.project import Project
from service.domain.training.prediction import Prediction
from service.label_studio.link import MirroredProject
from service.label_studio.prediction_score import QueryPriority
from service.label_studio.predictions import empty_prediction, task_prediction
from service.ports import ImageStore, JobQueue, RankingStore
from service.usecases.images.fetch_images import ImageReader, NotInTime
from service.usecases.jobs.enqueue_when_possible import enqueue_when_possible
from service.usecases.label_studio.store_annotations import LabelStudioAnnotations
from service.usecases.ranking.rank_pool import MOST_PICKED
from service.usecases.serving.embedder import Embedder
from service.usecases.serving.served_versions import ServedVersion, ServedVersions

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class EmbeddedImage:
    """The image of a task with its embedding."""

    image_id: str
    embedding: Embedding


@dataclass(frozen=True, kw_only=True)
class _Order:
    """The newest of the project's own rankings by its version. first: priority of its first images, by image id."""

    strategy: BaseStrategy
    first: Mapping[str, QueryPriority]


class PredictTasks:
    """Predicts Label Studio's tasks; a task that is not ready in time gets an empty result and is pushed later."""

    def __init__(
        self,
        *,
        images: ImageStore,
        label_studio_annotations: LabelStudioAnnotations,
        served_versions: ServedVersions,
        embedder: Embedder,
        reader: ImageReader,
        rankings: RankingStore,
        queue: JobQueue,
        deadline_seconds: float,
        order: bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._images = images
        self._label_studio_annotations = label_studio_annotations
        self._served_versions = served_versions
        self._embedder = embedder
        self._reader = reader
        self._rankings = rankings
        self._queue = queue
        self._deadline_seconds = deadline_seconds
        self._order = order
        self._monotonic = monotonic

    def deadline(self) -> float:
        """Return the time by which a request that arrives now must be answered, on the monotonic clock."""
        return self._monotonic() + self._deadline_seconds

    def predict(
        self, mirrored: MirroredProject, tasks: Sequence[Mapping[str, Any]], *, until: float | None = None
    ) -> list[TaskPrediction]:
        """Predict each task, in order; a task whose image cannot be read gets an empty prediction and a log line.

        After an error Label Studio drops the whole batch without a message, so if the version cannot answer, all
        predictions are empty.

        Args: until: the deadline; `deadline()` if None.
        """
        until = self.deadline() if until is None else until
        project = mirrored.project
        task_ids = [int(task["id"]) for task in tasks]
        sources = self._label_studio_annotations.add_tasks(
            mirrored, [(int(task["id"]), task.get("data") or {}) for task in tasks]
        )
        for task_id in set(task_ids) - set(sources):
            logger.warning("task %d of %s has no address under %r", task_id, project.id, mirrored.control.image_key)
        if project.current_version is None:
            self._prepare_later(project)
            return [empty_prediction(project, task_id) for task_id in task_ids]
        try:
            served = self._served_versions.answering(project, self._embedder.identity)
        except (NotReady, DamagedVersion, EncoderUnavailable) as error:
            logger.error("project %s is not predicted: %s", project.id, error)  # noqa: TRY400  one sentence is enough
            return [empty_prediction(project, task_id) for task_id in task_ids]
        embedded = self._embeddings(project, served, list(sources.values()), until)
        answers = self._answers(mirrored, served, embedded)
        return [answers.get(task_id) or empty_prediction(project, task_id) for task_id in task_ids]

    def _answers(
        self, mirrored: MirroredProject, served: ServedVersion, embedded: Mapping[int, EmbeddedImage]
    ) -> dict[int, TaskPrediction]:
        """Predict the tasks of these images, by task id."""
        if not embedded:
            return {}
        order = self._newest_order(mirrored.project, served)
        images = list(embedded.values())
        # In one call: a nearest-neighbour head then searches its images only once.
        predictions = served.predict(
            [image.image_id for image in images], np.stack([image.embedding for image in images])
        )
        return {
            task_id: task_prediction(
                mirrored,
                prediction,
                task_id=task_id,
                priority=order.first.get(prediction.image_id) or _priority_alone(order.strategy, served, prediction),
                ordered=self._order,
            )
            for task_id, prediction in zip(embedded, predictions, strict=True)
        }

    def _newest_order(self, project: Project, served: ServedVersion) -> _Order:
        try:
            # For images picked as a batch the ranking's worth holds: each scored alone would get another one.
            newest = self._rankings.latest_own(project.id, version=served.number, limit=MOST_PICKED)
        except NotFound:
            return _Order(strategy=strategy(project.strategy), first={})
        first = {image.image_id: QueryPriority(worth=image.worth, reason=image.reason) for image in newest.images}
        return _Order(strategy=strategy(newest.strategy), first=first)

    def _embeddings(
        self, project: Project, served: ServedVersion, sources: list[Source], until: float
    ) -> dict[int, EmbeddedImage]:
        """Return image id and embedding by task id, for the tasks that were ready in time."""
        encoder_name = served.classifier.encoder.name
        known = [source.image_id for source in sources if source.image_id is not None]
        cached = self._embedder.cached(encoder_name, known)
        embedded = {
            source.task_id: EmbeddedImage(image_id=source.image_id, embedding=cached[source.image_id])
            for source in sources
            if source.task_id is not None and source.image_id is not None and source.image_id in cached
        }
        missing = [source for source in sources if source.task_id not in embedded]
        if missing:
            embedded |= self._fetch_and_embed(project, encoder_name, missing, until)
        return embedded

    def _fetch_and_embed(
        self, project: Project, encoder_name: str, sources: list[Source], until: float
    ) -> dict[int, EmbeddedImage]:
        def embed(source: Source, content: bytes) -> EmbeddedImage:
            return self._embed_source(encoder_name, source, content, until)

        embedded: dict[int, EmbeddedImage] = {}
        late = 0
        for source, outcome in zip(sources, self._reader.fetch_many(sources, embed, until=until), strict=True):
            late += isinstance(outcome, NotInTime)
            if isinstance(outcome, EmbeddedImage) and source.task_id is not None:
                embedded[source.task_id] = outcome
        if late:
            logger.warning("%d of %d tasks of %s were not ready in time", late, len(sources), project.id)
            self._prepare_later(project)
        return embedded

    def _embed_source(self, encoder_name: str, source: Source, content: bytes, until: float) -> EmbeddedImage:
        """Embed one image and record it. Raises: UnreadableImage; TimeoutError, Overloaded: there is no time for it."""
        left = until - self._monotonic()
        embedding = self._embedder.submit(encoder_name, content).result(timeout=max(left, 1))
        image_id = image_id_of(content)
        self._images.add_image(source.project_id, image_id, source_id=source.id)
        return EmbeddedImage(image_id=image_id, embedding=embedding)

    def _prepare_later(self, project: Project) -> None:
        enqueue_when_possible(self._queue, JobRequest(kind=prepare_job(project), project_id=project.id))


def _priority_alone(by: BaseStrategy, served: ServedVersion, prediction: Prediction) -> QueryPriority:
    """Compute the worth of an image outside the ranking's first images, by the strategy's measure.

    Random numbers are drawn per image, and are the same each time that Label Studio requests it.
    """
    (worth,) = by.worth_alone(
        np.array([prediction.probabilities]),
        mode=label_mode(multi_label=served.multi_label),
        rng=np.random.default_rng([served.project.seed, *prediction.image_id.encode()]),
    )
    return QueryPriority(worth=float(worth), reason=None)
