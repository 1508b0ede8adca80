"""Reads a data set from class folders."""

from pathlib import Path

import pytest

from service.adapters.class_folders import read_class_folders
from service.domain.errors import InvalidInput


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode(errors="surrogateescape"))


def test_folders_are_classes_and_their_files_images_in_order(tmp_path: Path) -> None:
    make(tmp_path, "dog/b.jpg", "dog/a.jpg", "cat/deep/c.jpg", "readme.txt")

    found = read_class_folders(tmp_path)

    assert found.labels == ("cat", "dog")
    assert [(file.name, file.label) for file in found.files] == [
        ("cat/deep/c.jpg", "cat"),
        ("dog/a.jpg", "dog"),
        ("dog/b.jpg", "dog"),
    ]
    assert found.read("dog/a.jpg") == b"dog/a.jpg"
    assert found.title == tmp_path.name


def test_names_that_begin_with_a_dot_do_not_count(tmp_path: Path) -> None:
    make(tmp_path, "cat/a.jpg", "cat/.DS_Store", "cat/.thumbnails/a.jpg", ".git/config")

    found = read_class_folders(tmp_path)

    assert found.labels == ("cat",)
    assert [file.name for file in found.files] == ["cat/a.jpg"]


def test_class_folder_without_a_file_is_a_class(tmp_path: Path) -> None:
    make(tmp_path, "cat/a.jpg")
    (tmp_path / "dog").mkdir()

    assert read_class_folders(tmp_path).labels == ("cat", "dog")


@pytest.mark.parametrize("missing", ["no-such", "cat/a.jpg"])
def test_what_is_no_folder_is_refused(missing: str, tmp_path: Path) -> None:
    make(tmp_path, "cat/a.jpg")

    with pytest.raises(InvalidInput, match=f"no folder .*{missing}"):
        read_class_folders(tmp_path / missing)


def test_name_that_is_no_text_is_written_as_one_and_still_found(tmp_path: Path) -> None:
    make(tmp_path, "caf\udce9/1\udcff.jpg")

    found = read_class_folders(tmp_path)

    assert found.labels == ("caf\\udce9",)
    assert [file.name for file in found.files] == ["caf\\udce9/1\\udcff.jpg"]
    assert found.read(found.files[0].name)


def test_folder_without_class_folders_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "b.jpg")

    with pytest.raises(InvalidInput, match="has no folders in it"):
        read_class_folders(tmp_path)


def test_file_that_went_away_has_no_content(tmp_path: Path) -> None:
    make(tmp_path, "cat/a.jpg")
    found = read_class_folders(tmp_path)
    (tmp_path / "cat/a.jpg").unlink()

    assert found.read_if_there("cat/a.jpg") is None
