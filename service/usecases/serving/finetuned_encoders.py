"""Keeps fine-tuned encoders where every process of every machine finds them by name."""

from collections.abc import Mapping

from ml.encoders.finetuned.description import DESCRIPTION, TENSORS, read_description
from ml.encoders.finetuned.name import PREFIX, FinetunedName, digest_of
from ml.encoders.registry import part_names
from ml.errors import UnknownEncoder
from service.domain.artifact_keys import finetuned_key
from service.domain.errors import NotFound
from service.ports import ArtifactStore


class FinetunedEncoders:
    """Fine-tuned encoders in the artifact store. They outlive their project, for another one may use them, too."""

    def __init__(self, artifacts: ArtifactStore) -> None:
        self._artifacts = artifacts

    def add(self, project_id: str, version: int, files: Mapping[str, bytes]) -> str:
        """Keep what `pack_finetuned` gave. Returns: the encoder's name."""
        name = str(FinetunedName(project_id=project_id, version=version, digest=digest_of(files[DESCRIPTION])))
        # The description last: without it there is no such encoder.
        for file in (TENSORS, DESCRIPTION):
            self._artifacts.put(finetuned_key(name, file), files[file])
        return name

    def files(self, name: str) -> Mapping[str, bytes]:
        """Raises: UnknownEncoder: none of this name is kept."""
        return {file: self._get(name, file) for file in (TENSORS, DESCRIPTION)}

    def check(self, name: str) -> None:
        """Check that the fine-tuned ones among the parts of a known name are kept. Raises: UnknownEncoder."""
        for part in part_names(name):
            if part.startswith(PREFIX) and not self._artifacts.exists(finetuned_key(part, DESCRIPTION)):
                raise _not_kept(part)

    def base(self, name: str) -> str:
        """What the encoder of this name was fine-tuned from; any other's own name.

        Raises: UnknownEncoder: none of this name is kept; EncoderUnavailable: its description was changed.
        """
        if part_names(name) != (name,) or not name.startswith(PREFIX):
            return name
        return str(read_description(name, self._get(name, DESCRIPTION))["base"])

    def _get(self, name: str, file: str) -> bytes:
        try:
            return self._artifacts.get(finetuned_key(name, file))
        except NotFound as error:
            raise _not_kept(name) from error


def _not_kept(name: str) -> UnknownEncoder:
    return UnknownEncoder(f"no encoder {name!r} is kept here: the result of its fine-tuning job gives the whole name")
