"""A comparison as JSON and CSV."""

import csv
import io

import pytest

from service.reports.comparison_csv import to_csv
from service.reports.comparison_report import from_json, to_json
from tests.service.reports.reported import a_report


def test_json_is_read_back_as_it_was() -> None:
    report = a_report()

    assert from_json(to_json(report)) == report


def test_json_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="title"):
        from_json(b"{}")


def test_csv_has_a_line_for_each_combination() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(a_report()))))

    assert [(row["head"], row["labels_per_class"], row["accuracy"]) for row in rows] == [
        ("linear", "5", "0.8"),
        ("linear", "all", "0.9"),
        ("knn(k=10)", "all", "0.92"),
        ("nested", "all", ""),
    ]
    assert (rows[2]["difference"], rows[1]["difference"]) == ("0.02", "")
    assert rows[3]["refusal"] == "no parents are known"
