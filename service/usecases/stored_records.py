"""Keeps the newest audit and the newest comparison of each project: the record as JSON, and pictures for its page."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ml.messages import first_line
from service.domain.artifact_keys import audit_key, comparison_key
from service.domain.errors import NotFound
from service.ports import ArtifactStore
from service.reports.audit.record_json import read_audit_json, write_audit_json
from service.reports.comparison.record_json import read_comparison_json, write_comparison_json

logger = logging.getLogger(__name__)

RECORD, PICTURES = "json", "pictures.json"

Record = TypeVar("Record")


@dataclass(frozen=True, kw_only=True)
class Subject(Generic[Record]):
    """A kind of record that is stored.

    name: as people call it; write, read: the record as JSON, reading raises ValueError; key: where a part of a
    project's newest one is.
    """

    name: str
    write: Callable[[Record], bytes]
    read: Callable[[bytes], Record]
    key: Callable[[str, str], str]


AUDITS = Subject(name="audit", write=write_audit_json, read=read_audit_json, key=audit_key)
COMPARISONS = Subject(name="comparison", write=write_comparison_json, read=read_comparison_json, key=comparison_key)


class StoredRecords(Generic[Record]):
    """The newest record of one subject for each project, in the artifact store."""

    def __init__(self, artifacts: ArtifactStore, subject: Subject[Record]) -> None:
        self._artifacts = artifacts
        self._subject = subject

    def save(self, project_id: str, record: Record, *, pictures: Mapping[str, str] | None = None) -> None:
        """Take the place of the one before; for a moment there may be pictures of two.

        Args: pictures: small images that its page shows, as data addresses by name.
        """
        self._artifacts.put(self._key(project_id, PICTURES), json.dumps(dict(pictures or {})).encode())
        self._artifacts.put(self._key(project_id, RECORD), self._subject.write(record))

    def latest_json(self, project_id: str) -> bytes:
        """The newest record as it is stored. Raises: NotFound."""
        try:
            return self._artifacts.get(self._key(project_id, RECORD))
        except NotFound as error:
            raise NotFound(f"{self._subject.name} of project", project_id) from error

    def latest(self, project_id: str) -> Record:
        """The newest record. Raises: NotFound; ValueError: this version of the service cannot read it."""
        return self._subject.read(self.latest_json(project_id))

    def newest(self, project_id: str) -> Record | None:
        """None where there is none, or none that this version of the service can read: another one can be made."""
        try:
            return self.latest(project_id)
        except NotFound:
            return None
        except ValueError as error:
            logger.warning(
                "the %s of %s cannot be read and counts as none: %s", self._subject.name, project_id, first_line(error)
            )
            return None

    def pictures(self, project_id: str) -> Mapping[str, str]:
        """The pictures that were saved with the newest record."""
        try:
            content: dict[str, str] = json.loads(self._artifacts.get(self._key(project_id, PICTURES)))
        except NotFound:
            return {}
        return content

    def rendered_before(self, project_id: str, form: str) -> bytes | None:
        """A form of the newest record as older data folders hold it; None for one that was saved since.

        Its page has pictures that nobody could add again. Args: form: as "html".
        """
        if self._artifacts.exists(self._key(project_id, PICTURES)):
            return None
        try:
            return self._artifacts.get(self._key(project_id, form))
        except NotFound:
            return None

    def _key(self, project_id: str, part: str) -> str:
        return self._subject.key(project_id, part)
