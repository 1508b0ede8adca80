"""Classifies images with a project's current version."""

from collections.abc import Sequence

import numpy as np

from ml.errors import UnreadableImage
from ml.types import Embedding
from service.domain.images.image import image_id_of
from service.domain.projects.project import Project
from service.domain.training.prediction import Prediction
from service.usecases.serving.embedder import Embedder
from service.usecases.serving.served_versions import ServedVersion, ServedVersions


class Predictor:
    """Embeds images in shared batches, then applies the calibrated head."""

    def __init__(self, *, embedder: Embedder, served_versions: ServedVersions) -> None:
        self._embedder = embedder
        self._served_versions = served_versions

    def classify(self, project: Project, contents: Sequence[bytes]) -> list[Prediction | UnreadableImage]:
        """Predict each image, in order; an unreadable image gets its error and does not stop the others.

        Raises: NotReady: nothing is trained yet; Overloaded.
        """
        served = self._served_versions.answering(project, self._embedder.identity)
        answers = self._embedder.embed(served.classifier.encoder.name, contents)
        image_ids = [image_id_of(content) for content in contents]
        predictions = iter(_predict_embedded(served, image_ids, answers))
        return [answer if isinstance(answer, UnreadableImage) else next(predictions) for answer in answers]


def _predict_embedded(
    served: ServedVersion, image_ids: Sequence[str], answers: Sequence[Embedding | UnreadableImage]
) -> list[Prediction]:
    """Predict all embedded images in one call: a nearest-neighbour head then searches its images only once."""
    embedded = {row: answer for row, answer in enumerate(answers) if not isinstance(answer, UnreadableImage)}
    if not embedded:
        return []
    return served.predict([image_ids[row] for row in embedded], np.stack(list(embedded.values())))
