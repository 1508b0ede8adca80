"""`margin evaluate` as a user runs it: real digits in class folders, the real encoder, and a real service."""

import csv
import json
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.main import get_group
from typer.testing import CliRunner, Result

from service.cli.client.job_waiting import JobFailed
from service.cli.client.margin_client import MarginClient
from service.cli.evaluate.comparison_options import comparison_request
from service.cli.evaluate.project_comparison import compare_project
from service.cli.main import app
from service.domain.experiments.comparison_request import ComparisonRequest
from service.domain.job import JobKind
from service.http.app import build_app
from tests.service.assembled import World, no_progress
from tests.service.cli.clean_environment import clean_environment
from tests.service.cli.digit_folders import write_digits
from tests.service.cli.served import served
from tests.waiting import GENEROUS_SECONDS, wait_until

EACH = 6
NOBODY = "http://127.0.0.1:1"


# The command starts cold and imports PyTorch, in the time of the first test that looks at its output.
pytestmark = [pytest.mark.usefixtures("default_settings"), pytest.mark.timeout(4 * GENEROUS_SECONDS)]


def commands_of_the_guide() -> list[str]:
    """Return the arguments of `margin evaluate` in the code lines of the guide."""
    guide = Path(__file__).parents[4] / "docs" / "guides" / "evaluation.md"
    return re.findall(r"^    margin evaluate (.+)$", guide.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write zeros and ones, six each, and a file that is not an image."""
    folder = tmp_path_factory.mktemp("somewhere") / "digits"
    write_digits(folder, ("zero", "one"), each=EACH)
    (folder / "one" / "torn.png").write_bytes(b"no image")
    return folder


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """The output and the files of one command."""

    said: str
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "out.json").read_bytes()))


@pytest.fixture(scope="module")
def evaluated(digits: Path, tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    """Run the real command in a separate process, with all its output files."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "parents.json").write_text('{"round": ["zero"], "straight": ["one"]}')
    what = "--heads softmax-regression zero-shot --labels-per-class 2 all --repeats 1 --data data"
    written = "--json out.json --csv out.csv --html out.html --hierarchy parents.json"
    ran = subprocess.run(
        [sys.executable, "-m", "service.cli.main", "evaluate", str(digits), *what.split(), *written.split()],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return Evaluated(said=ran.stdout, folder=folder)


def evaluate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


def sentence(result: Result) -> str:
    """Return the error sentence: one line, no traceback."""
    assert result.stderr.count("\n") == 1, result.stderr
    return str(result.stderr.strip())


def test_one_command_says_which_head_is_best_and_by_how_much(evaluated: Evaluated) -> None:
    last = evaluated.said.splitlines()[-1]

    assert last == evaluated.report["verdict"]
    assert last.startswith("softmax-regression, ")


def test_table_has_a_line_for_each_combination_and_says_what_could_not_be_trained(evaluated: Evaluated) -> None:
    assert evaluated.said.count("│ softmax-regression") == 2
    assert evaluated.said.count("not trained: zero-shot: zero-shot needs texts") == 1


def test_unreadable_image_is_listed_and_left_out(evaluated: Evaluated) -> None:
    assert evaluated.report["comparison"]["images"] == 2 * EACH
    assert [each["image"] for each in evaluated.report["left_out"]] == ["one/torn.png"]
    assert "left out: one/torn.png: " in evaluated.said


def test_csv_and_page_are_written_too(evaluated: Evaluated) -> None:
    with (evaluated.folder / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert [(row["head"], row["labels_per_class"]) for row in rows] == [
        ("softmax-regression", "2"),
        ("zero-shot", "2"),
        ("softmax-regression", "all"),
        ("zero-shot", "all"),
    ]
    assert float(rows[2]["parent_accuracy"]) >= float(rows[2]["accuracy"])
    assert (evaluated.folder / "out.html").read_text().rstrip().endswith("</html>")


def test_second_run_finds_the_embeddings_and_gives_programs_nothing_but_json(
    evaluated: Evaluated, digits: Path
) -> None:
    result = evaluate(
        digits, "--heads", "softmax-regression", "--repeats", "1", "--json", "-", "--data", evaluated.folder / "data"
    )

    again, before = json.loads(result.stdout)["comparison"], evaluated.report["comparison"]
    assert again["rows"][0]["measures"]["accuracy"] == before["rows"][2]["measures"]["accuracy"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "has no folders in it: expected one folder of images per class"),
        (["cat/1.jpg", "cat/2.jpg"], "one class only, cat"),
        (["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"], 'class "dog" has 1 images that can be used'),
    ],
)
def test_folder_that_is_no_data_set_is_told(names: list[str], said: str, tmp_path: Path) -> None:
    for name in names:
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / name).write_bytes(name.encode())
    (tmp_path / "set").mkdir(exist_ok=True)

    result = evaluate("set")

    assert result.exit_code == 1
    assert said in sentence(result)


def test_folder_that_is_not_there_is_told() -> None:
    result = evaluate("no-such")

    assert (result.exit_code, sentence(result)) == (
        1,
        "margin: no folder no-such: expected a folder with one folder of images per class",
    )


def test_file_that_cannot_be_written_is_told_before_the_work(digits: Path) -> None:
    result = evaluate(digits, "--csv", "no-such-folder/out.csv")

    assert result.exit_code == 1
    assert "no-such-folder/out.csv cannot be written" in sentence(result)


@pytest.mark.parametrize(("content", "said"), [("{", "is not JSON"), ('{"round": ["zero"]}', "without one are: one")])
def test_hierarchy_that_does_not_fit_is_told(content: str, said: str, digits: Path) -> None:
    Path("parents.json").write_text(content)

    result = evaluate(digits, "--hierarchy", "parents.json")

    assert result.exit_code == 1
    assert said in sentence(result)


@pytest.mark.parametrize("command", commands_of_the_guide())
def test_commands_of_the_guide_are_understood(command: str) -> None:
    context = get_group(app).commands["evaluate"].make_context("evaluate", shlex.split(command))

    given = context.params
    assert (given["folder"] is None) != (given["project"] is None)
    comparison_request(
        heads=given["heads"] or [],
        encoders=given["encoders"] or [],
        labels_per_class=given["labels_per_class"] or [],
        repeats=given["repeats"],
        seed=given["seed"],
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "name either a folder, before the options, or a --project"),
        ("digits --project pets", "name either a folder, before the options, or a --project"),
        ("digits --heads sofmax-regresion", 'did you mean "softmax-regression"'),
        ("digits --heads knn(power=3)", "no option of knn is called"),
        ("digits --encoders efficientnet-lite9", "efficientnet-lite"),
        ("digits --labels-per-class 5 some", "'some' is not a number of labels"),
        ("digits --labels-per-class 0", "'0' is not a number of labels"),
        ("digits --repeats 0", "--repeats"),
        ("digits --heads", "requires an argument"),
        ("--project pets --hierarchy parents.json", "a project has its own hierarchy"),
    ],
)
def test_bad_usage_is_told_with_status_2(arguments: str, said: str) -> None:
    result = evaluate(*arguments.split())

    assert result.exit_code == 2
    # A frame around the message may break its lines.
    assert said in " ".join(result.stderr.replace("│", " ").split())


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    world.add_project()
    world.label_colours(4)
    return world


@pytest.fixture(scope="module")
def url(world: World) -> Iterator[str]:
    with served(build_app(world.application)) as url:
        yield url


REQUEST = ComparisonRequest(heads=(), encoders=(), labels_per_class=(2, None), repeats=1, seed=3)


def test_project_of_a_running_margin_is_compared_there(world: World, url: str) -> None:
    def work() -> None:
        wait_until(lambda: JobKind.COMPARE in world.queued())
        world.work()

    worker = threading.Thread(target=work)
    worker.start()

    result = evaluate("--project", "birds", "--url", url, "--heads", "softmax-regression", "--html", "out.html")

    worker.join()
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("softmax-regression, ")
    assert "100.0 %" in result.stdout.splitlines()[-1]
    assert "</html>" in Path("out.html").read_text()


def test_project_is_compared_as_was_asked_and_waited_for(world: World, url: str) -> None:
    with httpx.Client(base_url=url) as http:
        report = compare_project(
            MarginClient(http), "birds", REQUEST, progress=no_progress, sleep=lambda _seconds: world.work()
        )

    assert [row.labels_per_class for row in report.comparison.rows] == [2, None]
    assert report.comparison.seed == 3


def test_comparison_that_fails_says_why(world: World, url: str) -> None:
    def fail(_seconds: float) -> None:
        (job,) = world.queue.page(project_id="birds", kind=JobKind.COMPARE, limit=1)
        world.queue.start(job.id)
        world.queue.fail(job.id, "NotReady: no image has a label")

    with httpx.Client(base_url=url) as http, pytest.raises(JobFailed, match="failed: NotReady: no image"):
        compare_project(MarginClient(http), "birds", REQUEST, progress=no_progress, sleep=fail)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--project", "no-such"), "no project 'no-such' here"),
        (("--project", "birds", "--url", NOBODY), "nothing answers at"),
    ],
)
def test_project_that_is_not_to_be_had_is_told(arguments: tuple[str, ...], said: str, url: str) -> None:
    result = evaluate(*arguments[:2], "--url", url, *arguments[2:])

    assert result.exit_code == 1
    assert said in sentence(result)
