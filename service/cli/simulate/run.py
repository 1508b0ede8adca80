"""Simulates labeling on a labeled folder, stores the results in another folder, and shows the summary."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from ml.heads.registry import default_head
from ml.simulation.grid import GridPlan
from service.bootstrap.commands import build_simulate_data_set, held_simulation, open_data_set
from service.cli.failing import errors_as_sentences, fail, read_settings
from service.cli.shown_report import show_report
from service.cli.simulate.config import SimulationConfig, require_known_names
from service.cli.terminal import shown_progress, table_console
from service.domain.errors import InvalidInput
from service.ports import SimulationStore
from service.reports.forms.json_form import render_json
from service.reports.forms.registry import FORMS
from service.reports.report import Report
from service.reports.simulation.plots import draw_curves
from service.reports.simulation.report import simulation_report
from service.settings import Settings

# With this name a project chooses its head each time; a simulation needs the names of the heads to compare.
CHOSEN_HEAD = "auto"
# File names of the forms that programs read; any other form is called report.
FILES = {"json": "summary.json", "csv": "summary.csv"}


def show_new_simulation(folder: Path, wanted: SimulationConfig, *, as_json: bool, data: Path | None) -> None:
    """Simulate, store every result in the output folder, and print the summary."""
    out = _results_folder(wanted)
    settings = read_settings(data=data)
    plan = _plan(wanted, settings)
    with errors_as_sentences(), _stop_as_a_sentence(out):
        for images in (folder, wanted.test or folder):
            _require_apart(out, images)
        with held_simulation(out) as store:
            report = _simulate(folder, wanted, plan, store, settings)
    if as_json:
        typer.echo(render_json(report).decode())
    else:
        show_report(
            table_console(),
            report,
            places=[f"report with learning curves and tables: {out / 'report.html'}; a CSV per run: {out / 'runs'}"],
        )


def _results_folder(wanted: SimulationConfig) -> Path:
    """Return the folder that --out or the config names.

    Raises: typer.BadParameter: neither names one.
    """
    if wanted.out is None:
        raise typer.BadParameter("name a folder for the results", param_hint="--out")
    return wanted.out


@contextmanager
def _stop_as_a_sentence(out: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        fail(f"stopped; finished runs are kept in {out}, and the same command continues there")


def _plan(wanted: SimulationConfig, settings: Settings) -> GridPlan:
    """Make the plan of the grid, with the settings' names as defaults.

    Raises: typer.BadParameter: a name is not known.
    """
    plan = wanted.plan(
        strategy=settings.strategy,
        head=default_head(multi_label=False) if settings.head == CHOSEN_HEAD else settings.head,
        encoder=settings.encoder,
    )
    require_known_names(plan.strategies, plan.heads, plan.encoders)
    return plan


def _require_apart(out: Path, folder: Path) -> None:
    """Refuse a results folder among the images: the next run would take it for a class.

    Raises: InvalidInput.
    """
    if out.resolve().is_relative_to(folder.resolve()):
        raise InvalidInput(f"{out} is in {folder}, whose folders are classes: name a folder elsewhere for the results")


def _simulate(
    folder: Path, wanted: SimulationConfig, plan: GridPlan, store: SimulationStore, settings: Settings
) -> Report:
    data_set = open_data_set(folder)
    test = None if wanted.test is None else open_data_set(wanted.test)
    use_case = build_simulate_data_set(settings)
    with shown_progress() as progress:
        record = use_case.simulate(
            data_set,
            plan,
            store,
            test=test,
            accuracies=wanted.accuracies,
            processes=wanted.processes,
            progress=progress,
        )
        progress(1, "drawing")
        report = simulation_report(record)
        store.write_result("curves.png", draw_curves(record.settings))
        for form in FORMS:
            store.write_result(FILES.get(form.name, f"report.{form.name}"), form.render(report))
    return report
