"""Compares heads and encoders on a folder or by a running Margin, then shows and writes the report."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from service.bootstrap.commands import build_compare_data_set, open_data_set
from service.bootstrap.from_settings import backend_login, image_limits
from service.cli.client.margin_client import MarginClient, open_client
from service.cli.evaluate.comparison_options import known_encoders
from service.cli.evaluate.project_comparison import compare_project
from service.cli.evaluate.subject import LabeledFolder
from service.cli.failing import errors_as_sentences, read_settings
from service.cli.options import ProjectAt
from service.cli.report_outputs import ReportOutputs
from service.cli.shown_report import show_report
from service.cli.terminal import shown_progress, table_console
from service.domain.errors import InvalidInput
from service.domain.experiments.comparison_request import ComparisonRequest
from service.reports.comparison.report import comparison_report
from service.reports.forms.form import Form
from service.reports.forms.html_form import HTML
from service.reports.report import Report
from service.reports.thumbnails import MOST_PICTURES, thumbnails
from service.settings import Settings


@dataclass(frozen=True, kw_only=True)
class ComparisonResult:
    """A comparison's report, and the function that renders it in a form."""

    report: Report
    render: Callable[[Form], bytes]


def show_new_comparison(
    subject: LabeledFolder | ProjectAt, request: ComparisonRequest, outputs: ReportOutputs, *, data: Path | None
) -> None:
    """Compare, write the report's files, and print it unless one of them goes to standard output."""
    settings = read_settings(data=data)
    if isinstance(subject, LabeledFolder) and not request.encoders:
        request = replace(request, encoders=known_encoders([settings.encoder]))
    with errors_as_sentences():
        outputs.check()
        if isinstance(subject, LabeledFolder):
            compared = _compare_folder(subject, request, settings, with_pictures=outputs.are_wanted)
        else:
            compared = _compare_project(subject, request, settings)
        outputs.write(compared.render)
    if not outputs.fill_standard_output:
        show_report(table_console(), compared.report)


def _compare_folder(
    folder: LabeledFolder, request: ComparisonRequest, settings: Settings, *, with_pictures: bool
) -> ComparisonResult:
    data_set = open_data_set(folder.path)
    mapping = None if folder.hierarchy is None else _read(folder.hierarchy)
    with shown_progress() as progress:
        record = build_compare_data_set(settings).compare(data_set, request, hierarchy=mapping, progress=progress)
    most = MOST_PICTURES if with_pictures else 0
    pictures = thumbnails(record.mistaken, data_set.read_if_there, image_limits(settings), most=most)
    report = comparison_report(record, pictures)
    return ComparisonResult(report=report, render=lambda form: form.render(report))


def _compare_project(project: ProjectAt, request: ComparisonRequest, settings: Settings) -> ComparisonResult:
    with open_client(project.url, backend_login(settings)) as http, shown_progress() as progress:
        client = MarginClient(http)
        record = compare_project(client, project.id, request, progress=progress)
        # Only this page has the pictures.
        page = client.latest_comparison_page(project.id)
    report = comparison_report(record, {})
    return ComparisonResult(report=report, render=lambda form: page if form is HTML else form.render(report))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"the hierarchy {file} cannot be read: {error.strerror or error}") from error
