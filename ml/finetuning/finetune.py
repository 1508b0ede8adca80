"""Fine-tunes the network of an encoder on labeled images, and keeps the best epoch."""

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
    """Quality of the network after an epoch; number 0 is the network before training.

    Attributes:
        training_loss: of augmented images and smoothed labels; None before training.
        validation_loss: log-loss at the temperature fitted to these logits.
    """

    number: int
    training_loss: float | None
    validation_loss: float
    validation_accuracy: float


@dataclass(frozen=True, kw_only=True, eq=False)
class FinetunedNetwork:
    """Weights of the whole network after the best epoch; kept_epoch is 0 if no epoch was better than no training."""

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
    """Train the last blocks together with a linear head; changes `network` in place.

    A stratified part of the images is held out, and the epoch with the least log-loss on it is kept. The same arguments
    give the same weights on the same device.

    Args: on_epoch: is called after each epoch, and with number 0 before the first.
    Raises: NotTunable, NotEnoughLabels, TooFewToValidate, UnusableTargets, FinetuningDiverged.
    """
    require_targets(
        labeled.targets,
        images=len(labeled.images),
        classes=labeled.targets.shape[1],
        multi_label=labeled.multi_label,
    )
    split = _hold_out(labeled.targets, seed)
    # A class that only has validation images cannot be learned.
    present = labeled.targets[:, labeled.targets[split.training].any(axis=0)]
    labeled = replace(labeled, targets=present)
    with _seeded(seed):
        training = BlocksTraining(network, labeled, split.training, options=options, seed=seed, device=device)
        return _best_epoch(
            training, labeled, split, options=options, rng=np.random.default_rng(seed), on_epoch=on_epoch
        )


@dataclass(frozen=True, kw_only=True)
class _ValidationSplit:
    """Images to train on, and images to choose the best epoch by."""

    training: TrainingRows
    validation: TrainingRows


def _hold_out(targets: Targets, seed: int) -> _ValidationSplit:
    labels = {str(row): [str(column) for column in np.flatnonzero(of_image)] for row, of_image in enumerate(targets)}
    held_out = assign_holdout(rarest_labels(labels), {}, seed=seed)
    is_validation = np.array([held_out[row] for row in labels], dtype=np.bool_)
    if not is_validation.any():
        raise TooFewToValidate
    return _ValidationSplit(training=np.flatnonzero(~is_validation), validation=np.flatnonzero(is_validation))


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed torch's global generators, which augmentation draws from, and restore their state afterwards."""
    every_gpu = range(torch.cuda.device_count())
    reproducible = torch.backends.cudnn.flags(benchmark=False, deterministic=True)
    with torch.random.fork_rng(every_gpu), reproducible:
        torch.manual_seed(seed)
        yield


def _best_epoch(
    training: BlocksTraining,
    labeled: TrainingImages,
    split: _ValidationSplit,
    *,
    options: FinetuningOptions,
    rng: np.random.Generator,
    on_epoch: Callable[[Epoch], None],
) -> FinetunedNetwork:
    """Train until all epochs are done, or until there was no improvement for `patience` epochs."""
    history: list[Epoch] = []
    best, weights = 0, training.weights()
    while len(history) <= options.epochs and len(history) - best <= options.patience:
        loss = training.epoch(rng.permutation(split.training)) if history else None
        if loss is not None and not math.isfinite(loss):
            raise FinetuningDiverged(epoch=len(history))
        history.append(
            _evaluate_epoch(len(history), loss, training.logits(split.validation), labeled, split.validation)
        )
        on_epoch(history[-1])
        if history[-1].validation_loss < history[best].validation_loss:
            best, weights = len(history) - 1, training.weights()
    return FinetunedNetwork(weights=weights, history=tuple(history), kept_epoch=best)


def _evaluate_epoch(
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
