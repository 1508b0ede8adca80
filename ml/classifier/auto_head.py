"""What a project may name as its head: one of the heads, or "auto", which chooses one at each training."""

from dataclasses import dataclass

from ml.heads.registry import head_recipe

AUTO_HEAD = "auto"


@dataclass(frozen=True, kw_only=True)
class HeadOption:
    """What must be known of a head before anything is trained.

    name: with every option that is not the default's.
    multi_label: whether it is for several labels an image; None where it is for either.
    uses_parents, uses_texts: as of `HeadRecipe`; needs_texts: whether it refuses to do without.
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
    """Raises: UnknownHead, InvalidHeadOptions."""
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
