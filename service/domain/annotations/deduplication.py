"""Decides which of two reports of the same annotation counts, so that one that arrives twice counts once.

Stores apply it as they write.
"""

from service.domain.annotations.annotation import Annotation, AnnotationState


def supersedes(incoming: Annotation, known: Annotation) -> bool:
    """Return whether an arriving state replaces the known one. At equal times a known deletion is kept."""
    if incoming.updated_at != known.updated_at:
        return incoming.updated_at > known.updated_at
    return known.state is not AnnotationState.DELETED and incoming != known
