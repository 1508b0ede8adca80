"""What every head in the table keeps to."""

import numpy as np
import pytest

from ml.head import HeadRecipe, NotEnoughLabels
from ml.heads.table import head_recipes
from tests.ml.clouds import DIMENSION, cloud

pytestmark = pytest.mark.parametrize("recipe", head_recipes(), ids=lambda recipe: recipe.name)


def test_learns_to_tell_classes_apart(recipe: HeadRecipe) -> None:
    train, unseen = cloud(10, 10, 10), cloud(20, 20, 20, seed=1)

    head = recipe.train(train.embeddings, train.targets, seed=0).head

    assert (head.logits(unseen.embeddings).argmax(axis=1) == unseen.targets.argmax(axis=1)).all()


def test_logits_have_one_column_per_class_in_label_set_order(recipe: HeadRecipe) -> None:
    train = cloud(6, 6, 6)
    backwards = train.targets[:, ::-1]

    forth = recipe.train(train.embeddings, train.targets, seed=0).head.logits(train.embeddings)
    back = recipe.train(train.embeddings, backwards, seed=0).head.logits(train.embeddings)

    assert forth.shape == (18, 3)
    assert forth.dtype == np.float64
    assert (forth.argmax(axis=1) == 2 - back.argmax(axis=1)).all()


def test_same_arguments_give_the_same_head(recipe: HeadRecipe) -> None:
    train = cloud(12, 12, noise=0.5)

    first = recipe.train(train.embeddings, train.targets, seed=3)
    second = recipe.train(train.embeddings, train.targets, seed=3)

    assert np.array_equal(first.head.logits(train.embeddings), second.head.logits(train.embeddings))


def test_restored_head_gives_the_same_logits_bit_for_bit(recipe: HeadRecipe) -> None:
    train = cloud(9, 9, 0, noise=0.4)
    head = recipe.train(train.embeddings, train.targets, seed=0).head

    restored = recipe.restore(head.tensors())

    assert np.array_equal(restored.logits(train.embeddings), head.logits(train.embeddings))


def test_tensors_are_float32(recipe: HeadRecipe) -> None:
    train = cloud(5, 5)

    tensors = recipe.train(train.embeddings, train.targets, seed=0).head.tensors()

    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float32)}


def test_one_label_in_each_of_two_classes_is_enough(recipe: HeadRecipe) -> None:
    train = cloud(1, 1)

    trained = recipe.train(train.embeddings, train.targets, seed=0)

    assert trained.out_of_fold is None
    assert (trained.head.logits(train.embeddings).argmax(axis=1) == [0, 1]).all()


@pytest.mark.parametrize("images", [(3, 3, 0), (15, 15, 0)], ids=["few labels", "labels to choose by"])
def test_class_without_a_label_gets_minus_infinity_and_the_others_do_not(
    recipe: HeadRecipe, images: tuple[int, ...]
) -> None:
    train = cloud(*images)

    logits = recipe.train(train.embeddings, train.targets, seed=0).head.logits(train.embeddings)

    assert np.isneginf(logits[:, 2]).all()
    assert np.isfinite(logits[:, :2]).all()


@pytest.mark.parametrize(("images", "found"), [((0, 0), 0), ((4, 0), 1)])
def test_labels_in_fewer_than_two_classes_are_not_enough(
    recipe: HeadRecipe, images: tuple[int, ...], found: int
) -> None:
    train = cloud(*images)

    with pytest.raises(NotEnoughLabels) as refused:
        recipe.train(train.embeddings, train.targets, seed=0)

    assert (refused.value.needed, refused.value.found) == (2, found)


def test_many_classes_with_few_labels_each_train_without_a_warning(recipe: HeadRecipe) -> None:
    train = cloud(3, 3, 3, 3, 3, 3, 3, 1)

    trained = recipe.train(train.embeddings, train.targets, seed=0)

    assert trained.out_of_fold is not None
    assert np.isfinite(trained.out_of_fold.logits).all()


def test_out_of_fold_logits_never_come_from_a_class_its_head_had_not_seen(recipe: HeadRecipe) -> None:
    train = cloud(20, 20, 1)

    trained = recipe.train(train.embeddings, train.targets, seed=0)

    assert trained.out_of_fold is not None
    assert len(trained.out_of_fold.logits) == 40
    assert np.isfinite(trained.out_of_fold.logits[trained.out_of_fold.targets]).all()


def test_empty_embeddings_give_empty_logits(recipe: HeadRecipe) -> None:
    train = cloud(2, 2)

    head = recipe.train(train.embeddings, train.targets, seed=0).head

    assert head.logits(np.empty((0, DIMENSION), dtype=np.float32)).shape == (0, 2)
