"""The newest record of each project is stored, and is found in older data folders too."""

from datetime import UTC, datetime

import pytest

from service.domain.errors import NotFound
from service.reports.audit.record import AuditRecord, audit_record
from service.reports.audit.record_json import write_audit_json
from service.usecases.stored_records import AUDITS, StoredRecords
from tests.doubles.artifact_store import InMemoryArtifactStore
from tests.ml.audited import an_audit, audited


def a_record(title: str = "pets") -> AuditRecord:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    return audit_record(an_audit(audited("margin", 0.03)), title=title, created_at=moment, left_out=())


@pytest.fixture
def artifacts() -> InMemoryArtifactStore:
    return InMemoryArtifactStore()


@pytest.fixture
def stored(artifacts: InMemoryArtifactStore) -> StoredRecords[AuditRecord]:
    return StoredRecords(artifacts, AUDITS)


def test_the_newest_record_takes_the_place_of_the_one_before(stored: StoredRecords[AuditRecord]) -> None:
    stored.save("birds", a_record("before"), pictures={"a.png": "data:"})
    stored.save("birds", a_record("after"))

    assert stored.latest("birds") == a_record("after")
    assert stored.pictures("birds") == {}


def test_a_project_without_one_has_none(stored: StoredRecords[AuditRecord]) -> None:
    assert stored.newest("birds") is None
    assert stored.pictures("birds") == {}
    with pytest.raises(NotFound, match="no audit of project 'birds'"):
        stored.latest_json("birds")


def test_what_cannot_be_read_counts_as_none(
    stored: StoredRecords[AuditRecord], artifacts: InMemoryArtifactStore
) -> None:
    artifacts.put("audits/birds/latest.json", b'{"of": "another time"}')

    assert stored.newest("birds") is None


def test_forms_that_an_older_data_folder_holds_are_used_until_something_newer_is_saved(
    stored: StoredRecords[AuditRecord], artifacts: InMemoryArtifactStore
) -> None:
    artifacts.put("audits/birds/latest.json", write_audit_json(a_record()))
    artifacts.put("audits/birds/latest.html", b"<html>pictures</html>")

    assert stored.rendered_before("birds", "html") == b"<html>pictures</html>"
    assert stored.rendered_before("birds", "csv") is None
    stored.save("birds", a_record("after"))
    assert stored.rendered_before("birds", "html") is None
