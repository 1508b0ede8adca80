"""A simulation in a folder: valid files, ignored files, and refusals."""

from pathlib import Path

import numpy as np
import pytest

from ml.simulation.grid import Configuration
from service.adapters.simulation_folder import SimulationFolder
from service.domain.errors import InvalidInput, StorageUnavailable

GRID = {"runs": 2, "strategies": ("margin",)}
ARM = Configuration(strategy="margin", head="knn", encoder="efficientnet-lite0")


def folder(path: Path) -> SimulationFolder:
    found = SimulationFolder(path=path / "out")
    found.claim(GRID)
    return found


def test_the_same_grid_goes_on(tmp_path: Path) -> None:
    folder(tmp_path).write_run(ARM, 1, "content")

    assert folder(tmp_path).run(ARM, 1) == "content"
    assert folder(tmp_path).run(ARM, 0) is None


def test_another_grid_is_refused_with_the_key_that_differs(tmp_path: Path) -> None:
    folder(tmp_path)

    for refuse in (SimulationFolder.claim, SimulationFolder.require):
        with pytest.raises(InvalidInput, match="out holds another grid: runs is 2 there and 5 here"):
            refuse(SimulationFolder(path=tmp_path / "out"), {**GRID, "runs": 5})


def test_a_part_of_the_grid_is_not_another_grid(tmp_path: Path) -> None:
    folder(tmp_path).require({"runs": 2})


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()

    with pytest.raises(InvalidInput, match="has other files in it: name a new or an empty folder"):
        SimulationFolder(path=tmp_path).claim(GRID)


def test_a_grid_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "grid.json").write_text("{")

    with pytest.raises(InvalidInput, match="was not written by a simulation"):
        SimulationFolder(path=tmp_path).claim(GRID)


def test_a_file_that_was_not_finished_does_not_count_and_is_taken_away(tmp_path: Path) -> None:
    found = folder(tmp_path)
    path = found.run_path(ARM, 0)
    path.parent.mkdir()
    unfinished = path.with_name(f"{path.name}.123.unfinished")
    unfinished.write_text("half")

    assert found.run(ARM, 0) is None
    folder(tmp_path)
    assert not unfinished.exists()


def test_only_one_simulation_works_in_a_folder(tmp_path: Path) -> None:
    again = folder(tmp_path).held()
    with folder(tmp_path).held(), pytest.raises(InvalidInput, match="another simulation works in"):
        again.__enter__()

    with folder(tmp_path).held():
        assert folder(tmp_path).run(ARM, 0) is None


def test_a_simulation_that_leaves_nothing_takes_its_new_folder_away(tmp_path: Path) -> None:
    with SimulationFolder(path=tmp_path / "new" / "out").held():
        pass

    assert not (tmp_path / "new" / "out").exists()


def test_an_empty_folder_that_was_there_stays(tmp_path: Path) -> None:
    with SimulationFolder(path=tmp_path).held():
        pass

    assert tmp_path.is_dir()


def test_arrays_are_mapped_not_read(tmp_path: Path) -> None:
    found = folder(tmp_path)
    found.write_array("embeddings lite", np.arange(6).reshape(2, 3))

    array = found.array("embeddings lite")

    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert isinstance(array.base, np.memmap)
    assert (found.has_array("embeddings lite"), found.has_array("texts lite")) == (True, False)


def test_names_of_files_are_safe_and_tell_apart_what_is_not_the_same(tmp_path: Path) -> None:
    names = ("margin(random_share=0.1)", "margin-random_share=0.1", "../../margin", "m" * 300, "m" * 301)

    paths = [
        folder(tmp_path).run_path(Configuration(strategy=name, head="k" * 99, encoder="a/b:c"), 0) for name in names
    ]

    assert len(set(paths)) == len(names)
    assert all(path.parent == tmp_path / "out" / "runs" and len(path.name) <= 255 for path in paths)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageUnavailable, match="file/out cannot be read or written: Not a directory"):
        SimulationFolder(path=tmp_path / "file" / "out").claim(GRID)
