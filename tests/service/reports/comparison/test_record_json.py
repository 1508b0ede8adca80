"""Comparisons are stored and sent with unchanged keys, and old ones can be read."""

import json
from pathlib import Path

import pytest

from service.reports.comparison.record import ComparisonRecord
from service.reports.comparison.record_json import read_comparison_json, write_comparison_json
from tests.service.reports.comparison.reported import a_comparison, untrained

# Written by an earlier version of this service, with fewer mistakes.
OLD = Path(__file__).parents[3] / "fixtures" / "records" / "comparison.json"


@pytest.mark.parametrize("record", [a_comparison(), untrained()], ids=["trained", "untrained"])
def test_a_comparison_is_read_as_it_was_written(record: ComparisonRecord) -> None:
    assert read_comparison_json(write_comparison_json(record)) == record


def test_an_old_comparison_is_read() -> None:
    record = read_comparison_json(OLD.read_bytes())

    assert [row.head for row in record.comparison.rows] == ["softmax-regression", "knn"]
    assert len(record.mistaken) == 2


def test_a_comparison_keeps_the_keys_of_always_in_their_order() -> None:
    written = write_comparison_json(read_comparison_json(OLD.read_bytes()))

    assert json.dumps(json.loads(written)) == json.dumps(json.loads(OLD.read_bytes()))


def test_json_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="title"):
        read_comparison_json(b"{}")
