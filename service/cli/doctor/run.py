"""Checks the parts that Margin needs, one after another, and says how to repair each that is wrong."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from service.bootstrap.build import label_studio_accesses, opened_projects
from service.bootstrap.from_settings import basic_auth_header
from service.bootstrap.queue import opened_queue
from service.cli.failing import read_settings
from service.cli.up.preconditions import CannotStart, check_folder, check_packages
from service.cli.up.welcome import answers
from service.domain.errors import LabelStudioError, MarginError
from service.label_studio.link import link_of
from service.ports import ProjectStore
from service.settings import Settings
from service.usecases.jobs.every_project import linked_projects
from service.usecases.label_studio.diagnosis import diagnose_connection


@dataclass(frozen=True, kw_only=True)
class Check:
    """A condition that must hold, and what to do if it does not."""

    name: str
    run: Callable[[], None]
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The result of a check; wrong and remedy are None if all is well."""

    name: str
    wrong: str | None = None
    remedy: str | None = None


def examine_everything(url: str, *, data: Path | None, as_json: bool) -> None:
    """Run every check and print the findings.

    Raises: typer.Exit: something is wrong.
    """
    findings = [examine(check) for check in checks(read_settings(data=data), url)]
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            typer.echo(line(finding))
    if any(finding.wrong for finding in findings):
        raise typer.Exit(1)


def checks(settings: Settings, url: str) -> list[Check]:
    """All checks, in the order in which the parts need each other."""
    return [
        Check(name="packages", run=check_packages, remedy="make setup"),
        Check(name="data folder", run=lambda: check_folder(settings.data), remedy="make it writable"),
        Check(name="database", run=lambda: _check_database(settings), remedy="start `margin up`, which creates it"),
        Check(name="redis", run=lambda: _check_redis(settings), remedy="start `margin up`, or set MARGIN_REDIS_URL"),
        Check(name="web service", run=lambda: _check_web_service(url), remedy="start `margin up`, or give --url"),
        Check(
            name="Label Studio",
            run=lambda: _check_label_studio(settings),
            remedy="POST /v1/projects/{project}/reconciliations repairs what Margin may change",
        ),
    ]


def examine(check: Check) -> Finding:
    """Run a check."""
    try:
        check.run()
    except MarginError as error:
        return Finding(name=check.name, wrong=str(error), remedy=check.remedy)
    return Finding(name=check.name)


def line(finding: Finding) -> str:
    """Format a finding as one line."""
    if finding.wrong is None:
        return f"ok     {finding.name}"
    return f"WRONG  {finding.name}: {finding.wrong} -> {finding.remedy}"


def _check_database(settings: Settings) -> None:
    with opened_projects(settings) as projects:
        projects.page(after=None, limit=1)  # fails without our tables


def _check_redis(settings: Settings) -> None:
    with opened_queue(settings) as queue:
        queue.ping()


def _check_label_studio(settings: Settings) -> None:
    """Check for each linked project: the key works, each event arrives once, and tasks come in our order."""
    with opened_projects(settings) as projects:
        wrong = _label_studio_defects(settings, projects)
    if wrong:
        raise LabelStudioError("; ".join(wrong))


def _label_studio_defects(settings: Settings, projects: ProjectStore) -> list[str]:
    accesses = label_studio_accesses(settings, projects)
    return [
        sentence
        for project in linked_projects(projects)
        for sentence in diagnose_connection(
            accesses.connect(link_of(project)),
            link_of(project).project_id,
            version_name=project.version_name(project.current_version),
            basic_auth_header=basic_auth_header(settings),
            order=settings.label_studio_order,
        )
    ]


def _check_web_service(url: str) -> None:
    if not answers(f"{url}/live"):
        raise CannotStart(f"nothing answers at {url}")
