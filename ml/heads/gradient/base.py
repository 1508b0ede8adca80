"""Defines the base class of heads that torch trains by minimising a loss."""

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING

from ml.heads.base import NO_SIDE_INFORMATION, Head, HeadRecipe, SideInformation, TrainedHead
from ml.heads.cross_validation import train_cross_validated
from ml.heads.gradient.losses.base import Loss
from ml.heads.gradient.losses.registry import LossName, loss_named
from ml.heads.gradient.standardised_features import StandardisedFeatures, standardised_features
from ml.heads.seen_classes import require_two_classes
from ml.labels.label_mode import label_mode
from ml.types import Embeddings, Targets

if TYPE_CHECKING:
    import torch


class GradientHead(HeadRecipe):
    """Base class of heads that are trained with torch and served without it.

    Attributes: loss: name of a registered loss.
    """

    loss: LossName = "cross-entropy"

    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        require_two_classes(targets)
        train = partial(self._train_once, seed=seed)
        return train_cross_validated(
            train, embeddings, targets, mode=label_mode(multi_label=self.multi_label), seed=seed
        )

    @abstractmethod
    def train_on(self, features: StandardisedFeatures, generator: "torch.Generator") -> Head:
        """Train a head on standardised features.

        Raises: InvalidHeadOptions: an option does not fit the images, the dimension or the classes.
        """

    def loss_for(self, features: StandardisedFeatures) -> Loss:
        """Return the loss, with class weights for these images if it has any."""
        return loss_named(self.loss, features.images_per_class)

    def _train_once(self, embeddings: Embeddings, targets: Targets, *, seed: int) -> Head:
        # Imported here because torch takes seconds, and only training needs it.
        import torch  # noqa: PLC0415

        return self.train_on(standardised_features(embeddings, targets), torch.Generator().manual_seed(seed))
