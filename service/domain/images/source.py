"""Identifies sources of images, and updates a known source that is reported again.

Stores apply it as they write: use cases hand over what arrived.
"""

import hashlib
from dataclasses import replace

from service.domain.images.image import Source, SourceKind


def source_identity(kind: SourceKind, address: str, task_id: int | None) -> str:
    """Return a key within a project: by the task or, without a task, by kind and address."""
    if task_id is not None:
        return f"task:{task_id}"
    return f"{kind.value}:{hashlib.sha256(address.encode()).hexdigest()}"


def update_source(known: Source, *, address: str, image_id: str | None = None, error: str | None = None) -> Source:
    """Update a known source that is reported again; a new address may show another image, so the old one is dropped.

    Args: image_id: set if the bytes are known already; error: why there are no bytes, or what is wrong with them.
    """
    if known.address != address:
        known = replace(known, address=address, image_id=None, error=None)
    if image_id is not None:
        # If the bytes are known, an error belongs to the image, not to the source.
        return known if known.image_id == image_id else replace(known, image_id=image_id, error=None)
    return known if error is None else replace(known, error=error)
