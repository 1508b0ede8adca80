"""Requests an audit of a project from a running Margin, then shows and writes the report."""

from collections.abc import Sequence
from pathlib import Path

from ml.strategies.registry import strategy
from service.api.audit import NewAudit
from service.bootstrap.from_settings import backend_login
from service.cli.audit.project_audit import audit_project
from service.cli.client.margin_client import MarginClient, open_client
from service.cli.failing import errors_as_sentences, read_settings
from service.cli.known_names import require_known, wrong_value
from service.cli.options import ProjectAt
from service.cli.report_outputs import ReportOutputs
from service.cli.shown_report import show_report
from service.cli.terminal import shown_progress, table_console
from service.domain.experiments.audit_request import MOST_STRATEGIES
from service.reports.audit.report import audit_report


def show_new_audit(project: ProjectAt, wanted: NewAudit, outputs: ReportOutputs, *, data: Path | None) -> None:
    """Audit the project, write the report's files, and print it unless one of them goes to standard output."""
    settings = read_settings(data=data)
    with errors_as_sentences():
        outputs.check()
        with open_client(project.url, backend_login(settings)) as http, shown_progress() as progress:
            record = audit_project(MarginClient(http), project.id, wanted, progress=progress)
        report = audit_report(record)
        outputs.write(lambda form: form.render(report))
    if not outputs.fill_standard_output:
        show_report(table_console(), report)


def new_audit(strategies: Sequence[str], *, runs: int, labels_per_class: int, seed: int) -> NewAudit:
    """Check the strategies' names and number, and make the request.

    Raises: typer.BadParameter.
    """
    wrong = wrong_value("--strategies")
    if len(strategies) > MOST_STRATEGIES:
        raise wrong(f"{len(strategies)} strategies are too many: at most {MOST_STRATEGIES}")
    require_known(strategies, strategy, wrong=wrong)
    return NewAudit(strategies=list(strategies), runs=runs, labels_per_class=labels_per_class, seed=seed)
