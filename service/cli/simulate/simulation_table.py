"""Shows a simulation in the terminal: a line for each way of labeling, what frames them, and the verdict."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ml.grid_summary import ArmSummary, Setting
from service.cli.terminal import printable
from service.reports.simulation_report import SimulationReport
from service.reports.simulation_verdict import accuracy, gain, name_of_setting, saved

MOST_LEFT_OUT = 10


def show_simulation(console: Console, report: SimulationReport, out: Path) -> None:
    """Print it, the verdict last, where it is seen."""
    for setting in report.settings:
        console.print(_table(report, setting))
        console.print(
            f"without active learning: {accuracy(setting.start)} with the start alone, "
            f"{accuracy(setting.all_labels)} with all {setting.most_labels} labels",
            markup=False,
            soft_wrap=True,
        )
    for each in report.left_out[:MOST_LEFT_OUT]:
        console.print(f"left out: {printable(each.image)}: {printable(each.reason)}", markup=False, soft_wrap=True)
    if len(report.left_out) > MOST_LEFT_OUT:
        console.print(f"left out: {len(report.left_out) - MOST_LEFT_OUT} more, which summary.json lists", markup=False)
    console.print(f"curves, tables, a CSV of each run: {printable(out / 'report.html')}", markup=False, soft_wrap=True)
    console.print(report.verdict, markup=False, soft_wrap=True)


def _table(report: SimulationReport, setting: Setting) -> Table:
    sizes = f"{report.start} labels to start with, {report.pool} to ask, {report.tested} to test"
    title = f"{printable(report.title)}, {name_of_setting(setting)}: {sizes}, {report.plan.runs} runs"
    table = Table(title=escape(title), title_justify="left")
    lines = [_line(arm, setting) for arm in setting.arms]
    for column in lines[0]:
        table.add_column(column, justify="left" if column == "strategy" else "right", no_wrap=column == "strategy")
    for line in lines:
        table.add_row(*(escape(text) for text in line.values()))
    return table


def _line(arm: ArmSummary, setting: Setting) -> dict[str, str]:
    """Cells by column; all lines of a setting have the same columns."""
    line = {
        "strategy": arm.arm.strategy,
        "accuracy on the way, 95 %": accuracy(arm.area),
        "points over random": gain(arm.area_difference),
        f"with {setting.high:g} labels": accuracy(arm.final),
    }
    for needed in arm.labels_needed:
        median = "-" if needed.median is None else f"{needed.median:.0f}"
        fewer = "" if needed.compared is None else f", {saved(needed.compared.saved)} saved"
        line[f"labels to {100 * needed.accuracy:.1f} %"] = f"{median}{fewer}"
    return line | {"s a query": f"{arm.seconds_per_query:.3f}"}
