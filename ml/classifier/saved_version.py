"""Packs a classifier into files that hold no code and show any changed byte, and unpacks it again."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import safetensors.numpy

from ml.calibration.decision_rule import DEFAULT_COVERAGE
from ml.classifier.classifier import Classifier
from ml.encoders.base import EncoderIdentity
from ml.errors import BrokenGraph, DamagedVersionFiles, UnknownVersionFormat
from ml.heads.base import Head
from ml.heads.registry import head_recipe
from ml.types import Tensors

FORMAT = 2
# Without biases, set threshold and thresholds per label: those of format 1 answer as they always did.
READABLE_FORMATS = (1, FORMAT)
TENSORS, MANIFEST, SUMS = "head.safetensors", "manifest.json", "sha256sums"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "safetensors")


def pack(classifier: Classifier, manifest_extras: Mapping[str, Any]) -> dict[str, bytes]:
    """Files by name; `manifest_extras` (plain JSON) is kept beside what `unpack` needs.

    `sha256sum --check sha256sums` tells anyone whether the files are whole.
    """
    tensors = safetensors.numpy.save(classifier.head.tensors())
    manifest = {
        "format": FORMAT,
        "head": classifier.head_name,
        "temperature": classifier.temperature,
        "labels": classifier.labels,
        "multi_label": classifier.multi_label,
        "encoder": asdict(classifier.encoder),
        "biases": classifier.biases,
        "coverage": classifier.coverage,
        "set_threshold": classifier.prediction_set_threshold,
        "thresholds": classifier.label_thresholds,
        "libraries": {"python": sys.version.split()[0]} | {name: version(name) for name in LIBRARIES},
        "extras": dict(manifest_extras),
    }
    files = {TENSORS: tensors, MANIFEST: json.dumps(manifest, indent=2, sort_keys=True).encode()}
    return files | {SUMS: _sums(files)}


def unpack(files: Mapping[str, bytes]) -> Classifier:
    """Raises: DamagedVersionFiles, UnknownVersionFormat, UnknownHead, InvalidHeadOptions."""
    manifest = manifest_of(files)
    return Classifier(
        head=_restored(manifest["head"], safetensors.numpy.load(files[TENSORS])),
        head_name=manifest["head"],
        temperature=manifest["temperature"],
        labels=tuple(manifest["labels"]),
        multi_label=manifest["multi_label"],
        encoder=EncoderIdentity(**manifest["encoder"]),
        biases=_numbers(manifest.get("biases")),
        coverage=manifest.get("coverage", DEFAULT_COVERAGE),
        prediction_set_threshold=manifest.get("set_threshold"),
        label_thresholds=_numbers(manifest.get("thresholds")),
    )


def manifest_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The manifest of files that were found whole. Raises: DamagedVersionFiles, UnknownVersionFormat."""
    missing = [name for name in (TENSORS, MANIFEST, SUMS) if name not in files]
    if missing:
        raise DamagedVersionFiles(f"the saved version lacks {', '.join(missing)}")
    if _sums(files) != files[SUMS]:
        raise DamagedVersionFiles(f"the saved version changed after it was written: {TENSORS}, {MANIFEST} or {SUMS}")
    manifest: dict[str, Any] = json.loads(files[MANIFEST])
    if manifest.get("format") not in READABLE_FORMATS:
        raise UnknownVersionFormat(found=manifest.get("format"), newest=FORMAT)
    return manifest


def _restored(head_name: str, tensors: Tensors) -> Head:
    recipe = head_recipe(head_name)
    try:
        return recipe.restore(tensors)
    except KeyError as error:
        raise DamagedVersionFiles(f"{TENSORS} holds no {error}, which {recipe.name} needs") from error
    except BrokenGraph as error:
        raise DamagedVersionFiles(f"{TENSORS} cannot be searched: {error}") from error


def _numbers(found: list[float] | None) -> tuple[float, ...] | None:
    return None if found is None else tuple(found)


def _sums(files: Mapping[str, bytes]) -> bytes:
    """As `sha256sum head.safetensors manifest.json` prints them."""
    return "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in (TENSORS, MANIFEST)).encode()
