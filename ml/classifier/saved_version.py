"""Saves a classifier as files without executable code, with checksums, and loads it again."""

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

VERSION_FORMAT = 2
# Format 1 has no biases, no set threshold and no thresholds per label; such versions predict as they always did.
READABLE_FORMATS = (1, VERSION_FORMAT)
HEAD_TENSORS, MANIFEST, SUMS = "head.safetensors", "manifest.json", "sha256sums"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "safetensors")


def pack(classifier: Classifier, manifest_extras: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files by name; `manifest_extras` (plain JSON) is stored in the manifest beside what `unpack` needs.

    `sha256sum --check sha256sums` verifies the files.
    """
    tensors = safetensors.numpy.save(classifier.head.tensors())
    manifest = {
        "format": VERSION_FORMAT,
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
    files = {HEAD_TENSORS: tensors, MANIFEST: json.dumps(manifest, indent=2, sort_keys=True).encode()}
    return files | {SUMS: _sums(files)}


def unpack(files: Mapping[str, bytes]) -> Classifier:
    """Load a classifier from its files.

    Raises: DamagedVersionFiles, UnknownVersionFormat, UnknownHead, InvalidHeadOptions.
    """
    manifest = manifest_of(files)
    return Classifier(
        head=_restore_head(manifest["head"], safetensors.numpy.load(files[HEAD_TENSORS])),
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
    """Verify the checksums and return the manifest. Raises: DamagedVersionFiles, UnknownVersionFormat."""
    missing = [name for name in (HEAD_TENSORS, MANIFEST, SUMS) if name not in files]
    if missing:
        raise DamagedVersionFiles(f"the saved version lacks {', '.join(missing)}")
    if _sums(files) != files[SUMS]:
        raise DamagedVersionFiles(
            f"the saved version changed after it was written: {HEAD_TENSORS}, {MANIFEST} or {SUMS}"
        )
    manifest: dict[str, Any] = json.loads(files[MANIFEST])
    if manifest.get("format") not in READABLE_FORMATS:
        raise UnknownVersionFormat(found=manifest.get("format"), newest=VERSION_FORMAT)
    return manifest


def _restore_head(head_name: str, tensors: Tensors) -> Head:
    recipe = head_recipe(head_name)
    try:
        return recipe.restore(tensors)
    except KeyError as error:
        raise DamagedVersionFiles(f"{HEAD_TENSORS} has no {error}, which {recipe.name} needs") from error
    except BrokenGraph as error:
        raise DamagedVersionFiles(f"{HEAD_TENSORS} cannot be searched: {error}") from error


def _numbers(found: list[float] | None) -> tuple[float, ...] | None:
    return None if found is None else tuple(found)


def _sums(files: Mapping[str, bytes]) -> bytes:
    """Compute the checksums in the format of `sha256sum head.safetensors manifest.json`."""
    return "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in (HEAD_TENSORS, MANIFEST)).encode()
