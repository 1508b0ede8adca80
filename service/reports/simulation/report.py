"""Turns a simulation into a report."""

from functools import partial

from ml.simulation.grid_summary import ConfigurationSummary, HeadResult, LabelsNeeded
from ml.statistics.interval_text import percent, points, signed
from ml.statistics.intervals import ConfidenceInterval
from service.reports.report import Column, Line, Note, Plot, Report, Section, Table, table_of
from service.reports.simulation.figures import simulation_figures
from service.reports.simulation.plots import MOST_HEAD_RESULTS, draw_curves, draw_differences
from service.reports.simulation.record import SimulationRecord
from service.reports.simulation.record_json import write_simulation_json
from service.reports.simulation.verdict import chance, head_on_encoder

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
            *(_head_section(head_result) for head_result in record.settings),
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


def _head_section(head_result: HeadResult) -> Section:
    without = (
        f"without active learning: {percent(head_result.start)} with the initial labels, "
        f"{percent(head_result.all_labels)} with all {head_result.most_labels} labels"
    )
    return Section(
        heading=head_on_encoder(head_result), blocks=(_table(head_result), Note(text=without, is_brief=True))
    )


def _table(head_result: HeadResult) -> Table:
    return table_of([_line(summary, head_result) for summary in head_result.arms])


def _line(summary: ConfigurationSummary, head_result: HeadResult) -> Line:
    return [
        (Column(heading="strategy", is_text=True), summary.arm.strategy),
        (Column(heading="accuracy on the way, 95 %"), percent(summary.area)),
        (Column(heading="points over random"), _points(summary.area_difference)),
        (_CHANCE, "" if summary.area_difference is None else chance(summary.area_difference)),
        (Column(heading=f"accuracy with {head_result.high:g} labels"), percent(summary.final)),
        (Column(heading="points over random at the end", is_brief=False), _points(summary.final_difference)),
        *(cell for needed in summary.labels_needed for cell in _labels_needed(needed)),
        (Column(heading="s per query"), f"{summary.seconds_per_query:.3f}"),
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


def _plot_sections(head_results: tuple[HeadResult, ...]) -> tuple[Section, ...]:
    curves = Plot(
        alt="Accuracy of each strategy by number of labels, with intervals", draw=partial(draw_curves, head_results)
    )
    differences = Plot(
        alt="Difference of each strategy to random by number of labels, with intervals",
        draw=partial(draw_differences, head_results),
    )
    has_rivals = any(len(head_result.arms) > 1 for head_result in head_results)
    some = (Note(text=f"The first {MOST_HEAD_RESULTS} are drawn; all are in the tables."),)
    return (
        Section(
            heading="Accuracy by number of labels",
            blocks=(curves, *(some if len(head_results) > MOST_HEAD_RESULTS else ())),
        ),
        *([Section(heading="Points over random choice", blocks=(differences,))] if has_rivals else []),
    )


def _points(difference: ConfidenceInterval | None) -> str:
    return "" if difference is None else points(difference)
