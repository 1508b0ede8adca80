"""Simulates labeling on a labeled folder, keeps the results in another one, and shows the summary."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from ml.grid import GridPlan
from ml.heads.registry import default_head
from service.bootstrap.commands import build_simulate_data_set, held_simulation, open_data_set
from service.cli.failing import errors_as_sentences, fail, read_settings
from service.cli.simulate.config import SimulationConfig, require_known_names
from service.cli.simulate.simulation_table import show_simulation
from service.cli.terminal import shown_progress, table_console
from service.domain.errors import InvalidInput
from service.domain.simulation import SimulationStore
from service.reports.simulation_csv import simulation_to_csv
from service.reports.simulation_html import simulation_to_html
from service.reports.simulation_plots import draw_curves
from service.reports.simulation_report import SimulationReport, simulation_to_json
from service.settings import Settings

# A head of that name is chosen among others each time, by a project; a simulation names the heads that it tries.
CHOSEN_HEAD = "auto"


def show_new_simulation(folder: Path, wanted: SimulationConfig, *, as_json: bool, data: Path | None) -> None:
    """Simulate, keep every result in the folder for them, and print the summary."""
    out = _results_folder(wanted)
    settings = read_settings(data=data)
    plan = _plan(wanted, settings)
    with errors_as_sentences(), _stop_as_a_sentence(out):
        for images in (folder, wanted.test or folder):
            _require_apart(out, images)
        with held_simulation(out) as store:
            report = _simulate(folder, wanted, plan, store, settings)
    if as_json:
        typer.echo(simulation_to_json(report).decode())
    else:
        show_simulation(table_console(), report, out)


def _results_folder(wanted: SimulationConfig) -> Path:
    """The folder that --out or the config names. Raises: typer.BadParameter: neither does."""
    if wanted.out is None:
        raise typer.BadParameter("name a folder for the results", param_hint="--out")
    return wanted.out


@contextmanager
def _stop_as_a_sentence(out: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        fail(f"stopped; what is done is kept in {out}, and the same command goes on from there")


def _plan(wanted: SimulationConfig, settings: Settings) -> GridPlan:
    """The grid, with the settings' names as defaults. Raises: typer.BadParameter: one of those is not known."""
    plan = wanted.plan(
        strategy=settings.strategy,
        head=default_head(multi_label=False) if settings.head == CHOSEN_HEAD else settings.head,
        encoder=settings.encoder,
    )
    require_known_names(plan.strategies, plan.heads, plan.encoders)
    return plan


def _require_apart(out: Path, folder: Path) -> None:
    """Refuse a results folder among the images: the next run would take it for a class. Raises: InvalidInput."""
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
