"""Trains a network by gradient descent, for as many epochs as images that it has not seen find best."""

import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import ExponentialLR

from ml.errors import InvalidHeadOptions
from ml.heads.cross_validation import MIN_JUDGED_IMAGES
from ml.heads.gradient.losses.registry import Loss
from ml.heads.gradient.one_thread import one_thread
from ml.splits.stratified import hold_out_every_nth

HELD_OUT_ONE_IN = 5


@dataclass(frozen=True, kw_only=True)
class OptimizerConfig:
    """How a network is trained.

    learning_rate: AdamW's (Loshchilov & Hutter 2019) in the first epoch; decay: its factor from one epoch to the next.
    epochs: at most, and all of them where there are too few images to find the best; patience: so many epochs that are
        no better end the search for it.
    """

    learning_rate: float
    decay: float
    weight_decay: float
    batch_size: int
    epochs: int
    patience: int


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingSetup:
    """What is trained, and towards what.

    loss: of (logits, classes), the mean over images.
    generator: orders the images; layers that draw numbers may share it.
    """

    network: nn.Module
    loss: Loss
    descent: OptimizerConfig
    generator: torch.Generator


def train_network(learner: TrainingSetup, inputs: Tensor, classes: Tensor) -> None:
    """Train the network in place, on one thread; it is left as it answers, not as it trains.

    A fifth of each class is held out to find the epoch with the least loss. Then the network starts anew and learns
    from all images for that many epochs (Goodfellow et al. 2016, "Deep learning", algorithm 7.2): the last 20 % of the
    images are worth more, half a point to four, than keeping the very weights that were judged. With too few images to
    judge by there is no search and every epoch is spent: a network that 60 or 100 epochs leave the same was stopped
    so early by 10 images that it lost 7 points.

    Args: inputs: (images, ...), what the network takes; classes: (images,) int64.
    Raises: InvalidHeadOptions: the weights grew without bound.
    """
    with one_thread():
        held_out = hold_out(classes, learner.generator)
        losses = _held_out_losses(learner, inputs, classes, held_out) if held_out.sum() >= MIN_JUDGED_IMAGES else ()
        epochs = 1 + losses.index(min(losses)) if losses else learner.descent.epochs
        for _ in _epochs(learner, inputs, classes, epochs):
            pass
    learner.network.eval()


def hold_out(classes: Tensor, generator: torch.Generator) -> Tensor:
    """Hold out a fifth of the images, of each class its share, never a class's only image. Returns: (images,) bool."""
    shuffled = torch.randperm(len(classes), generator=generator).numpy()
    return torch.from_numpy(hold_out_every_nth(classes.numpy(), shuffled, n=HELD_OUT_ONE_IN))


def _held_out_losses(learner: TrainingSetup, inputs: Tensor, classes: Tensor, held_out: Tensor) -> tuple[float, ...]:
    """The loss on the held-out images after each epoch, until patience ends; the network is as before afterwards."""
    before = deepcopy(learner.network.state_dict())
    losses: list[float] = []
    for _ in _epochs(learner, inputs[~held_out], classes[~held_out], learner.descent.epochs):
        losses.append(_loss_on(learner, inputs[held_out], classes[held_out]))
        if len(losses) > losses.index(min(losses)) + learner.descent.patience:
            break
    learner.network.load_state_dict(before)
    return tuple(losses)


def _loss_on(learner: TrainingSetup, inputs: Tensor, classes: Tensor) -> float:
    learner.network.eval()
    with torch.no_grad():
        return learner.loss(learner.network(inputs), classes).item()


def _epochs(learner: TrainingSetup, inputs: Tensor, classes: Tensor, epochs: int) -> Iterator[int]:
    """Train, and stop after each epoch to let it be judged."""
    descent = learner.descent
    optimizer = AdamW(
        learner.network.parameters(), lr=descent.learning_rate, weight_decay=descent.weight_decay, fused=True
    )
    schedule = ExponentialLR(optimizer, gamma=descent.decay)
    for epoch in range(1, epochs + 1):
        learner.network.train()
        order = torch.randperm(len(classes), generator=learner.generator)
        for start in range(0, len(order), descent.batch_size):
            batch = order[start : start + descent.batch_size]
            optimizer.zero_grad()
            loss = learner.loss(learner.network(inputs[batch]), classes[batch])
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            optimizer.step()
        _require_finite(loss.item(), epoch, descent)
        schedule.step()
        yield epoch


def _require_finite(loss: float, epoch: int, descent: OptimizerConfig) -> None:
    if not math.isfinite(loss):
        raise InvalidHeadOptions(
            f"the loss is {loss} after epoch {epoch}: take a learning_rate below {descent.learning_rate}"
        )
