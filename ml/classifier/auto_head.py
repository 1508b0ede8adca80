"""Checks the head of a project: a registered head, or "auto", which chooses a head at each training."""

from dataclasses import dataclass

from ml.heads.registry import head_recipe

AUTO_HEAD = "auto"


@dataclass(frozen=True, kw_only=True)
class HeadOption:
    """Properties of a head that are needed before training.

    Attributes:
        name: with every option that differs from its default.
        multi_label: True if it is for several labels per image; None if it is for both.
        uses_parents, uses_texts: see `HeadRecipe`.
        needs_texts: True if it cannot be trained without texts.
    """

    name: str
    multi_label: bool | None
    uses_parents: bool
    uses_texts: bool
    needs_texts: bool
    serves_unlabeled_classes: bool


_AUTO = HeadOption(
    name=AUTO_HEAD,
    multi_label=None,
    uses_parents=True,
    uses_texts=True,
    needs_texts=False,
    serves_unlabeled_classes=False,
)


def head_option(name: str) -> HeadOption:
    """Look up a head, or "auto", by name. Raises: UnknownHead, InvalidHeadOptions."""
    if name.strip() == AUTO_HEAD:
        return _AUTO
    recipe = head_recipe(name)
    return HeadOption(
        name=recipe.name,
        multi_label=recipe.multi_label,
        uses_parents=recipe.uses_parents,
        uses_texts=recipe.uses_texts,
        needs_texts=recipe.uses_texts,
        serves_unlabeled_classes=recipe.serves_unlabeled_classes,
    )
