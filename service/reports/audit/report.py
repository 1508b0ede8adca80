"""Turns an audit into a report."""

from functools import partial

from ml.audit.audit import Audit, AuditedStrategy, Savings
from ml.statistics.interval_text import part, percent, points
from service.reports.audit.figures import audit_figures
from service.reports.audit.plots import draw_audit
from service.reports.audit.record import AuditRecord
from service.reports.audit.record_json import write_audit_json
from service.reports.audit.verdict import strategy_verdict
from service.reports.report import Bullets, Column, Line, Note, Plot, Report, Section, Table, table_of

HOW_TO_READ = (
    "Labeling was replayed {runs} times. Each time {tested} images were kept for testing, {start} were labeled from "
    "the start, and the labels of the other {budget} were bought batch by batch, until all strategies had all of them. "
    "The accuracies in the table are those that random choice reached with {shares} of these labels; labels needed are "
    "medians over runs. All intervals are 95 % intervals; those of accuracies take into account that runs share their "
    "images. The line of the project's own strategy is shaded."
)


def audit_report(record: AuditRecord) -> Report:
    """Make the report of an audit."""
    audit = record.audit
    return Report(
        title=record.title,
        subject="audit",
        created_at=record.created_at,
        facts=_facts(audit),
        verdicts=(record.verdict, audit.stop.sentence),
        remarks=(record.course.reason, record.caveat),
        sections=(_curves_section(audit), _strategies_section(audit)),
        left_out=record.left_out,
        figures=audit_figures(audit),
        write_json=partial(write_audit_json, record),
    )


def _facts(audit: Audit) -> tuple[str, ...]:
    some = "" if audit.images == audit.labels else f" of {audit.labels}"
    return (
        f"{audit.images}{some} labeled images of {audit.classes} classes",
        f"{audit.head} on {audit.encoder}",
        f"{audit.runs} runs, each with the same initial and test images for all strategies",
        f"seed {audit.seed}",
    )


def _curves_section(audit: Audit) -> Section:
    plot = Plot(alt="Accuracy of each strategy by number of labels, with intervals", draw=partial(draw_audit, audit))
    return Section(heading="Accuracy by number of labels", blocks=(plot,))


def _strategies_section(audit: Audit) -> Section:
    verdicts = tuple(strategy_verdict(each, audit) for each in audit.strategies if each.gain is not None)
    return Section(
        heading="What each strategy was worth", blocks=(_table(audit), Bullets(items=verdicts), _how_to_read(audit))
    )


def _how_to_read(audit: Audit) -> Note:
    shares = " and ".join(f"{100 * savings.share_of_budget:.0f} %" for savings in audit.own.savings)
    return Note(
        text=HOW_TO_READ.format(
            runs=audit.runs, tested=audit.tested, start=audit.start, budget=audit.budget, shares=shares
        )
    )


def _table(audit: Audit) -> Table:
    return table_of([_line(each) for each in audit.strategies], marked=[each is audit.own for each in audit.strategies])


def _line(strategy: AuditedStrategy) -> Line:
    return [
        (Column(heading="strategy", is_text=True), strategy.name),
        (Column(heading="accuracy on the way, 95 %"), percent(strategy.area)),
        (Column(heading="points over random"), "" if strategy.gain is None else points(strategy.gain)),
        *((Column(heading=f"labels for {100 * each.accuracy:.1f} %"), _labels(each)) for each in strategy.savings),
        (Column(heading="s per query", is_brief=False), f"{strategy.seconds_per_query:.3f}"),
    ]


def _labels(savings: Savings) -> str:
    labels = "not reached" if savings.labels is None else f"{savings.labels:.0f}"
    return labels if savings.saved is None else f"{labels}, saved {part(savings.saved)}"
