"""Trains the last blocks of a network together with a linear head on its embeddings, epoch by epoch."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor, nn

from ml.encoders.frozen import Network
from ml.encoders.runtime import NormalisedNetwork
from ml.finetuning.augmentation import augmentation_of
from ml.finetuning.network_blocks import last_blocks
from ml.finetuning.options import FinetuningOptions
from ml.heads.registry import default_head, head_recipe
from ml.types import Embeddings, Logits, Targets

# Row numbers of some of the images.
TrainingRows = NDArray[np.intp]
Weights = dict[str, Tensor]

# Share of all steps in which the learning rates increase: starting high would spoil the pretrained weights.
WARM_UP = 0.1
# Batch size outside training.
INFERENCE_BATCH = 32


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingImages:
    """Labeled images that a network is fine-tuned on.

    Attributes: images: (images, 3, height, width), output of the network's preparation; may be a memory map.
    """

    images: NDArray[np.uint8]
    targets: Targets
    multi_label: bool


class BlocksTraining:
    """State of one fine-tuning; augmentation draws from torch's global generator."""

    def __init__(
        self,
        network: Network,
        labeled: TrainingImages,
        training: TrainingRows,
        *,
        options: FinetuningOptions,
        seed: int,
        device: str,
    ) -> None:
        """Prepare the training; the head starts as the regression on the frozen embeddings.

        A random head would spoil the blocks in its first steps (Kumar et al. 2022, "Fine-tuning can distort pretrained
        features and underperform out-of-distribution").

        Raises: NotTunable, NotEnoughLabels.
        """
        normalisation = network.description.normalisation
        self._labeled = labeled
        self._options = options
        self._device = torch.device(device)
        self._blocks = last_blocks(network.module, options.blocks)
        self._blocks.freeze_others(network.module)
        self._augment = augmentation_of(options.augmentation, fill=normalisation.mean)
        # On a CPU convolutions take half the time with channels last.
        self._embedder = (
            NormalisedNetwork(network.module, normalisation).to(memory_format=torch.channels_last).to(device)
        )
        # Evaluation mode also in training: a few hundred images of one kind would spoil the statistics of batch
        # normalisation within an epoch.
        self._embedder.eval()
        self._head = self._regression(training, seed).to(device)
        self._batches = math.ceil(len(training) / options.batch_size)
        self._optimizer = self._adam()
        steps = self._batches * options.epochs
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: warmed_up_cosine(step, steps=steps)
        )

    def epoch(self, rows: TrainingRows) -> float:
        """Train on every image once, in this order. Returns: the mean loss over the batches."""
        # Batches of almost equal size, because a small last batch would count as much as the others.
        return float(np.mean([self._step(batch) for batch in np.array_split(rows, self._batches)]))

    @torch.inference_mode()
    def logits(self, rows: TrainingRows) -> Logits:
        """Compute logits without augmentation. Returns: (rows, classes)."""
        embeddings = torch.from_numpy(self._embeddings(rows)).to(self._device)
        logits: Logits = self._head(embeddings).cpu().numpy().astype(np.float64)
        return logits

    def weights(self) -> Weights:
        """Copy the weights of the whole network to the CPU."""
        state = self._embedder.network.state_dict()
        return {
            name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format) for name, tensor in state.items()
        }

    def _step(self, rows: TrainingRows) -> float:
        images = self._augment(torch.from_numpy(self._labeled.images[rows]))
        targets = torch.from_numpy(self._labeled.targets[rows]).to(self._device, torch.float32)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._device.type == "cuda"):
            logits = self._head(self._embedder(self._moved(images)))
        loss = self._loss(logits.to(torch.float32), targets)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self._schedule.step()
        return float(loss.detach())

    def _loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        smoothing = self._options.label_smoothing
        if self._labeled.multi_label:
            smooth = targets * (1 - smoothing) + smoothing / 2
            return nn.functional.binary_cross_entropy_with_logits(logits, smooth)
        return nn.functional.cross_entropy(logits, targets, label_smoothing=smoothing)

    @torch.inference_mode()
    def _embeddings(self, rows: TrainingRows) -> Embeddings:
        chunks = [rows[start : start + INFERENCE_BATCH] for start in range(0, len(rows), INFERENCE_BATCH)]
        parts = [self._embedder(self._moved(torch.from_numpy(self._labeled.images[chunk]))).cpu() for chunk in chunks]
        embeddings: Embeddings = torch.cat(parts).numpy()
        return embeddings

    def _moved(self, images: Tensor) -> Tensor:
        return images.to(self._device, memory_format=torch.channels_last)

    def _regression(self, training: TrainingRows, seed: int) -> nn.Linear:
        recipe = head_recipe(default_head(multi_label=self._labeled.multi_label))
        embeddings = self._embeddings(training)
        with threadpool_limits(limits=1):
            fitted = recipe.train(embeddings, self._labeled.targets[training], seed=seed).head.tensors()
        head = nn.Linear(embeddings.shape[1], self._labeled.targets.shape[1])
        head.load_state_dict(
            {"weight": torch.from_numpy(fitted["weights"]), "bias": torch.from_numpy(fitted["biases"])}
        )
        return head

    def _adam(self) -> torch.optim.Optimizer:
        blocks = {
            "params": self._blocks.parameters(self._embedder.network),
            "lr": self._options.learning_rate,
        }
        head = {"params": list(self._head.parameters()), "lr": self._options.head_learning_rate}
        return torch.optim.AdamW([blocks, head], weight_decay=self._options.weight_decay)


def warmed_up_cosine(step: int, *, steps: int) -> float:
    """Return the factor of the learning rate: linear warm-up, then cosine decay to 0.

    Source: Loshchilov and Hutter 2017, "SGDR", without restarts.
    """
    up = max(1, round(WARM_UP * steps))
    if step < up:
        return (step + 1) / up
    return (1 + math.cos(math.pi * (step - up) / max(1, steps - up))) / 2
