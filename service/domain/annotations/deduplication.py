"""Decides which of two reports of the same annotation counts, so that one that arrives twice counts once."""

from service.domain.annotations.annotation import Annotation, AnnotationState


def supersedes(incoming: Annotation, known: Annotation) -> bool:
    """Tell whether a state that arrives now takes the place of the known one; a deletion wins over its own instant."""
    if incoming.updated_at != known.updated_at:
        return incoming.updated_at > known.updated_at
    return known.state is not AnnotationState.DELETED and incoming != known
