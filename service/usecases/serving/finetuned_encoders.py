"""Stores fine-tuned encoders in the artifact store, where every process finds them by name."""

from collections.abc import Mapping

from ml.encoders.finetuned.description import DESCRIPTION, NETWORK_TENSORS, read_description
from ml.encoders.finetuned.name import FINETUNED_PREFIX, FinetunedName, digest_of
from ml.encoders.registry import part_names
from ml.errors import UnknownEncoder
from service.domain.artifact_keys import finetuned_key
from service.domain.errors import NotFound
from service.ports import ArtifactStore


class FinetunedEncoders:
    """Stores fine-tuned encoders. They are not deleted with their project, since another project may use them."""

    def __init__(self, artifacts: ArtifactStore) -> None:
        self._artifacts = artifacts

    def add(self, project_id: str, version: int, files: Mapping[str, bytes]) -> str:
        """Store the files made by `pack_finetuned`. Returns: the encoder's name."""
        name = str(FinetunedName(project_id=project_id, version=version, digest=digest_of(files[DESCRIPTION])))
        # The description last: without it the encoder does not exist.
        for file in (NETWORK_TENSORS, DESCRIPTION):
            self._artifacts.put(finetuned_key(name, file), files[file])
        return name

    def files(self, name: str) -> Mapping[str, bytes]:
        """Read the files of an encoder. Raises: UnknownEncoder: none with this name is stored."""
        return {file: self._get(name, file) for file in (NETWORK_TENSORS, DESCRIPTION)}

    def check(self, name: str) -> None:
        """Check that every fine-tuned encoder in a (concatenated) name is stored. Raises: UnknownEncoder."""
        for part in part_names(name):
            if part.startswith(FINETUNED_PREFIX) and not self._artifacts.exists(finetuned_key(part, DESCRIPTION)):
                raise _not_stored(part)

    def base(self, name: str) -> str:
        """Return the name of the encoder that this one was fine-tuned from; for any other encoder, its own name.

        Raises: UnknownEncoder: none with this name is stored; EncoderUnavailable: its description was changed.
        """
        if part_names(name) != (name,) or not name.startswith(FINETUNED_PREFIX):
            return name
        return str(read_description(name, self._get(name, DESCRIPTION))["base"])

    def _get(self, name: str, file: str) -> bytes:
        try:
            return self._artifacts.get(finetuned_key(name, file))
        except NotFound as error:
            raise _not_stored(name) from error


def _not_stored(name: str) -> UnknownEncoder:
    return UnknownEncoder(f"no encoder {name!r} is stored here: the result of its fine-tuning job has the full name")
