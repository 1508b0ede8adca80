"""Turns a simulation into a report."""

from functools import partial

from ml.simulation.grid_summary import ConfigurationSummary, HeadResult, LabelsNeeded
from ml.statistics.interval_text import percent, points, signed
from ml.statistics.intervals import ConfidenceInterval
from service.reports.report import Column, Line, Note, Plot, Report, Section, Table, table_of
from service.reports.simulation.figures import simulation_figures
from service.reports.simulation.plots import MOST_SETTINGS, draw_curves, draw_differences
from service.reports.simulation.record import SimulationRecord
from service.reports.simulation.record_json import write_simulation_json
from service.reports.simulation.verdict import chance, name_of_setting

# Says whether the difference beside it may be chance.
_CHANCE = Column(heading="", is_text=True, is_brief=False)

HOW_TO_READ = (
    "In each run all strategies start from the same labels and are tested on the same images. After each batch the "
    "head is trained again on all labels so far. Accuracy on the way is the area under the learning curve divided by "
    "its width. Differences are paired by run; intervals are Student's t-intervals over {runs} runs. They hold for "
    "other runs on these images, not for other images. A run that does not reach an accuracy counts with its last "
    "number of labels, so the labels saved are a cautious figure if random choice does not reach it. Seconds are for "
    "one batch, on this machine."
)


def simulation_report(record: SimulationRecord) -> Report:
    """Make the report of a simulation."""
    return Report(
        title=record.title,
        subject="simulation",
        created_at=record.created_at,
        facts=_facts(record),
        verdicts=(record.verdict,),
        sections=(
            *(_setting_section(setting) for setting in record.settings),
            *_plot_sections(record.settings),
            Section(heading="How to read it", blocks=(Note(text=HOW_TO_READ.format(runs=record.plan.runs)),)),
        ),
        left_out=record.left_out,
        figures=simulation_figures(record.settings),
        write_json=partial(write_simulation_json, record),
    )


def _facts(record: SimulationRecord) -> tuple[str, ...]:
    test = "the same in every run" if record.test_is_given else "others in each run"
    return (
        f"{record.classes} classes",
        f"{record.start} labels to start with, {record.pool} images in the pool, {record.tested} to test on, {test}",
        f"{record.plan.runs} runs",
        f"seed {record.plan.seed}",
    )


def _setting_section(setting: HeadResult) -> Section:
    without = (
        f"without active learning: {percent(setting.start)} with the initial labels, "
        f"{percent(setting.all_labels)} with all {setting.most_labels} labels"
    )
    return Section(heading=name_of_setting(setting), blocks=(_table(setting), Note(text=without, is_brief=True)))


def _table(setting: HeadResult) -> Table:
    return table_of([_line(arm, setting) for arm in setting.arms])


def _line(arm: ConfigurationSummary, setting: HeadResult) -> Line:
    return [
        (Column(heading="strategy", is_text=True), arm.arm.strategy),
        (Column(heading="accuracy on the way, 95 %"), percent(arm.area)),
        (Column(heading="points over random"), _points(arm.area_difference)),
        (_CHANCE, "" if arm.area_difference is None else chance(arm.area_difference)),
        (Column(heading=f"accuracy with {setting.high:g} labels"), percent(arm.final)),
        (Column(heading="points over random at the end", is_brief=False), _points(arm.final_difference)),
        *(cell for needed in arm.labels_needed for cell in _labels_needed(needed)),
        (Column(heading="s per query"), f"{arm.seconds_per_query:.3f}"),
    ]


def _labels_needed(needed: LabelsNeeded) -> Line:
    labels = "not reached" if needed.median is None else f"{needed.median:.0f}"
    name, found = f"{100 * needed.accuracy:.1f} %", needed.compared
    reached = (
        "" if found is None else f"in {found.reached}, by random in {found.reference_reached} of {found.runs} runs"
    )
    return [
        (Column(heading=f"labels to {name}"), labels if found is None else f"{labels}, {signed(found.saved)} saved"),
        (Column(heading=f"{name} reached", is_brief=False), reached),
    ]


def _plot_sections(settings: tuple[HeadResult, ...]) -> tuple[Section, ...]:
    curves = Plot(
        alt="Accuracy of each strategy by number of labels, with intervals", draw=partial(draw_curves, settings)
    )
    differences = Plot(
        alt="Difference of each strategy to random by number of labels, with intervals",
        draw=partial(draw_differences, settings),
    )
    has_rivals = any(len(setting.arms) > 1 for setting in settings)
    some = (Note(text=f"The first {MOST_SETTINGS} are drawn; all are in the tables."),)
    return (
        Section(
            heading="Accuracy by number of labels", blocks=(curves, *(some if len(settings) > MOST_SETTINGS else ()))
        ),
        *([Section(heading="Points over random choice", blocks=(differences,))] if has_rivals else []),
    )


def _points(difference: ConfidenceInterval | None) -> str:
    return "" if difference is None else points(difference)
