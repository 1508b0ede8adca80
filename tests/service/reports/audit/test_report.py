"""An audit as a report."""

from dataclasses import replace
from datetime import UTC, datetime

from ml.statistics.intervals import ConfidenceInterval
from service.reports.audit.plots import draw_audit
from service.reports.audit.record import AuditRecord, audit_record
from service.reports.audit.report import audit_report
from service.reports.left_out import LeftOut
from service.reports.report import Table
from tests.ml.audited import an_audit, audited
from tests.service.reports.read_report import blocks, column

MARGIN = audited("margin", 0.03, saved=ConfidenceInterval(low=0.2, estimate=0.35, high=0.48))


def a_record(title: str = "pets") -> AuditRecord:
    return audit_record(
        an_audit(MARGIN),
        title=title,
        created_at=datetime(2026, 11, 21, 10, 30, tzinfo=UTC),
        left_out=(LeftOut(image=f"{title}.jpg", reason="it could not be read"),),
    )


def test_figures_have_a_line_for_each_strategy_and_number_of_labels() -> None:
    lines = audit_report(a_record()).figures

    assert [(line["strategy"], line["labels"]) for line in lines] == [
        (name, labels) for name in ("random", "margin") for labels in (10.0, 50.0, 200.0)
    ]
    assert (lines[0]["gain"], lines[-1]["gain"], lines[-1]["saved_80_low"]) == (None, 0.03, 0.2)


def test_it_comes_to_the_verdict_the_advice_the_choice_and_the_caveat() -> None:
    record = a_record()

    report = audit_report(record)

    assert report.verdicts == (record.verdict, "keep labeling: it still grows")
    assert report.remarks == (record.course.reason, record.caveat)


def test_table_says_what_each_strategy_saved_and_marks_the_projects_own() -> None:
    (table,) = blocks(audit_report(a_record()), Table)

    assert [cells[-2] for cells in (row.cells for row in table.rows)] == ["120", "120, saved 35 % (20 to 48 %)"]
    assert [row.is_marked for row in table.rows] == [False, True]
    assert column(table, "points over random") == ["", "+3.0 (+2.0 to +4.0)"]


def test_what_no_run_reached_is_said() -> None:
    first, second = MARGIN.savings
    unreached = replace(MARGIN, savings=(replace(first, labels=None, saved=None), second))
    record = audit_record(an_audit(unreached), title="pets", created_at=a_record().created_at, left_out=())

    (table,) = blocks(audit_report(record), Table)

    assert "not reached" in table.rows[1].cells


def test_curves_are_drawn_as_a_picture() -> None:
    assert draw_audit(an_audit(MARGIN)).startswith(b"\x89PNG")
