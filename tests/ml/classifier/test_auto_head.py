"""Tests the names that a project may give as its head."""

import pytest

from ml.classifier.auto_head import AUTO_HEAD, head_option
from ml.errors import UnknownHead
from ml.heads.base import HeadRecipe
from ml.heads.registry import head_recipes


@pytest.mark.parametrize("recipe", head_recipes(), ids=lambda recipe: recipe.name)
def test_a_head_is_what_its_recipe_says(recipe: HeadRecipe) -> None:
    found = head_option(f" {recipe.name} ")

    assert (found.name, found.multi_label, found.uses_parents, found.needs_texts) == (
        recipe.name,
        recipe.multi_label,
        recipe.uses_parents,
        recipe.uses_texts,
    )


def test_auto_is_for_either_kind_of_project_and_needs_nothing() -> None:
    auto = head_option(AUTO_HEAD)

    assert auto.multi_label is None
    assert not auto.needs_texts
    assert not auto.serves_unlabeled_classes


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownHead):
        head_option("automatic")
