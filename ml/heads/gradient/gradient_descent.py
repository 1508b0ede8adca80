"""Trains a small network with AdamW; early stopping on held-out images chooses the number of epochs."""

import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import ExponentialLR

from ml.errors import InvalidHeadOptions
from ml.heads.cross_validation import MIN_OUT_OF_FOLD_IMAGES
from ml.heads.gradient.losses.base import Loss
from ml.heads.gradient.one_thread import one_thread
from ml.splits.stratified import hold_out_every_nth

HELD_OUT_ONE_IN = 5


@dataclass(frozen=True, kw_only=True)
class OptimizerConfig:
    """Options of the optimizer.

    Attributes:
        learning_rate: of AdamW (Loshchilov and Hutter 2019) in the first epoch.
        decay: factor of the learning rate from one epoch to the next.
        epochs: maximum; all are used if there are too few images for early stopping.
        patience: number of epochs without improvement after which early stopping ends.
    """

    learning_rate: float
    decay: float
    weight_decay: float
    batch_size: int
    epochs: int
    patience: int


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingSetup:
    """A network with its loss and optimizer options.

    Attributes:
        loss: mean over images, of (logits, classes).
        generator: shuffles the images; layers with randomness may share it.
    """

    network: nn.Module
    loss: Loss
    optimizer: OptimizerConfig
    generator: torch.Generator


def train_network(setup: TrainingSetup, inputs: Tensor, classes: Tensor) -> None:
    """Train the network in place, on one thread, and leave it in evaluation mode.

    A fifth of each class is held out to find the epoch with the least loss. Then the network is trained again from the
    start on all images for that number of epochs (Goodfellow et al. 2016, "Deep learning", algorithm 7.2). The last
    20 % of the images are worth half a point to four points, more than keeping the weights that were validated. With
    too few held-out images there is no early stopping and all epochs are used: 10 images stopped a network so early
    that it lost 7 points, though it is the same after 60 or 100 epochs.

    Args: inputs: (images, ...), as the network expects them; classes: (images,) int64.
    Raises: InvalidHeadOptions: the loss is not finite.
    """
    with one_thread():
        held_out = hold_out(classes, setup.generator)
        losses = _held_out_losses(setup, inputs, classes, held_out) if held_out.sum() >= MIN_OUT_OF_FOLD_IMAGES else ()
        epochs = 1 + losses.index(min(losses)) if losses else setup.optimizer.epochs
        for _ in _epochs(setup, inputs, classes, epochs):
            pass
    setup.network.eval()


def hold_out(classes: Tensor, generator: torch.Generator) -> Tensor:
    """Hold out a stratified fifth of the images, never the only image of a class. Returns: (images,) bool."""
    shuffled = torch.randperm(len(classes), generator=generator).numpy()
    return torch.from_numpy(hold_out_every_nth(classes.numpy(), shuffled, n=HELD_OUT_ONE_IN))


def _held_out_losses(setup: TrainingSetup, inputs: Tensor, classes: Tensor, held_out: Tensor) -> tuple[float, ...]:
    """Return the loss on the held-out images after each epoch, until patience ends; restores the network afterwards."""
    before = deepcopy(setup.network.state_dict())
    losses: list[float] = []
    for _ in _epochs(setup, inputs[~held_out], classes[~held_out], setup.optimizer.epochs):
        losses.append(_loss_on(setup, inputs[held_out], classes[held_out]))
        if len(losses) > losses.index(min(losses)) + setup.optimizer.patience:
            break
    setup.network.load_state_dict(before)
    return tuple(losses)


def _loss_on(setup: TrainingSetup, inputs: Tensor, classes: Tensor) -> float:
    setup.network.eval()
    with torch.no_grad():
        return setup.loss(setup.network(inputs), classes).item()


def _epochs(setup: TrainingSetup, inputs: Tensor, classes: Tensor, epochs: int) -> Iterator[int]:
    """Train, and yield after each epoch, so that the caller can validate."""
    config = setup.optimizer
    optimizer = AdamW(setup.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True)
    schedule = ExponentialLR(optimizer, gamma=config.decay)
    for epoch in range(1, epochs + 1):
        setup.network.train()
        order = torch.randperm(len(classes), generator=setup.generator)
        for start in range(0, len(order), config.batch_size):
            batch = order[start : start + config.batch_size]
            optimizer.zero_grad()
            loss = setup.loss(setup.network(inputs[batch]), classes[batch])
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            optimizer.step()
        _require_finite(loss.item(), epoch, config)
        schedule.step()
        yield epoch


def _require_finite(loss: float, epoch: int, config: OptimizerConfig) -> None:
    if not math.isfinite(loss):
        raise InvalidHeadOptions(
            f"the loss is {loss} after epoch {epoch}: choose a learning_rate below {config.learning_rate}"
        )
