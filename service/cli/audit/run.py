"""`margin audit`: what asking by a strategy has been worth on a project's own labels, and whether to go on labeling."""

from pathlib import Path
from typing import Annotated

import typer

from ml.errors import InvalidOptions, UnknownName
from ml.strategies.registry import strategy
from service.api.audit import NewAudit
from service.bootstrap.from_settings import backend_login
from service.cli.audit.audit_table import show_audit
from service.cli.audit.project_audit import audit_project
from service.cli.client.margin_client import MarginClient, open_client
from service.cli.failing import errors_as_sentences, read_settings
from service.cli.options import DEFAULT_HOST, DEFAULT_PORT, DataOption
from service.cli.report_outputs import ReportOutputs
from service.cli.terminal import shown_progress, table_console
from service.domain.audit_request import (
    DEFAULT_LABELS_PER_CLASS,
    DEFAULT_RIVALS,
    DEFAULT_RUNS,
    FEWEST_RUNS,
    MOST_LABELS_PER_CLASS,
    MOST_RUNS,
    MOST_STRATEGIES,
)
from service.reports.audit_csv import audit_to_csv
from service.reports.audit_html import audit_to_html
from service.reports.audit_report import audit_to_json

ProjectOption = Annotated[str, typer.Option(help="Id of a project of a running Margin.")]
UrlOption = Annotated[str, typer.Option(help="Address of that Margin.")]
StrategiesOption = Annotated[
    list[str] | None,
    typer.Option(help="To replay beside random and the project's own, as margin entropy; margin when not given."),
]
RunsOption = Annotated[
    int, typer.Option(min=FEWEST_RUNS, max=MOST_RUNS, help="How often, each time with other test images.")
]
StartOption = Annotated[
    int, typer.Option(min=0, max=MOST_LABELS_PER_CLASS, help="Labels of each class to start with, or 0.")
]
SeedOption = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same figures.")]
JsonOption = Annotated[Path | None, typer.Option("--json", help="File for all figures as JSON; - is standard output.")]
CsvOption = Annotated[Path | None, typer.Option("--csv", help="File for the learning curves as CSV.")]
HtmlOption = Annotated[Path | None, typer.Option("--html", help="File for a page that needs no other file.")]


def audit(
    *,
    project: ProjectOption,
    url: UrlOption = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}",
    strategies: StrategiesOption = None,
    runs: RunsOption = DEFAULT_RUNS,
    labels_per_class: StartOption = DEFAULT_LABELS_PER_CLASS,
    seed: SeedOption = 0,
    json: JsonOption = None,
    csv: CsvOption = None,
    html: HtmlOption = None,
    data: DataOption = None,
) -> None:
    """Replay a project's labels: what its strategy saved beside random choice, and what the next labels will bring."""
    wanted = NewAudit(strategies=_known(strategies), runs=runs, labels_per_class=labels_per_class, seed=seed)
    settings = read_settings(data=data)
    outputs = ReportOutputs(json=json, csv=csv, html=html)
    with errors_as_sentences():
        outputs.check()
        with open_client(url, backend_login(settings)) as http, shown_progress() as progress:
            report = audit_project(MarginClient(http), project, wanted, progress=progress)
        outputs.write(
            json=lambda: audit_to_json(report).decode(),
            csv=lambda: audit_to_csv(report),
            html=lambda: audit_to_html(report),
        )
    if not outputs.fill_standard_output:
        show_audit(table_console(), report)


def _known(names: list[str] | None) -> list[str]:
    """Raises: typer.BadParameter."""
    if names is None:
        return list(DEFAULT_RIVALS)
    if len(names) > MOST_STRATEGIES:
        raise typer.BadParameter(f"{len(names)} are too many, {MOST_STRATEGIES} can be", param_hint="--strategies")
    for name in names:
        try:
            strategy(name)
        except (UnknownName, InvalidOptions) as error:
            raise typer.BadParameter(str(error), param_hint="--strategies") from error
    return names
