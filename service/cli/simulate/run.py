"""`margin simulate`: how many labels a strategy would have saved on somebody's own labeled images."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ml.grid import GridPlan
from ml.heads.registry import default_head
from service.bootstrap.commands import build_simulate_data_set, held_simulation, open_data_set
from service.cli.failing import errors_as_sentences, fail, read_settings
from service.cli.options import DataOption
from service.cli.simulate.config import SimulationConfig, check_names, simulation_config
from service.cli.simulate.simulation_table import show_simulation
from service.cli.terminal import shown_progress, table_console
from service.domain.errors import InvalidInput
from service.domain.simulation import SimulationStore
from service.reports.simulation_csv import simulation_to_csv
from service.reports.simulation_html import simulation_to_html
from service.reports.simulation_plots import draw_curves
from service.reports.simulation_report import SimulationReport, simulation_to_json
from service.settings import Settings

STANDARD_OUTPUT = "-"
# A head of that name is chosen among others each time, by a project; a simulation names the heads that it tries.
CHOSEN_HEAD = "auto"

FolderArgument = Annotated[Path, typer.Argument(help="A folder with one folder of images for each class.")]
OutOption = Annotated[Path | None, typer.Option(help="Folder for all results; the same command goes on in it.")]
ConfigOption = Annotated[Path | None, typer.Option(help="YAML file with these options as keys; the command line wins.")]
TestOption = Annotated[
    Path | None, typer.Option(help="A folder like the first one to test on, instead of a share of the first.")
]
StrategiesOption = Annotated[
    list[str] | None, typer.Option(help='As margin "margin(random_share=0.1)"; random is always added.')
]
HeadsOption = Annotated[list[str] | None, typer.Option(help='As softmax-regression "knn(k=10)".')]
EncodersOption = Annotated[list[str] | None, typer.Option(help="The one of the settings when not given.")]
RunsOption = Annotated[int | None, typer.Option(help="How often, each from another start; 10 when not given.")]
IterationsOption = Annotated[int | None, typer.Option(help="How many batches are asked for; 10 when not given.")]
BatchSizeOption = Annotated[
    list[int] | None,
    typer.Option(help="Labels of each batch, or of the first, the second and so on; 10 when not given."),
]
LabelsPerClassOption = Annotated[
    int | None, typer.Option(help="Labels of each class to start with, or 0; 1 when not given.")
]
TestShareOption = Annotated[float | None, typer.Option(help="Of each class's images; .3 when not given.")]
SeedOption = Annotated[int | None, typer.Option(help="The same seed gives the same figures, times apart.")]
ProcessesOption = Annotated[
    int | None, typer.Option(help="At once; when not given, one for each core, memory permitting.")
]
AccuraciesOption = Annotated[
    list[float] | None,
    typer.Option(help="In 0..1, whose labels are counted; 80, 90 and 95 % of what all labels reach when not given."),
]
JsonOption = Annotated[str | None, typer.Option("--json", help="- prints the summary as JSON and nothing else.")]


def simulate(
    folder: FolderArgument,
    *,
    out: OutOption = None,
    config: ConfigOption = None,
    test: TestOption = None,
    strategies: StrategiesOption = None,
    heads: HeadsOption = None,
    encoders: EncodersOption = None,
    runs: RunsOption = None,
    iterations: IterationsOption = None,
    batch_size: BatchSizeOption = None,
    labels_per_class: LabelsPerClassOption = None,
    test_share: TestShareOption = None,
    seed: SeedOption = None,
    processes: ProcessesOption = None,
    accuracies: AccuraciesOption = None,
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """Replay labeling on images whose labels are known: how good each strategy gets with how many labels."""
    given: dict[str, Any] = {
        "out": out,
        "test": test,
        "strategies": strategies or None,
        "heads": heads or None,
        "encoders": encoders or None,
        "runs": runs,
        "iterations": iterations,
        "batch_size": batch_size or None,
        "labels_per_class": labels_per_class,
        "test_share": test_share,
        "seed": seed,
        "processes": processes,
        "accuracies": accuracies or None,
    }
    wanted = simulation_config(config, given)
    if wanted.out is None:
        raise typer.BadParameter("name a folder for the results", param_hint="--out")
    if json not in (None, STANDARD_OUTPUT):
        raise typer.BadParameter("expected - for standard output; a file is in --out", param_hint="--json")
    settings = read_settings(data=data)
    plan = _plan(wanted, settings)
    with errors_as_sentences(), _stop_as_a_sentence(wanted.out):
        for images in (folder, wanted.test or folder):
            _require_apart(wanted.out, images)
        with held_simulation(wanted.out) as store:
            report = _simulate(folder, wanted, plan, store, settings)
    if json is not None:
        typer.echo(simulation_to_json(report).decode())
    else:
        show_simulation(table_console(), report, wanted.out)


@contextmanager
def _stop_as_a_sentence(out: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        fail(f"stopped; what is done is kept in {out}, and the same command goes on from there")


def _plan(wanted: SimulationConfig, settings: Settings) -> GridPlan:
    """Raises: typer.BadParameter: the settings name what is not known."""
    plan = wanted.plan(
        strategy=settings.strategy,
        head=default_head(multi_label=False) if settings.head == CHOSEN_HEAD else settings.head,
        encoder=settings.encoder,
    )
    check_names(plan.strategies, plan.heads, plan.encoders)
    return plan


def _require_apart(out: Path, folder: Path) -> None:
    """Raises: InvalidInput: the results would be taken for a class the next time."""
    if out.resolve().is_relative_to(folder.resolve()):
        raise InvalidInput(f"{out} is in {folder}, whose folders are classes: name a folder elsewhere for the results")


def _simulate(
    folder: Path, wanted: SimulationConfig, plan: GridPlan, store: SimulationStore, settings: Settings
) -> SimulationReport:
    data_set = open_data_set(folder)
    test = None if wanted.test is None else open_data_set(wanted.test)
    use_case = build_simulate_data_set(settings)
    with shown_progress() as progress:
        report = use_case.simulate(
            data_set,
            plan,
            store,
            test=test,
            accuracies=wanted.accuracies,
            processes=wanted.processes,
            progress=progress,
        )
        progress(1, "drawing")
        _write(report, store)
    return report


def _write(report: SimulationReport, store: SimulationStore) -> None:
    curves = draw_curves(report.settings)
    store.write_result("curves.png", curves)
    store.write_result("summary.json", simulation_to_json(report))
    store.write_result("summary.csv", simulation_to_csv(report).encode())
    store.write_result("report.html", simulation_to_html(report, curves).encode())
