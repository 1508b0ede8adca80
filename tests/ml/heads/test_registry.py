"""Tests looking up heads by name."""

import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.numpy

from ml.errors import InvalidHeadOptions, UnknownHead
from ml.heads.registry import default_head, head_names, head_recipe, head_recipes
from tests.ml.clouds import cloud, side_information_of


def test_every_head_is_found_by_its_name() -> None:
    assert [head_recipe(recipe.name).name for recipe in head_recipes()] == [recipe.name for recipe in head_recipes()]


def test_default_head_fits_the_kind_of_project() -> None:
    assert default_head(multi_label=False) == "softmax-regression"
    assert default_head(multi_label=True) == "sigmoid-regression"
    assert "sigmoid-regression" not in head_names(multi_label=False)


def test_unknown_head_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UnknownHead, match='did you mean "softmax-regression"'):
        head_recipe("sofmax-regresion")


@pytest.mark.parametrize(
    "head",
    [
        "knn(k={})",
        "knn(k={}, search=approximate)",
        "centroids(count={})",
        "centroids(k={}, classify=knn)",
        "random-forest(trees={})",
        "random-forest(min_leaf={})",
    ],
)
def test_numbers_that_no_project_reaches_and_no_array_holds_are_refused(head: str) -> None:
    with pytest.raises(InvalidHeadOptions, match="less than or equal to"):
        head_recipe(head.format(10**20))


def test_head_without_options_says_so() -> None:
    with pytest.raises(InvalidHeadOptions, match='nearest-class-mean has no options: leave "C" out'):
        head_recipe("nearest-class-mean(C=1)")


def test_checking_a_name_and_restoring_a_head_load_no_training_library() -> None:
    program = (
        "import sys, numpy, ml.classifier.training, ml.evaluation.evaluate; "
        "from ml.heads.registry import default_head, head_recipe; "
        "tensors = {'weights': numpy.eye(2, dtype='float32'), 'biases': numpy.zeros(2, dtype='float32')}; "
        "head_recipe(default_head(multi_label=False)).restore(tensors).logits(tensors['weights']); "
        "print([name for name in ('sklearn', 'scipy.stats', 'scipy.optimize') if name in sys.modules])"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert finished.stdout.strip() == "[]"


def test_serving_loads_no_training_library_whichever_head_it_is(tmp_path: Path) -> None:
    train = cloud(2, 2)
    for recipe in head_recipes():
        trained = recipe.train(train.embeddings, train.targets, seed=0, side_information=side_information_of(2))
        safetensors.numpy.save_file(trained.head.tensors(), tmp_path / recipe.name)
    program = (
        f"import sys, pathlib, safetensors.numpy; from ml.heads.registry import head_recipe; "
        f"heads = [head_recipe(each.name).restore(safetensors.numpy.load_file(each)) "
        f"for each in pathlib.Path({str(tmp_path)!r}).iterdir()]; "
        f"import numpy; [head.logits(numpy.eye(2, {train.embeddings.shape[1]}, dtype='float32')) for head in heads]; "
        f"print(len(heads), [name for name in ('sklearn', 'scipy.stats', 'scipy.optimize', 'torch', 'faiss') "
        f"if name in sys.modules])"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert finished.stdout.strip() == f"{len(head_recipes())} []"
