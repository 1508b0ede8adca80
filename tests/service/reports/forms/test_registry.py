"""Every report in every form."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from service.reports.audit.report import audit_report
from service.reports.comparison.report import comparison_report
from service.reports.forms.csv_form import render_csv
from service.reports.forms.form import Form
from service.reports.forms.html_form import MOST_LEFT_OUT_ON_PAGE, render_html
from service.reports.forms.json_form import render_json
from service.reports.forms.registry import FORMS
from service.reports.left_out import LeftOut
from service.reports.report import Report
from service.reports.simulation.report import simulation_report
from tests.service.reports.audit.test_report import a_record as an_audit_record
from tests.service.reports.comparison.reported import HOSTILE, a_comparison, untrained
from tests.service.reports.simulation.simulated import a_simulation

PICTURE = "data:image/jpeg;base64,AAAA"


class Page(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def reports(*, hostile: bool = False) -> dict[str, Report]:
    title = HOSTILE if hostile else "pets"
    return {
        "comparison": comparison_report(a_comparison(hostile=hostile), {"cat/1.jpg": PICTURE}),
        "nothing trained": comparison_report(untrained(), {}),
        "audit": audit_report(an_audit_record(title)),
        "simulation": simulation_report(a_simulation(hostile=hostile, heads=("knn", "mlp"))),
    }


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_report_has_every_form(form: Form) -> None:
    assert all(form.render(report) for report in reports().values())


def test_names_of_forms_are_endings_of_files() -> None:
    names = [form.name for form in FORMS]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z0-9]+", name) for name in names)


def test_json_has_everything_and_no_number_that_json_lacks() -> None:
    found = json.loads(render_json(simulation_report(a_simulation(runs=1))))

    margin = found["settings"][0]["arms"][1]
    assert margin["area_difference"]["low"] is None
    assert margin["area_difference"]["estimate"] == pytest.approx(0.05)
    assert [point["labels"] for point in margin["curve"]] == [10, 20]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("comparison", "encoder,head,labels_per_class,accuracy,accuracy_low,accuracy_high,difference,"),
        ("nothing trained", "encoder,head,labels_per_class,accuracy,accuracy_low,accuracy_high,difference,"),
        ("audit", "strategy,labels,accuracy,accuracy_low,accuracy_high,area,area_low,area_high,gain,"),
        ("simulation", "encoder,head,strategy,start,start_low,start_high,area,area_low,area_high,area_difference,"),
    ],
)
def test_csv_has_a_column_for_each_figure_in_the_order_of_always(name: str, columns: str) -> None:
    assert render_csv(reports()[name]).decode().startswith(columns)


def test_csv_leaves_empty_what_a_line_does_not_have() -> None:
    lines = list(csv.DictReader(io.StringIO(render_csv(reports()["simulation"]).decode())))

    assert (lines[0]["strategy"], lines[0]["area"]) == ("no active learning", "")
    assert float(lines[0]["final"]) == pytest.approx(0.9)


def test_no_cell_of_the_csv_is_a_formula() -> None:
    lines = csv.DictReader(io.StringIO(render_csv(simulation_report(a_simulation(strategy="=cmd()"))).decode()))

    assert [line["strategy"] for line in lines][2] == "'=cmd()"


@pytest.mark.parametrize(
    ("name", "pictures"), [("comparison", 3), ("nothing trained", 0), ("audit", 1), ("simulation", 2)]
)
def test_nothing_in_a_page_points_outside(name: str, pictures: int) -> None:
    text = render_html(reports()[name]).decode()

    page = Page(text)
    addresses = [value for name, value in page.attributes if name in {"src", "href", "action", "data", "srcset"}]
    assert "//" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
    assert len(addresses) == pictures
    assert all(str(address).startswith("data:image/") for address in addresses)
    assert not {"script", "link", "iframe"} & set(page.tags)
    assert text.rstrip().endswith("</html>")


@pytest.mark.parametrize("name", ["comparison", "audit", "simulation"])
def test_names_in_a_page_are_text_and_never_markup(name: str) -> None:
    text = render_html(reports(hostile=True)[name]).decode()

    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    assert "script" not in Page(text).tags


def test_page_says_what_it_comes_to_the_figures_and_what_was_left_out() -> None:
    report = reports()["comparison"]

    text = render_html(report).decode()

    assert all(sentence in text for sentence in report.verdicts)
    assert "92.0 % (90.0-94.0)" in text
    assert "no parents are known" in text
    assert "cat predicted as dog (80 %)" in text
    assert "cat/1.jpg: a copy of dog/2.jpg" in text


def test_page_lists_the_first_few_of_many_that_were_left_out() -> None:
    many = tuple(LeftOut(image=f"{place}.jpg", reason="torn") for place in range(MOST_LEFT_OUT_ON_PAGE + 1))

    text = render_html(comparison_report(replace(untrained(), left_out=many), {})).decode()

    assert f"{MOST_LEFT_OUT_ON_PAGE}.jpg" not in text
    assert f"The first {MOST_LEFT_OUT_ON_PAGE} are listed" in text
