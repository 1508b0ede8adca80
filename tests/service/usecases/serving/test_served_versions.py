"""The cache of loaded versions."""

import pytest

from ml.classifier.saved_version import pack
from ml.classifier.training import train_classifier
from service.domain.artifact_keys import version_key
from service.domain.errors import DamagedVersion
from service.domain.projects.project import Label
from service.usecases.serving.served_versions import ServedVersions
from tests.contracts.storing import a_project
from tests.doubles.artifact_store import InMemoryArtifactStore
from tests.ml.clouds import ENCODER, cloud

LABELS = ("red", "green")
PROJECT = a_project(labels=tuple(Label(name=name) for name in LABELS))


def stored(*numbers: int) -> InMemoryArtifactStore:
    """Make versions that keep all embeddings, 40 of 8 numbers: more than a kilobyte each."""
    train = cloud(20, 20)
    classifier = train_classifier(
        embeddings=train.embeddings, targets=train.targets, labels=LABELS, head_name="knn", encoder=ENCODER, seed=0
    )
    artifacts = InMemoryArtifactStore()
    for number in numbers:
        for file, content in pack(classifier, {}).items():
            artifacts.put(version_key(PROJECT.id, number, file), content)
    return artifacts


def test_version_that_was_loaded_needs_its_files_no_more() -> None:
    artifacts = stored(1, 2)
    versions = ServedVersions(artifacts)
    first, second = versions.get(PROJECT, 1), versions.get(PROJECT, 2)

    artifacts.delete_under(f"versions/{PROJECT.id}/")

    assert versions.get(PROJECT, 1).classifier is first.classifier
    assert versions.get(PROJECT, 2).classifier is second.classifier


def test_versions_that_take_more_than_may_be_kept_make_room_for_the_last() -> None:
    artifacts = stored(1, 2)
    versions = ServedVersions(artifacts, most_bytes=1_000)
    versions.get(PROJECT, 1)
    second = versions.get(PROJECT, 2)

    artifacts.delete_under(f"versions/{PROJECT.id}/")

    assert versions.get(PROJECT, 2).classifier is second.classifier
    with pytest.raises(DamagedVersion):
        versions.get(PROJECT, 1)
