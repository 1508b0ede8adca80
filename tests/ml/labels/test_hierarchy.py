"""Reading hierarchies, and the errors of mappings that do not fit the label set."""

import numpy as np
import pytest

from ml.errors import InvalidHierarchy
from ml.labels.hierarchy import (
    parent_members,
    parent_names,
    parent_probabilities,
    parents_of_json,
    parents_of_mapping,
    parents_of_paths,
)

LABELS = ("coat", "sandal", "shirt")


def test_parents_come_in_label_set_order() -> None:
    mapping = {"tops": ["shirt", "coat"], "shoes": ["sandal"]}

    assert parents_of_mapping(mapping, LABELS) == ("tops", "shoes", "tops")


def test_labels_may_be_numbered_within_their_parent() -> None:
    text = '{"tops": {"shirt": 0, "coat": 1}, "shoes": {"sandal": 0}}'

    assert parents_of_json(text, LABELS) == ("tops", "shoes", "tops")


def test_missing_labels_are_named() -> None:
    with pytest.raises(InvalidHierarchy, match="without one are: coat, sandal"):
        parents_of_mapping({"tops": ["shirt"]}, LABELS)


def test_label_under_two_parents_is_named_with_both() -> None:
    with pytest.raises(InvalidHierarchy, match='"coat" occurs twice, under "tops" and "warm"'):
        parents_of_mapping({"tops": ["shirt", "coat"], "warm": ["coat"], "shoes": ["sandal"]}, LABELS)


def test_label_twice_under_one_parent_is_named() -> None:
    with pytest.raises(InvalidHierarchy, match='"coat" occurs twice'):
        parents_of_mapping({"tops": ["coat", "coat", "shirt"], "shoes": ["sandal"]}, LABELS)


def test_unknown_label_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidHierarchy, match='parent "shoes": no label is called "sandals": did you mean "sandal"'):
        parents_of_mapping({"tops": ["shirt", "coat"], "shoes": ["sandals"]}, LABELS)


@pytest.mark.parametrize("text", ['{"tops": {"coat": 0, "coat": 1}}', '{"coat": ["coat"], "coat": ["shirt"]}'])
def test_duplicate_name_in_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidHierarchy, match='"coat" occurs twice'):
        parents_of_json(text, LABELS)


def test_text_that_is_not_json_is_refused() -> None:
    with pytest.raises(InvalidHierarchy, match="not JSON"):
        parents_of_json(b"tops: [coat]", LABELS)


@pytest.mark.parametrize("mapping", [["coat"], "coat", None, {"tops": "coat"}, {"tops": 3}], ids=repr)
def test_other_forms_are_refused_with_an_example(mapping: object) -> None:
    with pytest.raises(InvalidHierarchy, match=r'expected a hierarchy as \{"parent": \["label", "label"\]\}, got'):
        parents_of_mapping(mapping, LABELS)


def test_parent_without_labels_is_named() -> None:
    with pytest.raises(InvalidHierarchy, match='"hats" has no label'):
        parents_of_mapping({"tops": ["shirt", "coat"], "shoes": ["sandal"], "hats": []}, LABELS)


def test_parent_of_a_taxonomy_leaf_is_its_path_without_the_leaf() -> None:
    paths = [("clothes", "tops", "coat"), ("shoes", "sandal"), ("bag",)]

    assert parents_of_paths(paths) == ("clothes/tops", "shoes", "bag")


def test_parents_are_listed_once_with_their_classes() -> None:
    parents = ("tops", "shoes", "tops")

    assert parent_names(parents) == ("tops", "shoes")
    assert parent_members(parents).tolist() == [[True, False], [False, True], [True, False]]


def test_parent_is_as_probable_as_its_classes_together() -> None:
    probabilities = np.array([[0.5, 0.2, 0.3], [0.0, 1.0, 0.0]])

    of_parents = parent_probabilities(probabilities, ("tops", "shoes", "tops"))

    np.testing.assert_allclose(of_parents, [[0.8, 0.2], [0.0, 1.0]])
