"""Fine-tunes an encoder's network on labeled images, and keeps its best epoch."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch

from ml.calibration.decision_rule import DecisionRule
from ml.calibration.temperature import fit_temperature, mean_log_loss, probabilities_of
from ml.encoders.frozen import Network
from ml.errors import FinetuningDiverged, TooFewToValidate
from ml.evaluation.evaluate import score_images
from ml.finetuning.blocks_training import BlocksTraining, TrainingImages, TrainingRows, Weights
from ml.finetuning.options import FinetuningOptions
from ml.labels.targets import require_targets
from ml.splits.holdout import assign_holdout, rarest_labels
from ml.types import Logits, Targets


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """How good the network was after so many epochs; number 0 is the network as it came.

    training_loss: of augmented images and smoothed labels; None before any training.
    validation_loss: log-loss at the temperature that suits these logits best.
    """

    number: int
    training_loss: float | None
    validation_loss: float
    validation_accuracy: float


@dataclass(frozen=True, kw_only=True, eq=False)
class FinetunedNetwork:
    """The whole network's weights after the best epoch; kept_epoch is 0 where none was better than no training."""

    weights: Weights
    history: tuple[Epoch, ...]
    kept_epoch: int


def finetune(
    network: Network,
    labeled: TrainingImages,
    *,
    options: FinetuningOptions,
    seed: int,
    device: str = "cpu",
    on_epoch: Callable[[Epoch], None] = lambda _epoch: None,
) -> FinetunedNetwork:
    """Train the last blocks together with a linear head; `network` itself is changed.

    A stratified part of the images is held out, and the epoch of least log-loss there is kept. The same arguments give
    the same weights on one device.

    Args: on_epoch: is told of each epoch as it ends, number 0 first.
    Raises: NotTunable, NotEnoughLabels, TooFewToValidate, UnusableTargets, FinetuningDiverged.
    """
    require_targets(
        labeled.targets,
        images=len(labeled.images),
        classes=labeled.targets.shape[1],
        multi_label=labeled.multi_label,
    )
    parts = _hold_out(labeled.targets, seed)
    # A class of the validation part only could not be learned.
    present = labeled.targets[:, labeled.targets[parts.training].any(axis=0)]
    labeled = replace(labeled, targets=present)
    with _drawing_from(seed):
        training = BlocksTraining(network, labeled, parts.training, options=options, seed=seed, device=device)
        return _best_epoch(
            training, labeled, parts, options=options, rng=np.random.default_rng(seed), on_epoch=on_epoch
        )


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """Which images are trained on, and which tell the best epoch."""

    training: TrainingRows
    validation: TrainingRows


def _hold_out(targets: Targets, seed: int) -> _Parts:
    labels = {str(row): [str(column) for column in np.flatnonzero(of_image)] for row, of_image in enumerate(targets)}
    held_out = assign_holdout(rarest_labels(labels), {}, seed=seed)
    is_validation = np.array([held_out[row] for row in labels], dtype=np.bool_)
    if not is_validation.any():
        raise TooFewToValidate
    return _Parts(training=np.flatnonzero(~is_validation), validation=np.flatnonzero(is_validation))


@contextmanager
def _drawing_from(seed: int) -> Iterator[None]:
    """Seed torch's generators, which augmentation draws from, and give them back as they were."""
    every_gpu = range(torch.cuda.device_count())
    reproducible = torch.backends.cudnn.flags(benchmark=False, deterministic=True)
    with torch.random.fork_rng(every_gpu), reproducible:
        torch.manual_seed(seed)
        yield


def _best_epoch(
    training: BlocksTraining,
    labeled: TrainingImages,
    parts: _Parts,
    *,
    options: FinetuningOptions,
    rng: np.random.Generator,
    on_epoch: Callable[[Epoch], None],
) -> FinetunedNetwork:
    """Train until there are no more epochs, or until none was better for as many as patience allows."""
    history: list[Epoch] = []
    best, weights = 0, training.weights()
    while len(history) <= options.epochs and len(history) - best <= options.patience:
        loss = training.epoch(rng.permutation(parts.training)) if history else None
        if loss is not None and not math.isfinite(loss):
            raise FinetuningDiverged(epoch=len(history))
        history.append(_judged(len(history), loss, training.logits(parts.validation), labeled, parts.validation))
        on_epoch(history[-1])
        if history[-1].validation_loss < history[best].validation_loss:
            best, weights = len(history) - 1, training.weights()
    return FinetunedNetwork(weights=weights, history=tuple(history), kept_epoch=best)


def _judged(
    number: int, training_loss: float | None, logits: Logits, labeled: TrainingImages, rows: TrainingRows
) -> Epoch:
    targets, rule = labeled.targets[rows], DecisionRule(multi_label=labeled.multi_label)
    temperature = fit_temperature(logits, targets, mode=rule.mode)
    probabilities = probabilities_of(logits, temperature=temperature, mode=rule.mode)
    return Epoch(
        number=number,
        training_loss=training_loss,
        validation_loss=mean_log_loss(logits, targets, temperature=temperature, mode=rule.mode),
        validation_accuracy=float(score_images(probabilities, targets, rule=rule).correct.mean()),
    )
