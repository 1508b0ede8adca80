"""Tests reading the options of a head from its name, and writing them into it."""

from typing import ClassVar, Literal

import pytest
from pydantic import Field

from ml.errors import InvalidHeadOptions
from ml.heads.base import NO_SIDE_INFORMATION, Head, HeadRecipe, SideInformation, TrainedHead, split_head_name
from ml.types import Embeddings, Targets, Tensors


class Nearest(HeadRecipe):
    """A head recipe with options that is never trained."""

    kind: ClassVar = "nearest"
    k: int = Field(default=5, ge=1)
    vote: Literal["equal", "distance"] = "equal"
    normalised: bool = True

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        raise NotImplementedError

    def restore(self, tensors: Tensors) -> Head:
        raise NotImplementedError


def named(name: str) -> Nearest:
    return Nearest.of(split_head_name(name)[1])


def test_name_without_options_means_the_defaults() -> None:
    assert named("nearest") == named("nearest()") == Nearest()


def test_options_are_read_from_the_name() -> None:
    assert named("nearest(k=10, vote=distance, normalised=false)") == Nearest(k=10, vote="distance", normalised=False)


@pytest.mark.parametrize("name", ["nearest", "nearest(k=10)", "nearest(vote=distance, normalised=false)"])
def test_name_says_what_is_not_the_default_and_is_read_again(name: str) -> None:
    assert named(name).name == name


@pytest.mark.parametrize("name", [" nearest ", "nearest (k=5)", "nearest( k = 5 )\n"])
def test_spaces_mean_nothing(name: str) -> None:
    assert named(name) == Nearest()


def test_option_that_is_the_default_is_left_out_of_the_name() -> None:
    assert named("nearest(k=5)").name == "nearest"


@pytest.mark.parametrize(
    "name", ["nearest(k)", "nearest(k=1", "Nearest", "", "nearest(k=1)(k=2)=", "nearest(k=1, k=2)"]
)
def test_malformed_name_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(InvalidHeadOptions, match=r"as in knn\(k=10, vote=distance\)"):
        split_head_name(name)


def test_unknown_option_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidHeadOptions, match='no option of nearest is called "vot": did you mean "vote"'):
        named("nearest(vot=distance)")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nearest(k=0)", "nearest: k: Input should be greater than or equal to 1, got '0'"),
        ("nearest(vote=loud)", "nearest: vote: Input should be 'equal' or 'distance', got 'loud'"),
    ],
)
def test_value_out_of_bounds_is_refused_with_the_bounds(name: str, message: str) -> None:
    with pytest.raises(InvalidHeadOptions, match=message):
        named(name)
