"""The table of heads by name: a new head is one file and one line here."""

from ml.head import HeadRecipe, UnknownHead
from ml.heads.sigmoid_regression import SigmoidRegression
from ml.heads.softmax_regression import SoftmaxRegression
from ml.nearest_names import unknown_name


def head_recipes() -> tuple[HeadRecipe, ...]:
    """Every kind of head; the first of each multi_label is that one's default."""
    return (
        SoftmaxRegression(),
        SigmoidRegression(),
    )


def head_recipe(name: str) -> HeadRecipe:
    """Raises: UnknownHead."""
    by_name = {recipe.name: recipe for recipe in head_recipes()}
    if name not in by_name:
        raise UnknownHead(unknown_name("head", name, tuple(by_name)))
    return by_name[name]


def head_names(*, multi_label: bool) -> tuple[str, ...]:
    """The heads that fit a project with one or with several labels an image, the default first."""
    return tuple(recipe.name for recipe in head_recipes() if recipe.multi_label == multi_label)


def default_head(*, multi_label: bool) -> str:
    """The name of the head that a new project gets."""
    return head_names(multi_label=multi_label)[0]
