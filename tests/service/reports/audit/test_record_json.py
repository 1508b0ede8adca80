"""Audits are stored and sent with unchanged keys, and old ones can be read."""

import json
from pathlib import Path

import pytest

from service.reports.audit.record_json import read_audit_json, write_audit_json
from tests.service.reports.audit.test_report import a_record

# Written by an earlier version of this service, with fewer points of each curve.
OLD = Path(__file__).parents[3] / "fixtures" / "records" / "audit.json"


def test_an_audit_is_read_as_it_was_written() -> None:
    assert read_audit_json(write_audit_json(a_record())) == a_record()


def test_an_old_audit_is_read() -> None:
    record = read_audit_json(OLD.read_bytes())

    assert (record.audit.labels, record.audit.own.name, record.course.strategy) == (
        120,
        "auto",
        "auto(random_share=0.5)",
    )
    assert record.audit.own.savings[0].share_of_budget == 0.8
    assert record.audit.stop.gain is not None


def test_an_audit_keeps_the_keys_of_always_in_their_order() -> None:
    written = write_audit_json(read_audit_json(OLD.read_bytes()))

    assert json.dumps(json.loads(written)) == json.dumps(json.loads(OLD.read_bytes()))


def test_json_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="title"):
        read_audit_json(b"{}")
