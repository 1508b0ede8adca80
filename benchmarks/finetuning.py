"""Measures what fine-tuning the last blocks of an encoder adds on a folder of class folders.

The frozen encoder, the fine-tuned one, and both side by side (as in the encoder name `a+b`) are evaluated with the
default head on one stratified 80/20 split.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from sklearn.model_selection import train_test_split

from benchmarks.scenes_accuracy import embed, split
from ml.calibration.decision_rule import DecisionRule
from ml.classifier.training import train_classifier
from ml.encoders.base import Encoder, EncoderIdentity, Execution
from ml.encoders.finetuned.description import DESCRIPTION
from ml.encoders.finetuned.files import load_finetuned, pack_finetuned
from ml.encoders.finetuned.name import FinetunedName, digest_of
from ml.encoders.frozen import Network, freeze
from ml.encoders.registry import load_network
from ml.evaluation.evaluate import evaluate
from ml.finetuning.blocks_training import TrainingImages, TrainingRows
from ml.finetuning.finetune import Epoch, finetune
from ml.finetuning.options import FinetuningOptions
from ml.heads.registry import default_head
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits
from ml.labels.targets import targets_of
from ml.types import Embeddings, Targets


@dataclass(frozen=True, kw_only=True)
class Task:
    """Images of known classes, with the rows to train on and the rows held out."""

    files: Sequence[Path]
    labels: tuple[str, ...]
    targets: Targets
    train: TrainingRows
    held_out: TrainingRows
    seed: int


def main() -> None:
    """Embed, fine-tune, embed again, and compare."""
    arguments = parse_arguments()
    task = task_of(arguments.images, labeled=arguments.labeled, seed=arguments.seed)
    print(f"{len(task.train)} images to train on, {len(task.held_out)} held out, {len(task.labels)} classes")
    frozen = embed(freeze(load_network(arguments.encoder), Execution()), list(task.files))
    print(f"{arguments.encoder}: {evaluated(task, frozen)}")
    for blocks in arguments.blocks:
        started = time.perf_counter()
        options = FinetuningOptions(blocks=blocks, epochs=arguments.epochs)
        tuned = embed(tuned_encoder(task, arguments.encoder, options), list(task.files))
        minutes = (time.perf_counter() - started) / 60
        both = np.hstack([frozen, tuned]) / np.float32(np.sqrt(2))
        print(f"last {blocks} blocks fine-tuned: {evaluated(task, tuned)}, {minutes:.1f} minutes")
        print(f"both side by side: {evaluated(task, both)}")


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True, help="a folder with one folder of images per class")
    parser.add_argument("--encoder", default="efficientnet-lite0")
    parser.add_argument("--blocks", type=int, nargs="+", default=[3])
    parser.add_argument("--epochs", type=int, default=FinetuningOptions().epochs)
    parser.add_argument("--labeled", type=int, help="number of images to train on (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def task_of(folder: Path, *, labeled: int | None, seed: int) -> Task:
    """Split the images: four fifths (or fewer if asked) to train on, one fifth held out."""
    files = sorted(file for file in folder.glob("*/*") if file.is_file())
    names = [file.parent.name for file in files]
    labels = tuple(sorted(set(names)))
    train, held_out = split(names, seed)
    if labeled is not None:
        train, _ = train_test_split(
            train, train_size=labeled, stratify=[names[row] for row in train], random_state=seed
        )
    targets = targets_of([[name] for name in names], labels)
    return Task(files=files, labels=labels, targets=targets, train=train, held_out=held_out, seed=seed)


def tuned_encoder(task: Task, base: str, options: FinetuningOptions) -> Encoder:
    """Fine-tune and build the encoder from the files that a service would store."""
    network = load_network(base)
    images = TrainingImages(images=prepared(task, network), targets=task.targets[task.train], multi_label=False)
    tuned = finetune(network, images, options=options, seed=task.seed, on_epoch=print_epoch)
    print(f"epoch {tuned.kept_epoch} kept")
    files = pack_finetuned(network, tuned.weights, {})
    name = FinetunedName(project_id="benchmark", version=1, digest=digest_of(files[DESCRIPTION]))
    return load_finetuned(str(name), files, Execution())


def prepared(task: Task, network: Network) -> NDArray[np.uint8]:
    """Prepare the training images as the network reads them."""
    contents = (task.files[row].read_bytes() for row in track(task.train, "preparing"))
    return np.stack([network.description.preparation(decode_image(content, ImageLimits())) for content in contents])


def print_epoch(epoch: Epoch) -> None:
    """Print one line per epoch."""
    loss = "" if epoch.training_loss is None else f"training loss {epoch.training_loss:.3f}, "
    print(
        f"epoch {epoch.number}: {loss}validation {epoch.validation_loss:.3f}, accuracy {epoch.validation_accuracy:.3f}"
    )


def evaluated(task: Task, embeddings: Embeddings) -> str:
    """Train the default head on these embeddings, and evaluate it on the held-out images."""
    identity = EncoderIdentity(name="any", weights_sha256="", preprocessing="", dimension=embeddings.shape[1])
    classifier = train_classifier(
        embeddings=embeddings[task.train],
        targets=task.targets[task.train],
        labels=task.labels,
        head_name=default_head(multi_label=False),
        encoder=identity,
        seed=task.seed,
    )
    probabilities = classifier.probabilities(embeddings[task.held_out])
    found = evaluate(probabilities, task.targets[task.held_out], task.labels, rule=DecisionRule(multi_label=False))
    return f"accuracy {found.accuracy:.4f}, macro F1 {found.macro_f1:.4f}, log-loss {found.log_loss:.3f}"


if __name__ == "__main__":
    main()
