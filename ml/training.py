"""Trains a classifier: the head on all labels given, the temperature on images its heads had not seen."""

from threadpoolctl import threadpool_limits

from ml.calibration import fit_temperature
from ml.classifier import Classifier, require_embeddings
from ml.encoder import Embeddings, EncoderIdentity
from ml.head import NO_BACKGROUND, Background, Targets
from ml.heads.table import head_recipe
from ml.targets import require_targets


def train_classifier(
    *,
    embeddings: Embeddings,
    targets: Targets,
    labels: tuple[str, ...],
    head_name: str,
    encoder: EncoderIdentity,
    seed: int,
    background: Background = NO_BACKGROUND,
) -> Classifier:
    """The same arguments give the same classifier.

    Raises: NotEnoughLabels, UnknownHead, InvalidHeadOptions, MissingBackground, UnusableTargets, WrongDimension,
        EmbeddingsNotFinite.
    """
    recipe = head_recipe(head_name)
    require_embeddings(embeddings, encoder)
    require_targets(targets, images=len(embeddings), classes=len(labels), multi_label=recipe.multi_label)
    # Threads that wait for each other cost more than they bring where others use the machine too: two were eight times
    # slower than one, and serving needs the second anyway.
    with threadpool_limits(limits=1):
        trained = recipe.train(embeddings, targets, seed=seed, background=background)
    unseen = trained.out_of_fold
    return Classifier(
        head=trained.head,
        head_name=recipe.name,
        temperature=1.0
        if unseen is None
        else fit_temperature(unseen.logits, unseen.targets, multi_label=recipe.multi_label),
        labels=labels,
        multi_label=recipe.multi_label,
        encoder=encoder,
    )
