"""Reads a fine-tuned encoder's name without loading anything."""

import re
from dataclasses import dataclass
from hashlib import sha256

from ml.errors import UnknownEncoder
from ml.messages import truncate

PREFIX = "finetuned:"
# Enough to tell the encoders of a project that was made anew, and counts from 1 again, from those before.
_DIGITS = 8
_NAME = re.compile(rf"{PREFIX}([a-z0-9-]+)/([1-9][0-9]*)-([0-9a-f]{{{_DIGITS}}})")


@dataclass(frozen=True, kw_only=True)
class FinetunedName:
    """On whose labels it was fine-tuned, for which version, and how the SHA-256 of its description begins."""

    project_id: str
    version: int
    digest: str

    def __str__(self) -> str:
        return f"{PREFIX}{self.project_id}/{self.version}-{self.digest}"

    def names(self, description: bytes) -> bool:
        """Whether this is the description that the name stands for, unchanged."""
        return digest_of(description) == self.digest


def digest_of(description: bytes) -> str:
    """What a name says of a description."""
    return sha256(description).hexdigest()[:_DIGITS]


def parse_finetuned_name(name: str) -> FinetunedName:
    """Read `finetuned:<project>/<version>-<digest>`. Raises: UnknownEncoder."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise UnknownEncoder(
            f"{truncate(name)!r} is not a whole name: expected {PREFIX}<project>/<version>-<{_DIGITS} digits>, as the "
            f"result of fine-tuning gives it, such as {PREFIX}birds/7-0a1b2c3d."
        )
    project_id, version, digest = found.groups()
    return FinetunedName(project_id=project_id, version=int(version), digest=digest)
