"""Simulating on a data set: replayed runs, left-out images, refused requests, and continued simulations."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from ml.errors import InvalidHeadOptions, UnknownStrategy
from ml.images.image import ImageLimits
from ml.simulation.grid import FULL_SUPERVISION, GridPlan
from service.adapters.simulation_folder import SimulationFolder
from service.domain.errors import InvalidInput, NotReady
from service.domain.experiments.simulation import ReplayJob
from service.reports.simulation.record import SimulationRecord
from service.usecases.simulation.simulate_data_set import SimulateDataSet
from service.usecases.simulation.simulate_encoded import SimulateEncodedImages
from tests.contracts.storing import TickingClock
from tests.doubles.embedding_cache import InMemoryEmbeddingCache
from tests.service.assembled import a_png, no_progress
from tests.service.colour_encoder import NAME, ColourEncoder, ColourTextEncoder
from tests.service.usecases.comparison.test_compare_data_set import Shelf, colours

PLAN = GridPlan(
    strategies=("margin",), heads=("nearest-class-mean",), encoders=(NAME,), runs=2, iterations=2, batch_sizes=(2,)
)


class Stopped(Exception):
    """Stands for Ctrl-C in these tests."""


class Vanishing(Shelf):
    """A data set with an image that exists when it is listed, but no longer when it is embedded."""

    def __init__(self, vanishing: str, **contents: tuple[bytes | None, str]) -> None:
        super().__init__(**contents)
        self._vanishing, self._reads = vanishing, 0

    def read(self, name: str) -> bytes:
        self._reads += name == self._vanishing
        if name == self._vanishing and self._reads > 1:
            raise FileNotFoundError(2, "No such file or directory")
        return super().read(name)


class Bench:
    """The use case with access to its doubles; stop_after: number of runs after which it is interrupted."""

    def __init__(self, folder: Path, encoder: ColourEncoder | None = None, *, stop_after: int = 1_000) -> None:
        self.encoder = encoder or ColourEncoder()
        self.store = SimulationFolder(path=folder / "out")
        self.replayed: list[ReplayJob] = []
        self.asked_for_bytes: list[int] = []
        self.processes: list[int] = []
        self._stop_after = stop_after
        ticks = count()
        self.use_case = SimulateDataSet(
            cache=InMemoryEmbeddingCache(),
            load_encoder=lambda name: self.encoder,
            limits=ImageLimits(),
            simulate_encoded=SimulateEncodedImages(
                clock=TickingClock(),
                seconds=lambda: float(next(ticks)),
                run_all=self._run_all,
                processes_that_fit=self._fitting,
            ),
        )

    def _run_all(
        self, work: Callable[[ReplayJob], None], jobs: Sequence[ReplayJob], processes: int, done: Callable[[int], None]
    ) -> None:
        self.processes.append(processes)
        for job in jobs:
            if len(self.replayed) == self._stop_after:
                raise Stopped
            work(job)
            self.replayed.append(job)

    def _fitting(self, bytes_each: int) -> int:
        self.asked_for_bytes.append(bytes_each)
        return 3

    def simulate(
        self, data_set: Shelf, plan: GridPlan = PLAN, *, test: Shelf | None = None, processes: int | None = 1
    ) -> SimulationRecord:
        return self.use_case.simulate(data_set, plan, self.store, test=test, processes=processes, progress=no_progress)


def without_times(folder: Path) -> dict[str, list[dict[str, str]]]:
    found = {}
    for path in sorted((folder / "out" / "runs").iterdir()):
        lines = list(csv.DictReader(io.StringIO(path.read_text())))
        found[path.name] = [{key: line[key] for key in line if not key.endswith("seconds")} for line in lines]
    return found


def test_says_which_strategy_asks_best_and_what_frames_it(tmp_path: Path) -> None:
    report = Bench(tmp_path).simulate(colours(6))

    (setting,) = report.settings
    assert report.verdict.startswith("margin is best of ")
    assert [arm.arm.strategy for arm in setting.arms] == ["random", "margin"]
    assert (report.start, report.pool, report.tested) == (3, 9, 6)
    assert (setting.low, setting.high, setting.most_labels) == (3, 7, 12)
    assert setting.all_labels.estimate == 1


def test_every_run_of_every_strategy_is_a_file(tmp_path: Path) -> None:
    Bench(tmp_path).simulate(colours(6))

    rounds = {name: [line["n_annotations"] for line in lines] for name, lines in without_times(tmp_path).items()}
    assert len(rounds) == 6
    assert rounds[f"margin__nearest-class-mean__{NAME}__run-001.csv"] == ["3", "5", "7"]


def test_a_run_starts_alike_for_all(tmp_path: Path) -> None:
    Bench(tmp_path).simulate(colours(6))

    starts = {
        name: lines[0]["log_loss"] for name, lines in without_times(tmp_path).items() if name.endswith("run-000.csv")
    }
    assert len(starts) == 3
    assert len(set(starts.values())) == 1


def test_stopped_and_gone_on_with_gives_the_same_as_without_a_stop(tmp_path: Path) -> None:
    stopped = Bench(tmp_path / "stopped", stop_after=2)
    with pytest.raises(Stopped):
        stopped.simulate(colours(6))

    again = Bench(tmp_path / "stopped")
    again.simulate(colours(6))

    Bench(tmp_path / "whole").simulate(colours(6))
    assert len(again.replayed) == 4
    assert without_times(tmp_path / "stopped") == without_times(tmp_path / "whole")


def test_a_file_that_is_cut_off_is_replayed_again(tmp_path: Path) -> None:
    first = Bench(tmp_path)
    first.simulate(colours(6))
    path = first.store.run_path(first.replayed[0].configuration, 0)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))

    again = Bench(tmp_path)
    again.simulate(colours(6))

    assert [(job.configuration.strategy, job.run) for job in again.replayed] == [(FULL_SUPERVISION, 0)]


def test_arrays_that_were_cut_off_are_written_again(tmp_path: Path) -> None:
    stopped = Bench(tmp_path, stop_after=2)
    with pytest.raises(Stopped):
        stopped.simulate(colours(6))
    arrays = list((tmp_path / "out" / "arrays").iterdir())
    for path in arrays:
        path.write_bytes(path.read_bytes()[:-4])

    Bench(tmp_path).simulate(colours(6))

    assert len(arrays) == 2
    assert len(without_times(tmp_path)) == 6


def test_a_run_under_the_name_of_another_is_replayed_again(tmp_path: Path) -> None:
    first = Bench(tmp_path)
    first.simulate(colours(6))
    arm = first.replayed[0].configuration
    first.store.run_path(arm, 1).write_bytes(first.store.run_path(arm, 0).read_bytes())

    again = Bench(tmp_path)
    again.simulate(colours(6))

    assert [(job.configuration, job.run) for job in again.replayed] == [(arm, 1)]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(PLAN, runs=3), "runs is 2 there and 3 here"),
        (replace(PLAN, strategies=("entropy",)), r'strategies is \["margin"\] there and \["entropy"\] here'),
    ],
)
def test_another_grid_in_the_same_folder_is_refused(other: GridPlan, said: str, tmp_path: Path) -> None:
    Bench(tmp_path).simulate(colours(6))

    again = Bench(tmp_path)
    with pytest.raises(InvalidInput, match=said):
        again.simulate(colours(6), other)
    assert again.encoder.encoded == 0


def test_other_images_in_the_same_folder_are_refused(tmp_path: Path) -> None:
    Bench(tmp_path).simulate(colours(6))

    with pytest.raises(InvalidInput, match="holds another grid: images is"):
        Bench(tmp_path).simulate(colours(7))


def test_unreadable_images_and_copies_are_told_and_left_out(tmp_path: Path) -> None:
    shelf = colours(6, torn=(b"no image", "red"), locked=(None, "red"), twin=(a_png("red", 0), "red"))

    report = Bench(tmp_path).simulate(shelf)

    assert [each.image for each in report.left_out] == ["locked", "torn", "twin"]
    assert report.start + report.pool + report.tested == 18


def test_an_image_that_goes_away_meanwhile_is_told_and_left_out(tmp_path: Path) -> None:
    images: dict[str, tuple[bytes | None, str]] = {
        f"{label}{seed}": (a_png(label, seed), label) for label in ("red", "blue") for seed in range(6)
    }

    report = Bench(tmp_path).simulate(Vanishing("red0", **images))

    (gone,) = report.left_out
    assert (gone.image, gone.reason) == ("red0", "cannot be read: No such file or directory")
    assert report.start + report.pool + report.tested == 11


def test_a_test_set_of_its_own_is_tested_on_and_never_asked(tmp_path: Path) -> None:
    own = Shelf(**{f"{label}{seed}": (a_png(label, seed), label) for label in ("red", "blue") for seed in (50, 51)})

    report = Bench(tmp_path).simulate(colours(6), test=own)

    assert (report.start, report.pool, report.tested, report.test_is_given) == (3, 15, 4, True)


def test_what_is_in_both_sets_is_only_tested_on(tmp_path: Path) -> None:
    own = Shelf(red=(a_png("red", 0), "red"), blue=(a_png("blue", 99), "blue"))

    report = Bench(tmp_path).simulate(colours(6), test=own)

    assert [(each.image, each.reason) for each in report.left_out] == [("train/red0", "a copy of test/red")]
    assert report.tested == 2


def test_a_test_set_with_a_class_that_nobody_can_learn_is_refused(tmp_path: Path) -> None:
    own = Shelf(one=(a_png("red", 50), "purple"))

    with pytest.raises(InvalidInput, match='has a class "purple" that colours lacks'):
        Bench(tmp_path).simulate(colours(6), test=own)


@pytest.mark.parametrize(
    ("shelf", "plan", "error", "said"),
    [
        (Shelf(a=(b"1", "cat"), b=(b"2", "cat")), PLAN, InvalidInput, "one class only, cat"),
        (colours(2), PLAN, NotReady, "all images are labeled"),
        (colours(6), replace(PLAN, strategies=("margn",)), UnknownStrategy, 'did you mean "margin"'),
        (colours(6), replace(PLAN, heads=("knn(power=3)",)), InvalidHeadOptions, "no option of knn"),
        (colours(6), replace(PLAN, heads=("sigmoid-regression",)), InvalidInput, "for several labels per image"),
        (colours(6), replace(PLAN, heads=("zero-shot",)), InvalidInput, "zero-shot needs texts"),
    ],
)
def test_what_cannot_be_replayed_is_refused_before_anything_is_embedded(
    shelf: Shelf, plan: GridPlan, error: type[Exception], said: str, tmp_path: Path
) -> None:
    bench = Bench(tmp_path)

    with pytest.raises(error, match=said):
        bench.simulate(shelf, plan)

    assert bench.encoder.encoded == 0


def test_texts_of_the_classes_reach_the_heads_that_use_them(tmp_path: Path) -> None:
    report = Bench(tmp_path, ColourTextEncoder()).simulate(
        colours(6), replace(PLAN, heads=("zero-shot",), labels_per_class=0)
    )

    assert [arm.final.estimate for arm in report.settings[0].arms] == [1, 1]


def test_a_head_that_cannot_be_trained_on_these_images_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="hierarchical on efficientnet-lite0 cannot be trained: hierarchical needs"):
        Bench(tmp_path).simulate(colours(6), replace(PLAN, heads=("hierarchical",)))


def test_as_many_processes_are_taken_as_fit_unless_somebody_says_how_many(tmp_path: Path) -> None:
    fitting, told = Bench(tmp_path / "fitting"), Bench(tmp_path / "told")

    fitting.simulate(colours(6), processes=None)
    told.simulate(colours(6), processes=5)

    assert (fitting.processes, told.processes) == ([3], [5])
    assert fitting.asked_for_bytes[0] > 300_000_000


def test_names_are_taken_as_their_tables_write_them(tmp_path: Path) -> None:
    report = Bench(tmp_path).simulate(colours(6), replace(PLAN, strategies=("margin( random_share = 0.5 )", "margin")))

    assert report.plan.strategies == ("margin(random_share=0.5)", "margin")


def test_a_strategy_may_ask_for_the_very_first_images_too(tmp_path: Path) -> None:
    report = Bench(tmp_path).simulate(colours(6), replace(PLAN, labels_per_class=0))

    assert (report.start, report.settings[0].low, report.settings[0].high) == (0, 0, 4)
