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

    name: for messages; write, read: to and from JSON, reading may raise ValueError; key: names the key of a part of a
    project's newest record.
    """

    name: str
    write: Callable[[Record], bytes]
    read: Callable[[bytes], Record]
    key: Callable[[str, str], str]


AUDITS = Subject(name="audit", write=write_audit_json, read=read_audit_json, key=audit_key)
COMPARISONS = Subject(name="comparison", write=write_comparison_json, read=read_comparison_json, key=comparison_key)


class StoredRecords(Generic[Record]):
    """Stores the newest record of one subject per project, in the artifact store."""

    def __init__(self, artifacts: ArtifactStore, subject: Subject[Record]) -> None:
        self._artifacts = artifacts
        self._subject = subject

    def save(self, project_id: str, record: Record, *, pictures: Mapping[str, str] | None = None) -> None:
        """Replace the newest record. For a moment the pictures may be newer than the record.

        Args: pictures: thumbnails for its page, as data URLs by image name.
        """
        self._artifacts.put(self._key(project_id, PICTURES), json.dumps(dict(pictures or {})).encode())
        self._artifacts.put(self._key(project_id, RECORD), self._subject.write(record))

    def latest_json(self, project_id: str) -> bytes:
        """Return the newest record as stored JSON. Raises: NotFound."""
        try:
            return self._artifacts.get(self._key(project_id, RECORD))
        except NotFound as error:
            raise NotFound(f"{self._subject.name} of project", project_id) from error

    def latest(self, project_id: str) -> Record:
        """Return the newest record. Raises: NotFound; ValueError: this version of the service cannot read it."""
        return self._subject.read(self.latest_json(project_id))

    def newest(self, project_id: str) -> Record | None:
        """Return the newest record; None if there is none, or if this version of the service cannot read it."""
        try:
            return self.latest(project_id)
        except NotFound:
            return None
        except ValueError as error:
            logger.warning(
                "the %s of %s cannot be read and is ignored: %s", self._subject.name, project_id, first_line(error)
            )
            return None

    def pictures(self, project_id: str) -> Mapping[str, str]:
        """Return the pictures that were saved with the newest record."""
        try:
            content: dict[str, str] = json.loads(self._artifacts.get(self._key(project_id, PICTURES)))
        except NotFound:
            return {}
        return content

    def rendered_before(self, project_id: str, form: str) -> bytes | None:
        """Return a form of the newest record that an older release rendered; None if the record is newer.

        Its page has pictures that cannot be added again. Args: form: such as "html".
        """
        if self._artifacts.exists(self._key(project_id, PICTURES)):
            return None
        try:
            return self._artifacts.get(self._key(project_id, form))
        except NotFound:
            return None

    def _key(self, project_id: str, part: str) -> str:
        return self._subject.key(project_id, part)
