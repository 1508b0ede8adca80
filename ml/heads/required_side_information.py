"""Checks that the side information has what a head needs; if not, the error says what to do."""

from ml.errors import MissingSideInformation
from ml.heads.base import SideInformation
from ml.labels.hierarchy import Parents
from ml.types import ClassTexts, Embeddings, Targets


def required_texts(
    head: str, side_information: SideInformation, embeddings: Embeddings, targets: Targets
) -> ClassTexts:
    """Return the texts of the classes.

    Raises: MissingSideInformation: there are no texts, or not one per class with the dimension of the embeddings.
    """
    texts = side_information.texts
    if texts is None:
        raise MissingSideInformation(
            f"{head} needs texts of the classes, which this encoder cannot make: choose one with a text side, such as "
            "openclip:ViT-B-32/laion2b_s34b_b79k"
        )
    expected = (targets.shape[1], embeddings.shape[1])
    if texts.embeddings.shape != expected:
        raise MissingSideInformation(
            f"{head} needs one text for each class, as long as an embedding: expected {expected}, "
            f"got {texts.embeddings.shape}"
        )
    return texts


def required_parents(head: str, side_information: SideInformation, targets: Targets) -> Parents:
    """Return the parent of each class.

    Raises: MissingSideInformation: there is no hierarchy, or it does not have one parent per class.
    """
    parents, classes = side_information.parents, targets.shape[1]
    if parents is None:
        raise MissingSideInformation(
            f"{head} needs a hierarchy: give each class a parent, or let it find them: {head}(parents=clusters)"
        )
    if len(parents) != classes:
        raise MissingSideInformation(
            f"{head} needs one parent for each of {classes} classes, got {len(parents)}: {', '.join(parents)}"
        )
    return parents
