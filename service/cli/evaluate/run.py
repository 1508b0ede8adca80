"""`margin evaluate`: which head on which encoder is best on somebody's own labels, and by how much."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ml.compare import ALL_HEADS
from service.bootstrap.commands import build_compare_data_set, open_data_set
from service.bootstrap.from_settings import backend_login, image_limits
from service.cli.client.margin_client import MarginClient, open_client
from service.cli.evaluate.comparison_options import ALL_LABELS, comparison_request
from service.cli.evaluate.comparison_table import show_comparison
from service.cli.evaluate.project_comparison import compare_project
from service.cli.failing import errors_as_sentences, read_settings
from service.cli.options import DEFAULT_HOST, DEFAULT_PORT, DataOption
from service.cli.report_outputs import ReportOutputs
from service.cli.terminal import shown_progress, table_console
from service.domain.comparison_request import ComparisonRequest
from service.domain.errors import InvalidInput
from service.reports.comparison_csv import to_csv
from service.reports.comparison_html import MOST_PICTURES, to_html
from service.reports.comparison_report import ComparisonReport, to_json
from service.reports.thumbnails import thumbnails
from service.settings import Settings

FolderArgument = Annotated[Path | None, typer.Argument(help="A folder with one folder of images for each class.")]
ProjectOption = Annotated[str | None, typer.Option(help="Id of a project of a running Margin, instead of a folder.")]
UrlOption = Annotated[str, typer.Option(help="Address of that Margin.")]
HeadsOption = Annotated[
    list[str] | None, typer.Option(help='Heads, as softmax-regression "knn(k=10)"; all kinds when not given.')
]
EncodersOption = Annotated[
    list[str] | None, typer.Option(help="Encoders; the one of the settings, or of the project, when not given.")
]
SizesOption = Annotated[
    list[str] | None, typer.Option(help="How many labels of each class to train on, as 5 20 all; all when not given.")
]
RepeatsOption = Annotated[
    int | None,
    typer.Option(min=1, max=100, help="Of five-fold cross-validation; by the number of images if not given."),
]
SeedOption = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Of the splits and of training.")]
HierarchyOption = Annotated[
    Path | None, typer.Option(help='JSON file with the labels of each parent: {"animal": ["cat", "dog"]}.')
]
JsonOption = Annotated[Path | None, typer.Option("--json", help="File for all figures as JSON; - is standard output.")]
CsvOption = Annotated[Path | None, typer.Option("--csv", help="File for the table as CSV.")]
HtmlOption = Annotated[Path | None, typer.Option("--html", help="File for a page that needs no other file.")]


@dataclass(frozen=True, kw_only=True)
class ProjectAt:
    """A project of a running Margin."""

    id: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A comparison, and how its page is made if anybody wants it."""

    report: ComparisonReport
    make_html: Callable[[], str]


def evaluate(
    folder: FolderArgument = None,
    *,
    project: ProjectOption = None,
    url: UrlOption = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}",
    heads: HeadsOption = None,
    encoders: EncodersOption = None,
    labels_per_class: SizesOption = None,
    repeats: RepeatsOption = None,
    seed: SeedOption = 0,
    hierarchy: HierarchyOption = None,
    json: JsonOption = None,
    csv: CsvOption = None,
    html: HtmlOption = None,
    data: DataOption = None,
) -> None:
    """Compare heads and encoders on a labeled folder, or on a project of a running Margin."""
    subject = _subject(folder, project, url, hierarchy)
    settings = read_settings(data=data)
    outputs = ReportOutputs(json=json, csv=csv, html=html)
    request = comparison_request(
        heads=heads or [ALL_HEADS],
        encoders=encoders or ([] if isinstance(subject, ProjectAt) else [settings.encoder]),
        labels_per_class=labels_per_class or [ALL_LABELS],
        repeats=repeats,
        seed=seed,
    )
    with errors_as_sentences():
        outputs.check()
        if isinstance(subject, ProjectAt):
            compared = _compare_project(subject, request, settings)
        else:
            compared = _compare_folder(subject, request, hierarchy, settings)
        outputs.write(
            json=lambda: to_json(compared.report).decode(),
            csv=lambda: to_csv(compared.report),
            html=compared.make_html,
        )
    if not outputs.fill_standard_output:
        show_comparison(table_console(), compared.report)


def _subject(folder: Path | None, project: str | None, url: str, hierarchy: Path | None) -> Path | ProjectAt:
    if folder is not None and project is None:
        return folder
    if project is None or folder is not None:
        raise typer.BadParameter("name a folder, before the options, or a --project")
    if hierarchy is not None:
        raise typer.BadParameter("a project has a hierarchy of its own", param_hint="--hierarchy")
    return ProjectAt(id=project, url=url)


def _compare_folder(folder: Path, request: ComparisonRequest, hierarchy: Path | None, settings: Settings) -> Compared:
    data_set = open_data_set(folder)
    mapping = None if hierarchy is None else _read(hierarchy)
    with shown_progress() as progress:
        report = build_compare_data_set(settings).compare(data_set, request, hierarchy=mapping, progress=progress)

    limits = image_limits(settings)
    return Compared(
        report=report,
        make_html=lambda: to_html(
            report, thumbnails(report.mistaken, data_set.read_if_there, limits, most=MOST_PICTURES)
        ),
    )


def _compare_project(project: ProjectAt, request: ComparisonRequest, settings: Settings) -> Compared:
    with open_client(project.url, backend_login(settings)) as http, shown_progress() as progress:
        client = MarginClient(http)
        report = compare_project(client, project.id, request, progress=progress)
        page = client.latest_comparison_page(project.id)
    return Compared(report=report, make_html=lambda: page)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"the hierarchy {file} cannot be read: {error.strerror or error}") from error
