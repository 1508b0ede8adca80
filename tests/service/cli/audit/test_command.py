"""`margin audit` as a user runs it, against a running Margin."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from service.api.audit import NewAudit
from service.cli.audit.project_audit import audit_project
from service.cli.client.job_waiting import JobFailed
from service.cli.client.margin_client import MarginClient
from service.cli.main import app
from service.domain.job import JobKind
from service.http.app import build_app
from tests.service.assembled import World, no_progress
from tests.service.cli.served import served
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("default_settings")


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    world.add_project(head="nearest-class-mean")
    world.label_colours(20)
    return world


@pytest.fixture(scope="module")
def url(world: World) -> Iterator[str]:
    with served(build_app(world.application)) as url:
        yield url


def audit(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", *arguments])


def audit_with_a_worker(world: World, *arguments: str) -> Result:
    def work() -> None:
        wait_until(lambda: JobKind.AUDIT in world.queued())
        world.work()

    worker = threading.Thread(target=work)
    worker.start()
    result = audit(*arguments)
    worker.join()
    return result


def test_a_project_is_audited_there_and_the_verdict_comes_last(world: World, url: str) -> None:
    result = audit_with_a_worker(world, "--project", "birds", "--url", url, "--runs", "3", "--html", "out.html")

    verdict = world.application.audit.stored_audits.latest("birds").verdict
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == verdict
    assert "</html>" in Path("out.html").read_text()


def test_json_fills_standard_output_and_the_table_a_file(world: World, url: str) -> None:
    result = audit_with_a_worker(
        world, "--project", "birds", "--url", url, "--runs", "3", "--json", "-", "--csv", "out.csv"
    )

    assert json.loads(result.stdout)["audit"]["images"] == 60
    assert Path("out.csv").read_text().startswith("strategy,labels,accuracy,")


def test_what_is_asked_for_is_replayed(world: World, url: str) -> None:
    wanted = NewAudit(strategies=["entropy"], runs=3, labels_per_class=0, seed=5)

    with httpx.Client(base_url=url) as http:
        report = audit_project(
            MarginClient(http), "birds", wanted, progress=no_progress, sleep=lambda _seconds: world.work()
        )

    assert [each.name for each in report.audit.strategies] == ["random", "entropy", "margin"]
    assert (report.audit.runs, report.audit.start, report.audit.seed) == (3, 0, 5)


def test_an_audit_that_fails_says_why(world: World, url: str) -> None:
    def fail(_seconds: float) -> None:
        (job,) = world.queue.page(project_id="birds", kind=JobKind.AUDIT, limit=1)
        world.queue.start(job.id)
        world.queue.fail(job.id, "NotReady: label 35 more")

    with httpx.Client(base_url=url) as http, pytest.raises(JobFailed, match="failed: NotReady: label 35 more"):
        audit_project(MarginClient(http), "birds", NewAudit(), progress=no_progress, sleep=fail)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--project", "no-such"), "no project 'no-such' here"),
        (("--project", "birds", "--csv", "no-such-folder/out.csv"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(url: str, arguments: tuple[str, ...], said: str) -> None:
    result = audit(*arguments, "--url", url)

    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments", [("--strategies", "margn"), ("--runs", "2"), ("--strategies", *["margin"] * 11), ("--seed", "-1")]
)
def test_a_wrong_command_is_bad_usage(arguments: tuple[str, ...]) -> None:
    assert audit("--project", "birds", *arguments).exit_code == 2
