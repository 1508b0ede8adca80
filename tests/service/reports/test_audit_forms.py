"""The forms in which an audit is read."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

from ml.statistics.intervals import ConfidenceInterval
from service.reports.audit_csv import audit_to_csv
from service.reports.audit_html import audit_to_html
from service.reports.audit_plots import draw_audit
from service.reports.audit_report import AuditReport, audit_from_json, audit_to_json, report_of
from service.reports.comparison_report import LeftOut
from tests.ml.audited import an_audit, audited
from tests.service.reports.reported import HOSTILE
from tests.service.reports.test_comparison_html import Page

MARGIN = audited("margin", 0.03, saved=ConfidenceInterval(low=0.2, estimate=0.35, high=0.48))


def a_report(title: str = "pets") -> AuditReport:
    return report_of(
        an_audit(MARGIN),
        title=title,
        created_at=datetime(2026, 11, 21, 10, 30, tzinfo=UTC),
        left_out=(LeftOut(image=f"{title}.jpg", reason="it could not be read"),),
    )


def test_json_is_read_again_as_it_was() -> None:
    assert audit_from_json(audit_to_json(a_report())) == a_report()


def test_table_has_a_line_for_each_strategy_and_number_of_labels() -> None:
    lines = list(csv.DictReader(io.StringIO(audit_to_csv(a_report()))))

    assert [(line["strategy"], line["labels"]) for line in lines] == [
        (name, labels) for name in ("random", "margin") for labels in ("10.0", "50.0", "200.0")
    ]
    assert (lines[0]["gain"], lines[-1]["gain"], lines[-1]["saved_80_low"]) == ("", "0.03", "0.2")


def test_page_says_the_verdict_the_advice_the_course_and_the_caveat() -> None:
    report = a_report()

    text = " ".join(audit_to_html(report).split())

    assert report.verdict in text
    assert "keep labeling: it still grows" in text
    assert f"{report.course.reason}." in text
    assert "were themselves asked for by a strategy" in text
    assert "35 % (20 to 48 %)" in text


def test_page_shows_the_curves_and_points_nowhere_outside() -> None:
    page = Page(audit_to_html(a_report()))

    addresses = [value for name, value in page.attributes if name in {"src", "href", "action", "data", "srcset"}]
    assert len(addresses) == 1
    assert str(addresses[0]).startswith("data:image/png;base64,")
    assert not {"script", "link", "iframe"} & set(page.tags)


def test_names_are_text_and_never_markup() -> None:
    text = audit_to_html(a_report(HOSTILE))

    assert HOSTILE not in text
    assert "script" not in Page(text).tags


def test_what_no_run_reached_is_said() -> None:
    assert "not reached" not in audit_to_html(a_report())
    first, second = MARGIN.savings
    unreached = replace(MARGIN, savings=(replace(first, labels=None), second))

    report = report_of(an_audit(unreached), title="pets", created_at=a_report().created_at, left_out=())

    assert "not reached" in audit_to_html(report)


def test_curves_are_drawn_as_a_picture() -> None:
    assert draw_audit(an_audit(MARGIN)).startswith(b"\x89PNG")
