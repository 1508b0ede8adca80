"""A hierarchy gives each class of a label set one parent: read from a mapping or a taxonomy, and checked by name."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.errors import InvalidHierarchy
from ml.messages import unknown_name
from ml.types import Probabilities

# Each class's parent, in label-set order; what `SideInformation.parents` takes.
Parents = tuple[str, ...]


def parents_of_json(text: str | bytes, labels: Sequence[str]) -> Parents:
    """Read JSON of one of the forms of `parents_of_mapping`; a name written twice in it is told, not overwritten.

    Raises: InvalidHierarchy.
    """
    try:
        mapping = json.loads(text, object_pairs_hook=_object_of_unique_names)
    except ValueError as error:
        raise InvalidHierarchy(f"the hierarchy is not JSON: {error}") from error
    return parents_of_mapping(mapping, labels)


def parents_of_mapping(mapping: object, labels: Sequence[str]) -> Parents:
    """Read a mapping from each parent to its labels, where each label of the label set must occur once.

    Args: mapping: {parent: [label, ...]}, or {parent: {label: its number among the parent's labels, ...}}; the
        numbers mean nothing here.
    Returns: each label's parent, in label-set order.
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
    """The parent of a taxonomy's leaf is its path without the leaf; a leaf at the top is its own parent.

    Args: paths: of the leaves, each from the top down to the leaf, in label-set order.
    """
    return tuple("/".join(path[:-1] or path) for path in paths)


def parent_names(parents: Parents) -> tuple[str, ...]:
    """Every parent once, in the order of its first class."""
    return tuple(dict.fromkeys(parents))


def parent_members(parents: Parents) -> NDArray[np.bool_]:
    """Which classes belong to which parent.

    Returns: (classes, parents), one True a row; columns as `parent_names`.
    """
    return np.array([[parent == name for name in parent_names(parents)] for parent in parents], dtype=np.bool_)


def parent_probabilities(probabilities: Probabilities, parents: Parents) -> Probabilities:
    """A parent is as probable as its classes together.

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
    """Each label under its parent. Raises: InvalidHierarchy."""
    if not isinstance(mapping, Mapping):
        raise InvalidHierarchy(_malformed(f"got {type(mapping).__name__}"))
    for parent, children in mapping.items():
        # A text would be read letter by letter.
        if isinstance(children, str) or not isinstance(children, Sequence | Mapping):
            raise InvalidHierarchy(_malformed(f'got {children!r} for "{parent}"'))
        if not children:
            raise InvalidHierarchy(f'the parent "{parent}" has no label: give it one or leave it out')
        yield from ((str(parent), str(child)) for child in children)


def _malformed(got: str) -> str:
    return f'expected a hierarchy as {{"parent": ["label", "label"]}}, {got}'
