"""The push job: sends new predictions of the pool to Label Studio, and makes its next-task order follow them.

Before the first version the predictions are empty and only give the order.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from service.domain.job import Progress
from service.domain.label_studio import TaskPrediction
from service.domain.projects.project import LabelStudioLink, Project
from service.domain.ranking.ranking import RankedImage, Ranking
from service.domain.training.prediction import Prediction
from service.label_studio.link import MirroredProject, mirrored_project, require_same_project
from service.label_studio.prediction_score import QueryPriority
from service.label_studio.predictions import as_stored, order_alone, prediction_faults, task_prediction
from service.ports import EmbeddingCache, ImageStore, LabelStudio, ProjectStore, RankingStore
from service.usecases.label_studio.connection import publish_order
from service.usecases.serving.served_versions import ServedVersion, ServedVersions

logger = logging.getLogger(__name__)

# Most images whose embeddings, predictions and request body are in memory at a time.
RANKED_PER_PAGE = 500


class PushPredictions:
    """Sends predictions of the images of a ranking, so that each task has its place in the order."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        images: ImageStore,
        rankings: RankingStore,
        cache: EmbeddingCache,
        served_versions: ServedVersions,
        connect: Callable[[LabelStudioLink], LabelStudio],
        order: bool,
        keep_old: bool,
    ) -> None:
        self._projects = projects
        self._images = images
        self._rankings = rankings
        self._cache = cache
        self._served_versions = served_versions
        self._connect = connect
        self._order = order
        self._keep_old = keep_old

    def push(self, project_id: str, *, progress: Progress, ranking: int) -> dict[str, Any]:
        """Push the predictions of a ranking. Safe to repeat: predictions of the same version are replaced.

        Args: ranking: the id of the ranking that gives the order.
        Returns: how many predictions Label Studio stored, and messages about the order.
        Raises: LabelStudioError; NotFound: the ranking is no longer kept.
        """
        project = self._projects.get(project_id)
        version = self._rankings.get(project_id, ranking, limit=1, after=0).version
        if project.label_studio is None or version != project.current_version:
            return {"pushed": 0, "order": ["another version was promoted since, and its own ranking is pushed instead"]}
        if version is None and not self._order:
            return {"pushed": 0, "order": ["there is no version yet, and Label Studio orders the tasks itself"]}
        served = self._served_versions.current(project)
        label_studio = self._connect(project.label_studio)
        require_same_project(label_studio.project(project.label_studio.project_id), project.label_studio)
        version_name = project.version_name(version)
        stored = label_studio.prediction_versions(project.label_studio.project_id)
        if version_name in stored:
            label_studio.delete_predictions(project.label_studio.project_id, version_name)
        pushed = self._push(mirrored_project(project), served, label_studio, self._pages(project_id, ranking), progress)
        # Publish last: deleting predictions of any version makes Label Studio forget which version the project follows.
        if not self._keep_old:
            _delete_old(project, project.label_studio.project_id, version_name, label_studio, stored)
        messages = self._publish(project.label_studio.project_id, version_name, label_studio, pushed)
        return {"pushed": pushed, "order": messages}

    def _push(
        self,
        mirrored: MirroredProject,
        served: ServedVersion | None,
        label_studio: LabelStudio,
        pages: Iterator[Ranking],
        progress: Progress,
    ) -> int:
        link = mirrored.link
        pushed = sent = 0
        for page in pages:
            predictions = list(self._predictions(mirrored, served, page.images))
            pushed += label_studio.import_predictions(link.project_id, only_valid(link.label_config, predictions))
            sent += len(page.images)
            progress(sent / max(page.pool_size, 1), f"{pushed} predictions pushed")
        return pushed

    def _pages(self, project_id: str, ranking_id: int) -> Iterator[Ranking]:
        after = 0
        while (page := self._rankings.get(project_id, ranking_id, limit=RANKED_PER_PAGE, after=after)).images:
            yield page
            after += len(page.images)

    def _predictions(
        self, mirrored: MirroredProject, served: ServedVersion | None, ranked: tuple[RankedImage, ...]
    ) -> Iterator[TaskPrediction]:
        """Yield one prediction for each task that shows one of these images."""
        image_ids = [image.image_id for image in ranked]
        predictions = self._predicted(served, image_ids)
        sources_of = self._images.sources_of(mirrored.project.id, image_ids)
        for image in ranked:
            prediction = predictions.get(image.image_id)
            if prediction is None and served is not None:
                continue
            for source in sources_of.get(image.image_id, []):
                if source.task_id is None:
                    continue
                priority = QueryPriority(worth=image.worth, reason=image.reason)
                if prediction is None:
                    yield order_alone(mirrored.project, task_id=source.task_id, priority=priority)
                else:
                    yield task_prediction(
                        mirrored, prediction, task_id=source.task_id, priority=priority, ordered=self._order
                    )

    def _predicted(self, served: ServedVersion | None, image_ids: list[str]) -> dict[str, Prediction]:
        """Predict the images that have an embedding, by image id."""
        if served is None:
            return {}
        cached = self._cache.read(served.classifier.encoder, image_ids)
        return dict(zip(cached.image_ids, served.predict(cached.image_ids, cached.matrix), strict=True))

    def _publish(self, project_id: int, version_name: str, label_studio: LabelStudio, pushed: int) -> list[str]:
        """Make Label Studio follow the version, if it has predictions of it."""
        if not self._order or not pushed:
            return []
        messages = publish_order(label_studio, project_id, version_name)
        for sentence in messages:
            logger.info("Label Studio project %d: %s", project_id, sentence)
        return messages


def _delete_old(
    project: Project, label_studio_id: int, version_name: str, label_studio: LabelStudio, stored: dict[str, int]
) -> None:
    for name in stored:
        if name.startswith(project.version_name_prefix) and name != version_name:
            label_studio.delete_predictions(label_studio_id, name)


def only_valid(label_config: str, predictions: Sequence[TaskPrediction]) -> list[TaskPrediction]:
    """Keep the predictions that Label Studio's own validator accepts; the others are logged and left out."""
    valid = []
    faults = prediction_faults(label_config, [as_stored(prediction) for prediction in predictions])
    for prediction, wrong in zip(predictions, faults, strict=True):
        if wrong:
            logger.error(
                "prediction of task %d does not fit the label config: %s", prediction.task_id, "; ".join(wrong)
            )
        else:
            valid.append(prediction)
    return valid
