"""A simulation as a sentence, JSON, CSV, page and plots."""

import csv
import io
import json

import pytest
from PIL import Image

from ml.statistics.intervals import ConfidenceInterval
from service.reports.simulation_csv import simulation_to_csv
from service.reports.simulation_html import simulation_to_html
from service.reports.simulation_plots import draw_curves, draw_differences
from service.reports.simulation_report import simulation_to_json
from service.reports.simulation_verdict import gain
from tests.service.reports.reported import HOSTILE
from tests.service.reports.simulated import a_simulation


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_verdict_names_the_best_its_lead_and_whether_that_may_be_chance() -> None:
    # On the way .05 and .1 above random: mean 7.5 points, standard error 2.5, t 12.706.
    assert a_simulation().verdict.startswith(
        "margin is best of all: +7.5 (-24.3 to +39.3) points over random on the way from 10 to 20 labels: within noise"
    )


def test_verdict_of_a_single_run_has_no_interval() -> None:
    assert a_simulation(runs=1).verdict.startswith(
        "margin is best of all: +5.0 points over random on the way from 10 to 20 labels: "
        "a single run tells nothing of the next"
    )


def test_verdict_names_the_labels_saved_to_the_highest_accuracy_that_all_runs_reach() -> None:
    assert a_simulation(accuracies=(0.65, 0.7, 0.75)).verdict.endswith("labels saved to reach 70.0 %")


def test_verdict_says_nothing_of_an_accuracy_that_the_start_has() -> None:
    assert "labels saved" not in a_simulation(accuracies=(0.5,)).verdict


def test_verdict_of_random_alone_says_that_there_is_nothing_to_compare() -> None:
    assert a_simulation(strategy="random").verdict.endswith("on the way; there is no strategy to compare with it")


def test_verdict_has_a_part_for_each_head() -> None:
    verdict = a_simulation(heads=("knn", "mlp")).verdict

    assert verdict.startswith("knn on lite: margin is best")
    assert "; mlp on lite: margin is best" in verdict


def test_a_bound_of_nothing_has_no_odd_sign() -> None:
    assert gain(ConfidenceInterval(low=-0.0001, estimate=0.0001, high=0.01)) == "+0.0 (+0.0 to +1.0)"


def test_csv_has_a_line_for_each_way_of_labeling() -> None:
    bare, random, margin = rows(simulation_to_csv(a_simulation()))

    assert [line["strategy"] for line in (bare, random, margin)] == ["no active learning", "random", "margin"]
    assert float(bare["final"]) == 0.9
    assert random["area_difference"] == ""
    assert float(margin["area_difference"]) == pytest.approx(0.075)
    assert float(margin["accuracy_1"]) == pytest.approx(0.72)
    assert (margin["runs_there_1"], margin["random_runs_there_1"]) == ("2", "0")


def test_a_single_run_has_no_bounds_in_the_csv() -> None:
    margin = rows(simulation_to_csv(a_simulation(runs=1)))[2]

    assert float(margin["labels_ratio_1"]) < 1
    assert {margin[name] for name in ("area_low", "area_high", "labels_ratio_low_1", "labels_ratio_high_1")} == {""}


def test_no_cell_of_the_csv_is_a_formula() -> None:
    lines = rows(simulation_to_csv(a_simulation(strategy="=cmd()")))

    assert lines[2]["strategy"] == "'=cmd()"


def test_json_has_everything_and_no_number_that_json_lacks() -> None:
    found = json.loads(simulation_to_json(a_simulation(runs=1)))

    margin = found["settings"][0]["arms"][1]
    assert margin["area_difference"]["low"] is None
    assert margin["area_difference"]["estimate"] == pytest.approx(0.05)
    assert [point["labels"] for point in margin["curve"]] == [10, 20]


def test_page_needs_nothing_from_elsewhere_and_escapes_names() -> None:
    report = a_simulation(hostile=True)

    page = simulation_to_html(report, draw_curves(report.settings))

    assert HOSTILE not in page
    assert page.count('src="data:image/png;base64,') == 2
    assert "://" not in page
    assert page.rstrip().endswith("</html>")


@pytest.mark.parametrize("runs", [1, 2])
@pytest.mark.parametrize("strategy", ["margin", "random", "$x$"])
def test_plots_are_pictures_whatever_there_is_to_draw(runs: int, strategy: str) -> None:
    settings = a_simulation(runs=runs, strategy=strategy, heads=("knn", "mlp")).settings

    for drawn in (draw_curves(settings), draw_differences(settings)):
        assert min(Image.open(io.BytesIO(drawn)).size) > 400
