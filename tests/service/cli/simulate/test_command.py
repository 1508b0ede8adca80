"""`margin simulate` as a user runs it: real digits in class folders, and the real encoder."""

import csv
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_group
from typer.testing import CliRunner, Result

from service.cli.main import app
from service.cli.simulate.config import SimulationConfig, simulation_config
from service.reports.forms.registry import FORMS
from tests.service.cli.clean_environment import clean_environment
from tests.service.cli.digit_folders import write_digits
from tests.waiting import GENEROUS_SECONDS, wait_until

GUIDE = Path(__file__).parents[4] / "docs" / "guides" / "simulate.md"
EACH = 8
ARMS_AND_RUNS = 3 * 2
GRID = "--strategies margin --heads nearest-class-mean --runs 2 --iterations 3 --batch-size 2 3 --data data --out out"


# The command starts cold, twice or three times before a test has what it looks at, and each start imports PyTorch.
pytestmark = [pytest.mark.usefixtures("default_settings"), pytest.mark.timeout(4 * GENEROUS_SECONDS)]


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write zeros, ones and twos, eight each, and a file that is not an image."""
    folder = tmp_path_factory.mktemp("somewhere") / "digits"
    write_digits(folder, ("zero", "one", "two"), each=EACH)
    (folder / "one" / "torn.png").write_bytes(b"no image")
    return folder


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """The output and files of a command that was stopped half-way and then run again."""

    runs_before_the_stop: int
    said_when_stopped: str
    status_when_stopped: int
    said: str
    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"


def command(digits: Path) -> list[str]:
    return [sys.executable, "-m", "service.cli.main", "simulate", str(digits), *GRID.split()]


def start(command: list[str], folder: Path) -> "subprocess.Popen[str]":
    """Start the command so that it reacts to SIGINT, which a shell's background processes and their children ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            command, cwd=folder, env=clean_environment(), stderr=subprocess.PIPE, text=True, start_new_session=True
        )
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def simulated(digits: Path, tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """Run the real command in a separate process, stop it with Ctrl-C after its first run, and run it again."""
    folder = tmp_path_factory.mktemp("run")
    first = start([*command(digits), "--processes", "1"], folder)
    wait_until(lambda: any((folder / "out" / "runs").glob("*.csv")))
    os.killpg(first.pid, signal.SIGINT)
    _, said_when_stopped = first.communicate()
    there = len(list((folder / "out" / "runs").glob("*.csv")))
    again = subprocess.run(
        command(digits), cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    return Simulated(
        runs_before_the_stop=there,
        said_when_stopped=said_when_stopped,
        status_when_stopped=first.returncode,
        said=again.stdout,
        folder=folder,
    )


def simulate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["simulate", *map(str, arguments)])


def rounds(out: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    for path in sorted((out / "runs").iterdir()):
        with path.open(newline="") as file:
            lines = list(csv.DictReader(file))
        yield path.name, [{key: line[key] for key in line if not key.endswith("seconds")} for line in lines]


def test_ctrl_c_ends_with_a_sentence_and_keeps_what_is_done(simulated: Simulated) -> None:
    assert simulated.status_when_stopped == 1
    assert simulated.said_when_stopped == (
        "margin: stopped; finished runs are kept in out, and the same command continues there\n"
    )
    assert simulated.runs_before_the_stop >= 1


def test_ctrl_c_before_the_first_image_is_read_ends_alike(digits: Path, tmp_path: Path) -> None:
    started = start(command(digits), tmp_path)

    wait_until((tmp_path / "out" / ".lock").exists)
    os.killpg(started.pid, signal.SIGINT)
    _, said = started.communicate()

    assert (started.returncode, said.partition(";")[0]) == (1, "margin: stopped")


def test_one_command_says_which_strategy_is_best_and_by_how_much(simulated: Simulated) -> None:
    lines = simulated.said.splitlines()

    assert lines[-1] == json.loads((simulated.out / "summary.json").read_bytes())["verdict"]
    assert lines[-1].startswith("margin is best of ")
    assert "left out: one/torn.png: " in simulated.said
    assert "without active learning: " in simulated.said


def test_everything_is_written(simulated: Simulated) -> None:
    names = {path.name for path in simulated.out.iterdir()}

    others = {f"report.{form.name}" for form in FORMS if form.name not in {"json", "csv"}}
    assert "report.html" in others
    assert names == {"grid.json", "arrays", "runs", "summary.json", "summary.csv", "curves.png"} | others
    assert len(list(rounds(simulated.out))) == ARMS_AND_RUNS
    assert [line["n_annotations"] for line in dict(rounds(simulated.out))[
        "margin__nearest-class-mean__efficientnet-lite0__run-000.csv"
    ]] == ["3", "5", "8", "11"]  # fmt: skip


def test_stopped_and_gone_on_with_gives_the_same_as_without_a_stop(simulated: Simulated, digits: Path) -> None:
    whole = simulate(digits, *GRID.replace("--out out", "--out whole").split(), "--data", simulated.folder / "data")

    assert whole.exit_code == 0, whole.stderr
    assert dict(rounds(Path("whole"))) == dict(rounds(simulated.out))


def test_programs_get_nothing_but_json_and_what_is_done_is_not_done_again(simulated: Simulated, digits: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (simulated.out / "runs").iterdir()}
    there = ("--data", simulated.folder / "data", "--out", simulated.out)

    result = simulate(digits, *GRID.split(), *there, "--accuracies", "0.5", "--json", "-")

    found: dict[str, Any] = json.loads(result.stdout)
    assert [each["accuracy"] for each in found["settings"][0]["arms"][0]["labels_needed"]] == [0.5]
    assert before == {path: path.stat().st_mtime_ns for path in (simulated.out / "runs").iterdir()}


def test_another_grid_in_the_same_folder_is_refused(simulated: Simulated, digits: Path) -> None:
    result = simulate(digits, *GRID.split(), "--out", simulated.out, "--seed", "5")

    assert result.exit_code == 1
    assert "holds another grid: seed is 0 there and 5 here" in result.stderr


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "has no folders in it"),
        (["cat/1.jpg", "cat/2.jpg"], "one class only, cat"),
        (["cat/1.jpg", "cat/2.jpg", "dog/3.jpg"], 'class "dog" has 1 images'),
        (["cat/1.jpg", "cat/2.jpg", "dog/3.jpg", "dog/4.jpg"], "all images are labeled"),
    ],
)
def test_folder_that_cannot_be_replayed_is_told(names: list[str], said: str, tmp_path: Path) -> None:
    for name in names:
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / name).write_bytes(name.encode())
    (tmp_path / "set").mkdir(exist_ok=True)

    result = simulate("set", "--out", "out")

    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_results_among_the_classes_are_refused(digits: Path) -> None:
    result = simulate(digits, "--out", digits / "results")

    assert result.exit_code == 1
    assert "whose folders are classes: name a folder elsewhere" in result.stderr


def test_a_setting_that_names_no_strategy_is_told(digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARGIN_STRATEGY", "margn")

    result = simulate(digits, "--out", "out")

    assert result.exit_code != 0
    assert "margn" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "Missing argument"),
        ("digits", "name a folder for the results"),
        ("digits --out out --strategies margn", 'did you mean "margin"'),
        ("digits --out out --batch-size 5 0", "greater than or equal to 1"),
        ("digits --out out --runs 0", "greater than or equal to 1"),
        ("digits --out out --json out.json", "expected - for standard output"),
    ],
)
def test_bad_usage_is_told_with_status_2(arguments: str, said: str) -> None:
    result = simulate(*arguments.split())

    assert result.exit_code == 2
    # A frame around the message may break its lines.
    assert said in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize("line", re.findall(r"^    margin simulate (.+)$", GUIDE.read_text(), re.MULTILINE))
def test_commands_of_the_guide_are_understood(line: str) -> None:
    given = get_group(app).commands["simulate"].make_context("simulate", shlex.split(line)).params

    known = {key: given[key] or None for key in given if key in SimulationConfig.model_fields}
    assert simulation_config(None, known).out or given["config"]


def test_the_grid_of_the_guide_is_understood(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (tmp_path / "grid.yaml").write_text(block)

    found = simulation_config(tmp_path / "grid.yaml", {})

    assert found.model_fields_set == set(yaml.safe_load(block))
    assert found.out == Path("results")
