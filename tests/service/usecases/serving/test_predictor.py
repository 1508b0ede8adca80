"""Images of one request are classified together, and an unreadable one does not stop the others."""

from dataclasses import replace

import numpy as np
import pytest

from ml.errors import UnreadableImage
from ml.heads.base import Head, HeadCost
from ml.types import Embeddings, Logits, Tensors
from service.domain.images.image import image_id_of
from service.domain.projects.project import Project
from service.usecases.serving.predictor import Predictor
from service.usecases.serving.served_versions import ServedVersion, ServedVersions
from tests.doubles.artifact_store import InMemoryArtifactStore
from tests.service.assembled import World, a_png


class CountingHead:
    """Predicts like another head, and counts the calls."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self.images_asked: list[int] = []

    def logits(self, embeddings: Embeddings) -> Logits:
        self.images_asked.append(len(embeddings))
        return self._head.logits(embeddings)

    def tensors(self) -> Tensors:
        return self._head.tensors()

    def cost(self) -> HeadCost:
        return self._head.cost()


class CountedVersions(ServedVersions):
    """Serves versions whose head counts its calls."""

    def __init__(self, artifacts: InMemoryArtifactStore) -> None:
        super().__init__(artifacts)
        self.heads: list[CountingHead] = []

    def get(self, project: Project, number: int) -> ServedVersion:
        served = super().get(project, number)
        self.heads.append(CountingHead(served.classifier.head))
        return replace(served, classifier=replace(served.classifier, head=self.heads[-1]))


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    world.add_project(head="knn")
    world.label_colours(2)
    world.train()
    return world


def test_the_head_is_asked_once_for_all_images_that_can_be_read(world: World) -> None:
    versions = CountedVersions(world.artifacts)
    predictor = Predictor(embedder=world.application.serving.embedder, served_versions=versions)
    red, bad, blue = a_png("red", 50), b"no image", a_png("blue", 51)

    first, unreadable, last = predictor.classify(world.project(), [red, bad, blue])

    assert [head.images_asked for head in versions.heads] == [[2]]
    assert isinstance(unreadable, UnreadableImage)
    assert not isinstance(first, UnreadableImage)
    assert not isinstance(last, UnreadableImage)
    assert (first.labels, last.labels) == (("red",), ("blue",))
    assert (first.image_id, last.image_id) == (image_id_of(red), image_id_of(blue))


def test_an_image_is_answered_the_same_alone_as_among_others(world: World) -> None:
    images = [a_png(colour, 60) for colour in ("red", "green", "blue")]
    predictor = world.application.serving.predictor

    together = predictor.classify(world.project(), images)
    alone = [answer for image in images for answer in predictor.classify(world.project(), [image])]

    for one, other in zip(together, alone, strict=True):
        assert not isinstance(one, UnreadableImage)
        assert not isinstance(other, UnreadableImage)
        assert one.labels == other.labels
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-6)


def test_without_an_image_that_can_be_read_no_head_is_asked(world: World) -> None:
    versions = CountedVersions(world.artifacts)
    predictor = Predictor(embedder=world.application.serving.embedder, served_versions=versions)

    (answer,) = predictor.classify(world.project(), [b"no image"])

    assert isinstance(answer, UnreadableImage)
    assert [head.images_asked for head in versions.heads] == [[]]
