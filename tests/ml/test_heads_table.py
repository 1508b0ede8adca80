"""Finding heads by name."""

import pytest

from ml.head import UnknownHead
from ml.heads.table import default_head, head_names, head_recipe, head_recipes


def test_every_head_is_found_by_its_name() -> None:
    assert [head_recipe(recipe.name).name for recipe in head_recipes()] == [recipe.name for recipe in head_recipes()]


def test_default_head_fits_the_kind_of_project() -> None:
    assert default_head(multi_label=False) == "softmax-regression"
    assert default_head(multi_label=True) == "sigmoid-regression"
    assert "sigmoid-regression" not in head_names(multi_label=False)


def test_unknown_head_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UnknownHead, match='did you mean "softmax-regression"'):
        head_recipe("sofmax-regresion")
