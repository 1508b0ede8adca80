"""Reads class hierarchies from a mapping or a taxonomy and checks them: each class of a label set has one parent."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.errors import InvalidHierarchy
from ml.messages import unknown_name
from ml.types import Probabilities

# The parent of each class, in label-set order, as in `SideInformation.parents`.
Parents = tuple[str, ...]


def parents_of_json(text: str | bytes, labels: Sequence[str]) -> Parents:
    """Read a hierarchy from JSON in one of the forms of `parents_of_mapping`.

    Raises: InvalidHierarchy: also for a duplicate name, which JSON would silently overwrite.
    """
    try:
        mapping = json.loads(text, object_pairs_hook=_object_of_unique_names)
    except ValueError as error:
        raise InvalidHierarchy(f"the hierarchy is not JSON: {error}") from error
    return parents_of_mapping(mapping, labels)


def parents_of_mapping(mapping: object, labels: Sequence[str]) -> Parents:
    """Read a hierarchy from a mapping of each parent to its labels; each label of the label set must occur once.

    Args: mapping: {parent: [label, ...]}, or {parent: {label: its number among the parent's labels, ...}}; the
        numbers are ignored.
    Returns: the parent of each label, in label-set order.
    Raises: InvalidHierarchy: a label is missing, occurs twice or is not in the label set.
    """
    parent_of: dict[str, str] = {}
    for parent, label in _pairs(mapping):
        if label not in labels:
            raise InvalidHierarchy(f'parent "{parent}": {unknown_name("label", label, labels)}')
        if label in parent_of:
            raise InvalidHierarchy(
                f'the label "{label}" occurs twice, under "{parent_of[label]}" and "{parent}": leave it under one'
            )
        parent_of[label] = parent
    missing = [label for label in labels if label not in parent_of]
    if missing:
        raise InvalidHierarchy(f"each label needs a parent, without one are: {', '.join(missing)}")
    return tuple(parent_of[label] for label in labels)


def parents_of_paths(paths: Iterable[Sequence[str]]) -> Parents:
    """Read a hierarchy from a taxonomy: a leaf's parent is its path without the leaf, or the leaf if it is at the top.

    Args: paths: the path of each leaf from the top down, in label-set order.
    """
    return tuple("/".join(path[:-1] or path) for path in paths)


def parent_names(parents: Parents) -> tuple[str, ...]:
    """List every parent once, in the order of its first class."""
    return tuple(dict.fromkeys(parents))


def parent_members(parents: Parents) -> NDArray[np.bool_]:
    """Mark which class belongs to which parent.

    Returns: (classes, parents), one True per row; columns as `parent_names`.
    """
    return np.array([[parent == name for name in parent_names(parents)] for parent in parents], dtype=np.bool_)


def parent_probabilities(probabilities: Probabilities, parents: Parents) -> Probabilities:
    """Sum the class probabilities of each parent.

    Args: probabilities: (images, classes), rows sum to 1.
    Returns: (images, parents), rows sum to 1; columns as `parent_names`.
    """
    summed: Probabilities = probabilities @ parent_members(parents).astype(np.float64)
    return summed


def _object_of_unique_names(pairs: list[tuple[str, object]]) -> dict[str, object]:
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            raise InvalidHierarchy(f'"{name}" occurs twice in the hierarchy: write it once')
    return dict(pairs)


def _pairs(mapping: object) -> Iterator[tuple[str, str]]:
    """Yield each parent with each of its labels. Raises: InvalidHierarchy."""
    if not isinstance(mapping, Mapping):
        raise InvalidHierarchy(_malformed(f"got {type(mapping).__name__}"))
    for parent, children in mapping.items():
        # A string would be read letter by letter.
        if isinstance(children, str) or not isinstance(children, Sequence | Mapping):
            raise InvalidHierarchy(_malformed(f'got {children!r} for "{parent}"'))
        if not children:
            raise InvalidHierarchy(f'the parent "{parent}" has no label: give it one or leave it out')
        yield from ((str(parent), str(child)) for child in children)


def _malformed(got: str) -> str:
    return f'expected a hierarchy as {{"parent": ["label", "label"]}}, {got}'
