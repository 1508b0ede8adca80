"""Contract of all artifact stores."""

from pathlib import Path

import pytest

from service.adapters.obstore_artifacts import open_artifacts
from service.domain.errors import NotFound
from service.ports import ArtifactStore
from tests.doubles.artifact_store import InMemoryArtifactStore


@pytest.fixture(params=["in memory", "folder", "file address"])
def artifacts(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    if request.param == "in memory":
        return InMemoryArtifactStore()
    folder = tmp_path / "not" / "there yet"
    return open_artifacts(folder if request.param == "folder" else folder.as_uri())


def test_bytes_come_back_as_they_were_put(artifacts: ArtifactStore) -> None:
    artifacts.put("birds/images/ab", b"\x00\xffowl")

    assert artifacts.get("birds/images/ab") == b"\x00\xffowl"


def test_empty_bytes_are_bytes(artifacts: ArtifactStore) -> None:
    artifacts.put("birds/empty", b"")

    assert artifacts.exists("birds/empty")
    assert artifacts.get("birds/empty") == b""


def test_a_later_put_replaces_an_earlier_one(artifacts: ArtifactStore) -> None:
    artifacts.put("birds/a", b"a long first content")

    artifacts.put("birds/a", b"short")

    assert artifacts.get("birds/a") == b"short"


def test_what_was_never_put_is_not_found(artifacts: ArtifactStore) -> None:
    with pytest.raises(NotFound):
        artifacts.get("birds/a")

    assert not artifacts.exists("birds/a")


def test_deleting_under_a_key_leaves_its_neighbours(artifacts: ArtifactStore) -> None:
    for key in ("birds/1/a", "birds/1/deep/b", "birds/10/a", "fish/1/a"):
        artifacts.put(key, b"x")

    artifacts.delete_under("birds/1/")
    artifacts.delete_under("birds/1")

    assert not artifacts.exists("birds/1/a")
    assert not artifacts.exists("birds/1/deep/b")
    assert artifacts.exists("birds/10/a")
    assert artifacts.exists("fish/1/a")
