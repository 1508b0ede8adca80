"""Contract of all heads in the registry."""

import numpy as np
import pytest
import safetensors.numpy

from ml.errors import NotEnoughLabels
from ml.heads.base import Head, HeadRecipe, SideInformation, TrainedHead
from ml.heads.registry import head_recipe, head_recipes
from ml.types import Logits
from tests.ml.clouds import DIMENSION, Cloud, cloud, side_information_of

# Options that make a different head.
VARIANTS = (
    "softmax-regression(balanced=true)",
    "pca-linear(components=3)",
    "mlp(width=16, loss=label-smoothing)",
    "low-rank(relu=true, dropout=0.1)",
    "gated(loss=class-balanced)",
    "knn(vote=equal)",
    "knn(search=approximate)",
    "centroids(count=2)",
    "centroids(count=2, method=incremental)",
    "centroids(count=2, classify=knn)",
    "random-forest(trees=50, max_features=log2, balanced=true)",
)
EVERY_HEAD = (*head_recipes(), *(head_recipe(name) for name in VARIANTS))
NEED_LABELS = [recipe for recipe in EVERY_HEAD if not recipe.serves_unlabeled_classes]
THREE_CLASSES = cloud(10, 10, 10)
ONE_CLASS_UNSEEN = cloud(15, 15, 0, noise=0.4)
# Tests share these and the heads trained on them, so a test that writes into one fails.
for shared in (THREE_CLASSES, ONE_CLASS_UNSEEN):
    shared.embeddings.setflags(write=False)
    shared.targets.setflags(write=False)


# The scope is the module, so that all tests of one head run one after the other and share the trained head.
@pytest.fixture(scope="module", params=EVERY_HEAD, ids=lambda recipe: recipe.name)
def recipe(request: pytest.FixtureRequest) -> HeadRecipe:
    found: HeadRecipe = request.param
    return found


@pytest.fixture(scope="module")
def head(recipe: HeadRecipe) -> Head:
    """Train on three classes."""
    return sealed(trained_on(recipe, THREE_CLASSES).head)


@pytest.fixture(scope="module")
def partial_head(recipe: HeadRecipe) -> Head:
    """Train while one of three classes has no label, with enough labels to select options."""
    return sealed(trained_on(recipe, ONE_CLASS_UNSEEN).head)


def sealed(head: Head) -> Head:
    for array in head.tensors().values():
        array.setflags(write=False)
    return head


def trained_on(
    recipe: HeadRecipe, train: Cloud, *, seed: int = 0, side_information: SideInformation | None = None
) -> TrainedHead:
    """Train with all side information that a head may need."""
    side_information = side_information or side_information_of(train.targets.shape[1])
    return recipe.train(train.embeddings, train.targets, seed=seed, side_information=side_information)


def test_learns_to_tell_classes_apart(head: Head) -> None:
    unseen = cloud(20, 20, 20, seed=1)

    assert (head.logits(unseen.embeddings).argmax(axis=1) == unseen.targets.argmax(axis=1)).all()


def test_logits_have_one_column_per_class_in_label_set_order(recipe: HeadRecipe, head: Head) -> None:
    turned = Cloud(embeddings=THREE_CLASSES.embeddings, targets=THREE_CLASSES.targets[:, ::-1])
    turned_head = trained_on(recipe, turned, side_information=side_information_of(3, backwards=True)).head

    forth, back = (each.logits(THREE_CLASSES.embeddings) for each in (head, turned_head))

    assert forth.shape == (30, 3)
    assert forth.dtype == np.float64
    assert (forth.argmax(axis=1) == 2 - back.argmax(axis=1)).all()


def test_same_arguments_give_the_same_head(recipe: HeadRecipe, partial_head: Head) -> None:
    again = trained_on(recipe, ONE_CLASS_UNSEEN).head

    first, second = (each.logits(ONE_CLASS_UNSEEN.embeddings) for each in (partial_head, again))

    assert np.array_equal(first, second)


def test_restored_head_gives_the_same_logits_bit_for_bit(recipe: HeadRecipe, partial_head: Head) -> None:
    restored = recipe.restore(partial_head.tensors())

    first, second = (each.logits(ONE_CLASS_UNSEEN.embeddings) for each in (partial_head, restored))

    assert np.array_equal(first, second)


def test_tensors_are_plain_numbers_that_a_saved_version_can_hold(recipe: HeadRecipe, head: Head) -> None:
    tensors = head.tensors()

    assert {tensor.dtype.kind for tensor in tensors.values()} <= set("fiub")
    assert np.array_equal(
        recipe.restore(safetensors.numpy.load(safetensors.numpy.save(tensors))).logits(THREE_CLASSES.embeddings),
        recipe.restore(tensors).logits(THREE_CLASSES.embeddings),
    )


def test_cost_is_at_least_one_number_and_one_multiplication(head: Head) -> None:
    assert head.cost().parameters >= 1
    assert head.cost().multiply_adds >= 1


def test_name_with_its_options_gives_the_same_recipe_again(recipe: HeadRecipe) -> None:
    assert head_recipe(recipe.name) == recipe


def test_trained_on_nothing_serves_all_classes_or_says_that_labels_are_needed(recipe: HeadRecipe) -> None:
    nothing = cloud(0, 0, 0)

    if recipe.serves_unlabeled_classes:
        assert np.isfinite(trained_on(recipe, nothing).head.logits(cloud(1, 1, 1).embeddings)).all()
    else:
        with pytest.raises(NotEnoughLabels):
            trained_on(recipe, nothing)


def test_one_label_in_each_of_two_classes_is_enough(recipe: HeadRecipe) -> None:
    train = cloud(1, 1)

    trained = trained_on(recipe, train)

    assert trained.out_of_fold is None
    assert (trained.head.logits(train.embeddings).argmax(axis=1) == [0, 1]).all()


def test_class_without_a_label_gets_minus_infinity_and_the_others_do_not(
    recipe: HeadRecipe, partial_head: Head
) -> None:
    assert_only_the_last_class_is_unseen(recipe, partial_head.logits(ONE_CLASS_UNSEEN.embeddings))


def test_class_without_a_label_gets_minus_infinity_from_few_labels_too(recipe: HeadRecipe) -> None:
    train = cloud(3, 3, 0)

    head = trained_on(recipe, train).head

    assert_only_the_last_class_is_unseen(recipe, head.logits(train.embeddings))


def test_many_classes_with_few_labels_each_train_without_a_warning(recipe: HeadRecipe) -> None:
    train = cloud(3, 3, 3, 3, 3, 3, 3, 1)

    trained = trained_on(recipe, train)

    assert trained.out_of_fold is not None
    assert np.isfinite(trained.out_of_fold.logits).all()


def test_out_of_fold_logits_never_come_from_a_class_its_head_had_not_seen(recipe: HeadRecipe) -> None:
    train = cloud(20, 20, 1)

    trained = trained_on(recipe, train)

    assert trained.out_of_fold is not None
    # A head that learns from no image can score the only image of its class too.
    assert len(trained.out_of_fold.logits) == (41 if recipe.name == "zero-shot" else 40)
    assert np.isfinite(trained.out_of_fold.logits[trained.out_of_fold.targets]).all()


def test_empty_embeddings_give_empty_logits(head: Head) -> None:
    assert head.logits(np.empty((0, DIMENSION), dtype=np.float32)).shape == (0, 3)


@pytest.mark.parametrize("recipe", NEED_LABELS, ids=lambda recipe: recipe.name)
@pytest.mark.parametrize(("images", "found"), [((0, 0), 0), ((4, 0), 1)])
def test_labels_in_fewer_than_two_classes_are_not_enough(
    recipe: HeadRecipe, images: tuple[int, ...], found: int
) -> None:
    with pytest.raises(NotEnoughLabels) as refused:
        trained_on(recipe, cloud(*images))

    assert (refused.value.needed, refused.value.found) == (2, found)


def assert_only_the_last_class_is_unseen(recipe: HeadRecipe, logits: Logits) -> None:
    assert recipe.serves_unlabeled_classes != np.isneginf(logits[:, 2]).all()
    assert np.isfinite(logits[:, :2]).all()
