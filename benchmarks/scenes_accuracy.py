"""Prints the accuracy of encoder and head on a folder of class folders: a stratified 80/20 split, five seeds."""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from sklearn.model_selection import train_test_split

from ml.calibration.decision_rule import DecisionRule
from ml.classifier.training import train_classifier
from ml.encoders.base import Encoder, EncoderIdentity
from ml.encoders.embedding import embed_images
from ml.encoders.registry import load_encoder
from ml.evaluation.evaluate import evaluate, label_set_evaluation
from ml.heads.registry import default_head
from ml.images.image import ImageLimits
from ml.labels.targets import targets_of
from ml.types import Embeddings

SEEDS = range(5)
HELD_OUT_SHARE = 0.2


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """The values of the command line."""

    images: Path
    encoder: str
    head: str
    cache: Path | None


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The metrics of one split."""

    accuracy: float
    macro_f1: float
    calibration_error: float
    log_loss: float
    coverage: float
    set_size: float
    seconds: float


def main() -> None:
    """Embed once, then train and evaluate once per split."""
    arguments = parse_arguments()
    files = sorted(file for file in arguments.images.glob("*/*") if file.is_file())
    encoder = load_encoder(arguments.encoder)
    embeddings = cached_embeddings(arguments, encoder, files)
    names = [file.parent.name for file in files]
    measured = [measure(embeddings, names, arguments.head, encoder.identity, seed) for seed in track(SEEDS, "training")]
    report(arguments, measured, images=len(files), classes=len(set(names)))


def parse_arguments() -> Arguments:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True, help="a folder with one folder of images per class")
    parser.add_argument("--encoder", default="efficientnet-lite0")
    parser.add_argument("--head", default=default_head(multi_label=False))
    parser.add_argument("--cache", type=Path, help="an .npy file that keeps the embeddings for the next run")
    return Arguments(**vars(parser.parse_args()))


def cached_embeddings(arguments: Arguments, encoder: Encoder, files: list[Path]) -> Embeddings:
    """Return the embeddings from the cache if it fits these files, else compute and store them."""
    if arguments.cache is not None and arguments.cache.exists():
        kept: Embeddings = np.load(arguments.cache)
        if kept.shape == (len(files), encoder.identity.dimension):
            return kept
    embeddings = embed(encoder, files)
    if arguments.cache is not None:
        np.save(arguments.cache, embeddings)
    return embeddings


def embed(encoder: Encoder, files: list[Path]) -> Embeddings:
    """Embed the files, one row per file; every file must be readable, or the rows would not match the classes."""
    contents = ((str(file), file.read_bytes()) for file in track(files, "embedding"))
    batches = list(embed_images(encoder, contents, ImageLimits()))
    unreadable = [each.image_id for batch in batches for each in batch.unreadable]
    if unreadable:
        raise SystemExit(f"{len(unreadable)} images cannot be read, the first is {unreadable[0]}")
    return np.concatenate([batch.matrix for batch in batches])


def measure(embeddings: Embeddings, names: list[str], head: str, encoder: EncoderIdentity, seed: int) -> Measured:
    """Train on four fifths, and evaluate on one fifth."""
    labels = tuple(sorted(set(names)))
    targets = targets_of([[name] for name in names], labels)
    train, held_out = split(names, seed)
    started = time.perf_counter()
    classifier = train_classifier(
        embeddings=embeddings[train], targets=targets[train], labels=labels, head_name=head, encoder=encoder, seed=seed
    )
    seconds = time.perf_counter() - started
    probabilities = classifier.probabilities(embeddings[held_out])
    found = evaluate(probabilities, targets[held_out], labels, rule=DecisionRule(multi_label=False))
    sets = label_set_evaluation(classifier.rule, probabilities, targets[held_out])
    return Measured(
        accuracy=found.accuracy,
        macro_f1=found.macro_f1,
        calibration_error=found.calibration_error,
        log_loss=found.log_loss,
        coverage=sets.coverage,
        set_size=sets.mean_size,
        seconds=seconds,
    )


def split(names: list[str], seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows to train on and the rows held out."""
    train, held_out = train_test_split(
        np.arange(len(names)), test_size=HELD_OUT_SHARE, stratify=names, random_state=seed
    )
    return train, held_out


def report(arguments: Arguments, measured: list[Measured], *, images: int, classes: int) -> None:
    """Print mean and standard deviation over the splits."""
    print(f"{images} images of {classes} classes, {arguments.encoder} + {arguments.head}, {len(measured)} splits 80/20")
    for name in ("accuracy", "macro_f1", "calibration_error", "log_loss", "coverage", "set_size", "seconds"):
        values = [getattr(each, name) for each in measured]
        print(f"{name:>18} {np.mean(values):.4f} +- {np.std(values, ddof=1):.4f}")


if __name__ == "__main__":
    main()
