"""Parses the name of a fine-tuned encoder without loading anything."""

import re
from dataclasses import dataclass
from hashlib import sha256

from ml.errors import UnknownEncoder
from ml.messages import truncate

FINETUNED_PREFIX = "finetuned:"
# Enough to distinguish encoders if a project is deleted, created again, and counts versions from 1 again.
_DIGITS = 8
_NAME = re.compile(rf"{FINETUNED_PREFIX}([a-z0-9-]+)/([1-9][0-9]*)-([0-9a-f]{{{_DIGITS}}})")


@dataclass(frozen=True, kw_only=True)
class FinetunedName:
    """Project and version that the encoder was fine-tuned for, and the start of the SHA-256 of its description."""

    project_id: str
    version: int
    digest: str

    def __str__(self) -> str:
        return f"{FINETUNED_PREFIX}{self.project_id}/{self.version}-{self.digest}"

    def names(self, description: bytes) -> bool:
        """Return True if a description matches the digest in the name."""
        return digest_of(description) == self.digest


def digest_of(description: bytes) -> str:
    """Return the hash prefix of a description that is part of the name."""
    return sha256(description).hexdigest()[:_DIGITS]


def parse_finetuned_name(name: str) -> FinetunedName:
    """Parse `finetuned:<project>/<version>-<digest>`. Raises: UnknownEncoder."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise UnknownEncoder(
            f"{truncate(name)!r} is incomplete: expected {FINETUNED_PREFIX}<project>/<version>-<{_DIGITS} digits>, as "
            f"in the result of fine-tuning, such as {FINETUNED_PREFIX}birds/7-0a1b2c3d."
        )
    project_id, version, digest = found.groups()
    return FinetunedName(project_id=project_id, version=int(version), digest=digest)
