"""When two sources of images are the same one, and what becomes of a source that is told again."""

import hashlib
from dataclasses import replace

from service.domain.images.image import Source, SourceKind


def source_identity(kind: SourceKind, address: str, task_id: int | None) -> str:
    """The same within a project for the same task, or, without one, for the same kind and address."""
    if task_id is not None:
        return f"task:{task_id}"
    return f"{kind.value}:{hashlib.sha256(address.encode()).hexdigest()}"


def told_again(known: Source, *, address: str, image_id: str | None = None, error: str | None = None) -> Source:
    """A known source after it is told once more; another address shows another image, so what was known is forgotten.

    Args: image_id: when the bytes are known already; error: why there are none, or what is wrong with them.
    """
    if known.address != address:
        known = replace(known, address=address, image_id=None, error=None)
    if image_id is not None:
        # An error of known bytes is the image's, not the source's.
        return known if known.image_id == image_id else replace(known, image_id=image_id, error=None)
    return known if error is None else replace(known, error=error)
