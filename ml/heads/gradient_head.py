"""What heads that are trained by gradient descent share: their options, and the way from labeled images to a head."""

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from ml.cross_validation import train_judged
from ml.encoder import Embeddings
from ml.head import NO_BACKGROUND, Background, Head, Targets, TrainedHead
from ml.heads.examples import Examples, examples_of
from ml.heads.options import HeadKind
from ml.heads.present_classes import require_two_classes
from ml.losses.table import LossName, loss_named

if TYPE_CHECKING:
    import torch
    from torch import nn

    from ml.heads.gradient_descent import Penalty


class GradientHead(HeadKind):
    """Trained by torch, and served without it.

    Attributes:
        loss: a name in the table of losses.
        learning_rate: AdamW's in the first epoch; decay: its factor from one epoch to the next.
        epochs: at most; patience: so many in a row without a better one end the search for the best.
    """

    loss: LossName = "cross-entropy"
    learning_rate: float = Field(default=5e-4, gt=0, le=1)
    decay: float = Field(default=0.97, gt=0, le=1)
    weight_decay: float = Field(default=0.01, ge=0, le=10)
    batch_size: int = Field(default=128, ge=1, le=65_536)
    epochs: int = Field(default=100, ge=1, le=10_000)
    patience: int = Field(default=5, ge=1, le=10_000)

    def train(
        self, embeddings: Embeddings, targets: Targets, *, seed: int, background: Background = NO_BACKGROUND
    ) -> TrainedHead:
        require_two_classes(targets)
        train = partial(self._train_once, seed=seed)
        return train_judged(train, embeddings, targets, multi_label=self.multi_label, seed=seed)

    @abstractmethod
    def train_on(self, examples: Examples, generator: "torch.Generator") -> Head:
        """Raises: InvalidHeadOptions: an option does not fit the dimension or the classes."""

    def descend(
        self,
        network: "nn.Module",
        examples: Examples,
        generator: "torch.Generator",
        *,
        penalty: "Penalty | None" = None,
    ) -> None:
        """Train the network in place by these options."""
        # Imported here because torch takes seconds, and only training needs it.
        import torch  # noqa: PLC0415

        from ml.heads.gradient_descent import Descent, Learner, train_network  # noqa: PLC0415

        learner = Learner(
            network=network,
            loss=loss_named(self.loss, examples.images_per_class),
            penalty=penalty,
            descent=Descent(
                learning_rate=self.learning_rate,
                decay=self.decay,
                weight_decay=self.weight_decay,
                batch_size=self.batch_size,
                epochs=self.epochs,
                patience=self.patience,
            ),
            generator=generator,
        )
        train_network(learner, torch.from_numpy(examples.inputs), torch.from_numpy(examples.classes))

    def _train_once(self, embeddings: Embeddings, targets: Targets, *, seed: int) -> Head:
        import torch  # noqa: PLC0415

        return self.train_on(examples_of(embeddings, targets), torch.Generator().manual_seed(seed))
