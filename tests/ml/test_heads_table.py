"""Finding heads by name."""

import subprocess
import sys

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


def test_checking_a_name_and_restoring_a_head_load_no_training_library() -> None:
    program = (
        "import sys, numpy, ml.training, ml.evaluation; from ml.heads.table import default_head, head_recipe; "
        "tensors = {'weights': numpy.eye(2, dtype='float32'), 'biases': numpy.zeros(2, dtype='float32')}; "
        "head_recipe(default_head(multi_label=False)).restore(tensors).logits(tensors['weights']); "
        "print([name for name in ('sklearn', 'scipy.stats', 'scipy.optimize') if name in sys.modules])"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert finished.stdout.strip() == "[]"
