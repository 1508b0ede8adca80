"""Classifies images with a project's current version."""

from collections.abc import Sequence

import numpy as np

from ml.encoder import Encoder
from ml.errors import UnreadableImage
from ml.named_head import named_head
from ml.types import Embedding
from service.domain.errors import NotReady
from service.domain.image import image_id_of
from service.domain.prediction import Prediction
from service.domain.project import Project
from service.usecases.embedder import Embedder
from service.usecases.served_versions import ServedVersion, ServedVersions


class Predictor:
    """Embeds in shared batches, then applies head and temperature."""

    def __init__(self, *, embedder: Embedder, served_versions: ServedVersions) -> None:
        self._embedder = embedder
        self._served_versions = served_versions

    def classify(self, project: Project, contents: Sequence[bytes]) -> list[Prediction | UnreadableImage]:
        """One answer per image, in order; an unreadable one fails alone.

        Raises: NotReady: nothing is trained yet; Overloaded.
        """
        served = self.served(project)
        answers = self._embedder.embed(served.classifier.encoder.name, contents)
        image_ids = [image_id_of(content) for content in contents]
        predictions = iter(_predict_embedded(served, image_ids, answers))
        return [answer if isinstance(answer, UnreadableImage) else next(predictions) for answer in answers]

    def served(self, project: Project) -> ServedVersion:
        """The current version. Raises: NotReady, DamagedVersion."""
        served = self._served_versions.current(project)
        if served is None:
            raise NotReady(f"project {project.id!r} has no version yet: {_first_step(project)}")
        check_encoder(self._embedder.encoder(served.classifier.encoder.name), served)
        return served

    def predict(self, served: ServedVersion, image_id: str, embedding: Embedding) -> Prediction:
        """Classify one embedding (dimension,)."""
        (prediction,) = served.predict([image_id], embedding[np.newaxis])
        return prediction


def _predict_embedded(
    served: ServedVersion, image_ids: Sequence[str], answers: Sequence[Embedding | UnreadableImage]
) -> list[Prediction]:
    """Classify at once what could be embedded: a head that searches goes through its images once for all of them."""
    embedded = {row: answer for row, answer in enumerate(answers) if not isinstance(answer, UnreadableImage)}
    if not embedded:
        return []
    return served.predict([image_ids[row] for row in embedded], np.stack(list(embedded.values())))


def _first_step(project: Project) -> str:
    if named_head(project.head).serves_unlabeled_classes:
        return (
            "its first one is trained without labels as soon as a worker is free; POST .../versions asks for it again"
        )
    return "annotate images of two classes, then train"


def check_encoder(encoder: Encoder, served: ServedVersion) -> None:
    """Refuse to feed a version with embeddings it was not trained on. Raises: NotReady."""
    if encoder.identity.key != served.classifier.encoder.key:
        raise NotReady(
            f"version {served.number} was trained on embeddings of {served.classifier.encoder.key}, "
            f"the encoder here is {encoder.identity.key}: the scheduler retrains the project, "
            "or POST .../versions does at once"
        )
