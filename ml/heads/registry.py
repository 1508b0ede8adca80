"""Registers all heads by name: a new head is one file and one line here."""

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

# The first of each multi_label is that one's default.
_KINDS: tuple[type[HeadRecipe], ...] = (
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
    """Every kind of head with its default options."""
    return tuple(kind.of({}) for kind in _KINDS)


def head_recipe(name: str) -> HeadRecipe:
    """Args: name: a kind, with options where they are not the default's: `knn(k=10, vote=distance)`.

    Raises: UnknownHead, InvalidHeadOptions.
    """
    kind, options = split_head_name(name)
    by_kind = {each.kind: each for each in _KINDS}
    if kind not in by_kind:
        raise UnknownHead(unknown_name("head", kind, tuple(by_kind)))
    return by_kind[kind].of(options)


def head_names(*, multi_label: bool) -> tuple[str, ...]:
    """The heads that fit a project with one or with several labels an image, the default first."""
    return tuple(kind.kind for kind in _KINDS if kind.multi_label == multi_label)


def default_head(*, multi_label: bool) -> str:
    """The name of the head that a new project gets."""
    return head_names(multi_label=multi_label)[0]
