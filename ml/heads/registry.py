"""Registers all head recipes by name: a new head is one file and one line here."""

from ml.errors import UnknownHead
from ml.heads.base import HeadRecipe, split_head_name
from ml.heads.gradient.gated import Gated
from ml.heads.gradient.low_rank import LowRank
from ml.heads.gradient.mlp import Mlp
from ml.heads.gradient.nonnegative_low_rank import NonnegativeLowRank
from ml.heads.linear.cascade import Cascade
from ml.heads.linear.hierarchical import Hierarchical
from ml.heads.linear.pca_linear import PcaLinear
from ml.heads.linear.sigmoid_regression import SigmoidRegression
from ml.heads.linear.softmax_regression import SoftmaxRegression
from ml.heads.neighbours.centroids import Centroids
from ml.heads.neighbours.knn import Knn
from ml.heads.neighbours.nearest_class_mean import NearestClassMean
from ml.heads.texts.zero_shot import ZeroShotHeadRecipe
from ml.heads.texts.zero_shot_blend import ZeroShotBlend
from ml.heads.trees.random_forest import RandomForest
from ml.messages import unknown_name

# The first recipe for one label per image, and the first for several, are the defaults of a project.
_RECIPES: tuple[type[HeadRecipe], ...] = (
    SoftmaxRegression,
    SigmoidRegression,
    ZeroShotHeadRecipe,
    ZeroShotBlend,
    Hierarchical,
    Cascade,
    RandomForest,
    Knn,
    Centroids,
    NearestClassMean,
    PcaLinear,
    Mlp,
    LowRank,
    NonnegativeLowRank,
    Gated,
)


def head_recipes() -> tuple[HeadRecipe, ...]:
    """Return every recipe with its default options."""
    return tuple(recipe.of({}) for recipe in _RECIPES)


def head_recipe(name: str) -> HeadRecipe:
    """Build the recipe that a name stands for.

    Args: name: a kind of head, with the options that differ from their defaults: `knn(k=10, vote=distance)`.
    Raises: UnknownHead, InvalidHeadOptions.
    """
    kind, options = split_head_name(name)
    by_kind = {recipe.kind: recipe for recipe in _RECIPES}
    if kind not in by_kind:
        raise UnknownHead(unknown_name("head", kind, tuple(by_kind)))
    return by_kind[kind].of(options)


def head_names(*, multi_label: bool) -> tuple[str, ...]:
    """Return the heads that fit a project with one label per image, or with several; the default first."""
    return tuple(recipe.kind for recipe in _RECIPES if recipe.multi_label == multi_label)


def default_head(*, multi_label: bool) -> str:
    """Return the name of the head that a new project gets."""
    return head_names(multi_label=multi_label)[0]
