"""Shows an audit in the terminal: a line for each strategy, and what follows."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ml.audit import AuditedStrategy, Savings
from ml.audit_verdict import points, share
from ml.verdict import percent
from service.cli.terminal import printable
from service.reports.audit_report import AuditReport


def show_audit(console: Console, report: AuditReport) -> None:
    """Print it, the sentences last, where they are seen."""
    console.print(_table(report))
    if report.left_out:
        console.print(f"left out: {len(report.left_out)} images, which the JSON lists", markup=False)
    for sentence in (report.caveat, report.course.reason, report.audit.stop.sentence, report.verdict):
        console.print(printable(sentence), markup=False, soft_wrap=True)


def _table(report: AuditReport) -> Table:
    audit = report.audit
    sizes = f"{audit.images} labeled images, {audit.classes} classes, {audit.runs} runs"
    table = Table(title=escape(f"{printable(report.title)}: {sizes}"), title_justify="left")
    lines = [_line(each) for each in audit.strategies]
    for column in lines[0]:
        table.add_column(column, justify="left" if column == "strategy" else "right")
    for line in lines:
        table.add_row(*(escape(text) for text in line.values()))
    return table


def _line(strategy: AuditedStrategy) -> dict[str, str]:
    return {
        "strategy": strategy.name,
        "accuracy on the way": percent(strategy.area),
        "points over random": "" if strategy.gain is None else points(strategy.gain),
        **{f"labels for {100 * each.accuracy:.1f} %": _labels(each) for each in strategy.savings},
    }


def _labels(savings: Savings) -> str:
    labels = "not reached" if savings.labels is None else f"{savings.labels:.0f}"
    return labels if savings.saved is None else f"{labels}, saved {share(savings.saved)}"
