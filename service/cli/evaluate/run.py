"""Compares heads and encoders on a folder or by a running Margin, then shows and writes the report."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from service.bootstrap.commands import build_compare_data_set, open_data_set
from service.bootstrap.from_settings import backend_login, image_limits
from service.cli.client.margin_client import MarginClient, open_client
from service.cli.evaluate.comparison_options import known_encoders
from service.cli.evaluate.comparison_table import show_comparison
from service.cli.evaluate.project_comparison import compare_project
from service.cli.evaluate.subject import LabeledFolder
from service.cli.failing import errors_as_sentences, read_settings
from service.cli.options import ProjectAt
from service.cli.report_outputs import ReportOutputs
from service.cli.terminal import shown_progress, table_console
from service.domain.comparison_request import ComparisonRequest
from service.domain.errors import InvalidInput
from service.reports.comparison_csv import to_csv
from service.reports.comparison_html import MOST_PICTURES, to_html
from service.reports.comparison_report import ComparisonReport, to_json
from service.reports.thumbnails import thumbnails
from service.settings import Settings


@dataclass(frozen=True, kw_only=True)
class ComparisonResult:
    """A comparison, and how its page is made if anybody wants it."""

    report: ComparisonReport
    make_html: Callable[[], str]


def show_new_comparison(
    subject: LabeledFolder | ProjectAt, request: ComparisonRequest, outputs: ReportOutputs, *, data: Path | None
) -> None:
    """Compare, write the report's files, and print it unless one of them fills standard output."""
    settings = read_settings(data=data)
    if isinstance(subject, LabeledFolder) and not request.encoders:
        request = replace(request, encoders=known_encoders([settings.encoder]))
    with errors_as_sentences():
        outputs.check()
        if isinstance(subject, LabeledFolder):
            compared = _compare_folder(subject, request, settings)
        else:
            compared = _compare_project(subject, request, settings)
        outputs.write(
            json=lambda: to_json(compared.report).decode(),
            csv=lambda: to_csv(compared.report),
            html=compared.make_html,
        )
    if not outputs.fill_standard_output:
        show_comparison(table_console(), compared.report)


def _compare_folder(folder: LabeledFolder, request: ComparisonRequest, settings: Settings) -> ComparisonResult:
    data_set = open_data_set(folder.path)
    mapping = None if folder.hierarchy is None else _read(folder.hierarchy)
    with shown_progress() as progress:
        report = build_compare_data_set(settings).compare(data_set, request, hierarchy=mapping, progress=progress)

    limits = image_limits(settings)
    return ComparisonResult(
        report=report,
        make_html=lambda: to_html(
            report, thumbnails(report.mistaken, data_set.read_if_there, limits, most=MOST_PICTURES)
        ),
    )


def _compare_project(project: ProjectAt, request: ComparisonRequest, settings: Settings) -> ComparisonResult:
    with open_client(project.url, backend_login(settings)) as http, shown_progress() as progress:
        client = MarginClient(http)
        report = compare_project(client, project.id, request, progress=progress)
        page = client.latest_comparison_page(project.id)
    return ComparisonResult(report=report, make_html=lambda: page)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"the hierarchy {file} cannot be read: {error.strerror or error}") from error
