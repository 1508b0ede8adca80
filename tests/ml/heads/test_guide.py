"""Tests that the guide to heads names each head, each of its options and their defaults."""

import re
from pathlib import Path

import pytest

from ml.heads.base import HeadRecipe
from ml.heads.gradient.losses.registry import LOSSES
from ml.heads.registry import head_recipe, head_recipes

GUIDE = (Path(__file__).parents[3] / "docs" / "guides" / "heads.md").read_text()
ROWS = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", GUIDE, re.MULTILINE))


def test_the_guide_has_the_heads_that_there_are() -> None:
    assert set(ROWS) == {recipe.name for recipe in head_recipes()}


@pytest.mark.parametrize("recipe", head_recipes(), ids=lambda recipe: recipe.name)
def test_the_guide_has_each_option_and_its_default_makes_the_default_head(recipe: HeadRecipe) -> None:
    assert isinstance(recipe, HeadRecipe)
    documented = re.findall(r"`([a-z_0-9]+)(=[^`]+)?`", ROWS[recipe.name])
    defaults = ", ".join(option + value for option, value in documented if value)

    assert {option for option, _ in documented} == set(type(recipe).model_fields)
    assert head_recipe(f"{recipe.name}({defaults})") == recipe


def test_the_guide_has_the_losses_that_there_are() -> None:
    assert all(f"`{loss}`" in GUIDE for loss in LOSSES)
