"""Duplicates in a data set, and the images and classes that a comparison needs."""

import pytest

from service.domain.errors import InvalidInput
from service.domain.experiments.data_set import IdentifiedFile, LabeledFile, copies, require_comparable


def a_file(name: str, label: str, *, image: str) -> IdentifiedFile:
    return IdentifiedFile(file=LabeledFile(name=name, label=label), image_id=image)


def files(**images: int) -> list[LabeledFile]:
    return [
        LabeledFile(name=f"{label}{place}", label=label) for label, count in images.items() for place in range(count)
    ]


def test_different_images_are_no_copies() -> None:
    assert copies([a_file("a", "cat", image="1"), a_file("b", "cat", image="2")]) == {}


def test_second_file_of_the_same_image_is_a_copy() -> None:
    found = copies([a_file("a", "cat", image="1"), a_file("b", "cat", image="1")])

    assert found == {"b": "a copy of a"}


def test_image_of_two_classes_counts_for_neither() -> None:
    found = copies([a_file("a", "cat", image="1"), a_file("b", "cat", image="1"), a_file("c", "dog", image="1")])

    assert found == {
        "a": "the same image as c, of another class",
        "b": "a copy of a",
        "c": "the same image as a, of another class",
    }


def test_two_classes_of_two_images_can_be_compared() -> None:
    require_comparable(("cat", "dog"), files(cat=2, dog=2))


@pytest.mark.parametrize("images", [0, 1])
def test_class_with_fewer_than_two_images_is_named(images: int) -> None:
    with pytest.raises(InvalidInput, match=rf'class "dog" has {images} images that can be used, at least 2 are needed'):
        require_comparable(("cat", "dog"), files(cat=5, dog=images))


def test_one_class_alone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="there is one class only, cat"):
        require_comparable(("cat",), files(cat=5))
