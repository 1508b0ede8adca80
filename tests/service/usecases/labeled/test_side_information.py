"""Side information is collected once, and only as much as the head uses."""

from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy

from ml.classifier.saved_version import HEAD_TENSORS
from ml.encoders.base import EncoderIdentity
from ml.heads.base import HeadRecipe, SideInformation
from ml.heads.linear.softmax_regression import SoftmaxRegression
from ml.heads.neighbours.centroids import Centroids
from service.domain.artifact_keys import version_key
from service.domain.projects.project import Label, Project, put_under_parents
from service.usecases.labeled.side_information import SideInformationSource
from service.usecases.serving.loaded_encoders import LoadedEncoders
from service.usecases.serving.served_versions import ServedVersions
from tests.contracts.storing import a_project
from tests.doubles.artifact_store import InMemoryArtifactStore
from tests.service.assembled import LABELS, World
from tests.service.colour_encoder import NAME, ColourEncoder, ColourTextEncoder, embeddings_of_names

PLAIN: HeadRecipe = SoftmaxRegression()


class WithTexts(SoftmaxRegression):
    """A head that uses class texts."""

    uses_texts = True


class Process:
    """A new process that trains: it has loaded nothing yet."""

    def __init__(self, encoder: ColourEncoder, artifacts: InMemoryArtifactStore | None = None) -> None:
        self.loaded: list[str] = []
        self.artifacts = artifacts or InMemoryArtifactStore()
        self._encoder = encoder

    def side_information(self, project: Project, recipe: HeadRecipe = PLAIN) -> SideInformation:
        encoders = LoadedEncoders(self._load, self.artifacts)
        side_information = SideInformationSource(
            encoders=encoders, artifacts=self.artifacts, served_versions=ServedVersions(self.artifacts)
        )
        return side_information.gather(project, recipe, self.identity)

    @property
    def identity(self) -> EncoderIdentity:
        return self._encoder.identity

    def _load(self, name: str) -> ColourEncoder:
        self.loaded.append(name)
        return self._encoder


class NotingArtifactStore(InMemoryArtifactStore):
    """Records the keys that are written."""

    def __init__(self) -> None:
        super().__init__()
        self.put_keys: set[str] = set()

    def put(self, key: str, content: bytes) -> None:
        self.put_keys.add(key)
        super().put(key, content)


def colours(**changes: tuple[str, ...]) -> Project:
    """A project of colours, some with their own prompts."""
    labels = tuple(Label(name=name, prompts=changes.get(name, ())) for name in LABELS)
    return a_project(labels=labels, encoder=NAME)


def test_parents_are_in_label_set_order() -> None:
    project = colours()
    warm = replace(project, labels=put_under_parents(project.labels, {"red": "warm", "blue": "cold", "green": "cold"}))

    assert Process(ColourEncoder()).side_information(warm).parents == ("warm", "cold", "cold")
    assert Process(ColourEncoder()).side_information(project).parents is None


def test_a_head_without_use_for_texts_loads_no_encoder() -> None:
    process = Process(ColourTextEncoder())

    assert process.side_information(colours()).texts is None
    assert process.loaded == []


def test_each_label_gets_the_text_of_its_name() -> None:
    texts = Process(ColourTextEncoder()).side_information(colours(), WithTexts()).texts

    assert texts is not None
    np.testing.assert_allclose(texts.embeddings, embeddings_of_names(LABELS), atol=1e-6)
    assert texts.logit_scale == ColourTextEncoder.logit_scale


def test_own_prompts_take_the_place_of_the_name() -> None:
    texts = (
        Process(ColourTextEncoder()).side_information(colours(red=("green", "as green as grass")), WithTexts()).texts
    )

    assert texts is not None
    np.testing.assert_allclose(texts.embeddings, embeddings_of_names(("green", "green", "blue")), atol=1e-6)


def test_texts_are_encoded_once_for_all_processes() -> None:
    first = Process(ColourTextEncoder())
    second = Process(ColourTextEncoder(), first.artifacts)

    before, after = (process.side_information(colours(), WithTexts()).texts for process in (first, second))

    assert before is not None
    assert after is not None
    np.testing.assert_array_equal(before.embeddings, after.embeddings)
    assert before.logit_scale == after.logit_scale
    assert (first.loaded, second.loaded) == ([NAME], [])


@pytest.mark.parametrize(
    ("project", "weights"),
    [(colours(red=("green",)), "0"), (a_project(labels=(Label(name="red"),), encoder=NAME), "0"), (colours(), "1")],
    ids=["other prompts", "other labels", "other weights"],
)
def test_texts_of_something_else_are_encoded_anew(project: Project, weights: str) -> None:
    first = Process(ColourTextEncoder())
    first.side_information(colours(), WithTexts())
    second = Process(ColourTextEncoder(weights=weights), first.artifacts)

    second.side_information(project, WithTexts())

    assert second.loaded == [NAME]


@pytest.mark.parametrize("damage", [b"", b"damaged", safetensors.numpy.save({"embeddings": np.zeros((1, 1))})])
def test_damaged_texts_are_made_again(damage: bytes) -> None:
    artifacts = NotingArtifactStore()
    process = Process(ColourTextEncoder(), artifacts)
    process.side_information(colours(), WithTexts())
    (key,) = {key for key in artifacts.put_keys if key.startswith("texts/")}
    artifacts.put(key, damage)

    texts = process.side_information(colours(), WithTexts()).texts

    assert texts is not None
    np.testing.assert_allclose(texts.embeddings, embeddings_of_names(LABELS), atol=1e-6)
    assert process.side_information(colours(), WithTexts()).texts is not None
    assert process.loaded == [NAME, NAME]


def test_an_encoder_without_a_text_side_gives_no_texts() -> None:
    assert Process(ColourEncoder()).side_information(colours(), WithTexts()).texts is None


@pytest.fixture
def trained() -> World:
    world = World()
    world.add_project(head="centroids")
    world.label_colours(2)
    world.train()
    return world


def side_information_in(
    world: World, recipe: HeadRecipe = PLAIN, served_versions: ServedVersions | None = None
) -> SideInformation:
    """Collect the side information of the world's project in a new process."""
    encoders = LoadedEncoders(lambda name: world.encoders[name], world.artifacts)
    side_information = SideInformationSource(
        encoders=encoders,
        artifacts=world.artifacts,
        served_versions=served_versions or ServedVersions(world.artifacts),
    )
    return side_information.gather(world.project(), recipe, world.encoder.identity)


def test_the_current_versions_head_is_given_along(trained: World) -> None:
    previous = side_information_in(trained, Centroids()).previous

    current = ServedVersions(trained.artifacts).current(trained.project())
    assert previous is not None
    assert current is not None
    for name, tensor in current.classifier.head.tensors().items():
        np.testing.assert_array_equal(previous.tensors()[name], tensor)


def test_a_head_without_use_for_the_one_before_loads_no_version(trained: World) -> None:
    class NothingToLoad(InMemoryArtifactStore):
        def get(self, key: str) -> bytes:
            raise AssertionError(f"{key} was loaded")

    assert side_information_in(trained, PLAIN, ServedVersions(NothingToLoad())).previous is None


def test_a_head_for_another_label_set_is_given_along_because_centroids_are_of_images(trained: World) -> None:
    trained.application.projects.change_projects.change(trained.project(), labels=("yellow", *LABELS[::-1]))

    assert side_information_in(trained, Centroids()).previous is not None


def test_a_head_with_other_options_is_not_given_along(trained: World) -> None:
    assert side_information_in(trained, Centroids(count=2)).previous is None


def test_a_damaged_version_is_not_given_along(trained: World) -> None:
    trained.artifacts.put(version_key("birds", 1, HEAD_TENSORS), b"damaged")

    assert side_information_in(trained, Centroids()).previous is None
