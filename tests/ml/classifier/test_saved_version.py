"""Tests that saved versions load bit for bit or raise an error."""

import json
from dataclasses import replace
from functools import cache
from hashlib import sha256

import numpy as np
import pytest
import safetensors.numpy

from ml.calibration.decision_rule import DecisionRule
from ml.classifier.classifier import Classifier
from ml.classifier.saved_version import HEAD_TENSORS, MANIFEST, SUMS, manifest_of, pack, unpack
from ml.classifier.training import train_classifier
from ml.errors import DamagedVersionFiles, UnknownHead, UnknownVersionFormat
from ml.heads.registry import head_recipes
from ml.types import Tensors
from tests.ml.clouds import ENCODER, cloud, side_information_of


def trained(head_name: str = "softmax-regression") -> Classifier:
    train = cloud(12, 12, 0, noise=0.5)
    return train_classifier(
        embeddings=train.embeddings,
        targets=train.targets,
        labels=("Küste", "Wald/Berg", "猫"),
        head_name=head_name,
        encoder=ENCODER,
        seed=0,
        side_information=side_information_of(3),
    )


# Nothing changes a classifier, so all tests may share one.
some_classifier = cache(trained)


def rewritten(files: dict[str, bytes], *, without: tuple[str, ...] = (), **changes: object) -> dict[str, bytes]:
    """Change the manifest as another program might write it, with valid checksums."""
    kept = {name: value for name, value in json.loads(files[MANIFEST]).items() if name not in without}
    manifest = json.dumps(kept | changes).encode()
    sums = "".join(
        f"{sha256(content).hexdigest()}  {name}\n"
        for name, content in [(HEAD_TENSORS, files[HEAD_TENSORS]), (MANIFEST, manifest)]
    )
    return {HEAD_TENSORS: files[HEAD_TENSORS], MANIFEST: manifest, SUMS: sums.encode()}


@pytest.mark.parametrize("head_name", [recipe.name for recipe in head_recipes()])
def test_unpacked_classifier_answers_bit_for_bit_the_same(head_name: str) -> None:
    classifier, embeddings = some_classifier(head_name), cloud(3, 3, 3, noise=0.5, seed=1).embeddings

    unpacked = unpack(pack(classifier, {}))

    assert np.array_equal(unpacked.probabilities(embeddings), classifier.probabilities(embeddings))
    assert unpacked.temperature == classifier.temperature
    assert unpacked.labels == classifier.labels
    assert unpacked.encoder == classifier.encoder
    assert (unpacked.head_name, unpacked.multi_label) == (head_name, classifier.multi_label)


def test_same_classifier_is_packed_into_the_same_bytes() -> None:
    assert pack(trained(), {"a": 1}) == pack(trained(), {"a": 1})


def test_manifest_keeps_extras_and_says_what_it_was_made_with() -> None:
    files = pack(some_classifier(), {"project": "beaches", "images": 24})

    manifest = manifest_of(files)

    assert manifest["extras"] == {"project": "beaches", "images": 24}
    assert {"python", "numpy", "scikit-learn"} <= manifest["libraries"].keys()


@pytest.mark.parametrize("file", [HEAD_TENSORS, MANIFEST, SUMS])
def test_any_changed_byte_is_refused(file: str) -> None:
    files = pack(some_classifier(), {"project": "beaches"})

    for place in range(len(files[file])):
        changed = bytearray(files[file])
        changed[place] ^= 1
        with pytest.raises(DamagedVersionFiles):
            manifest_of(files | {file: bytes(changed)})


@pytest.mark.parametrize("file", [HEAD_TENSORS, MANIFEST, SUMS])
def test_truncated_file_is_refused(file: str) -> None:
    files = pack(some_classifier(), {})

    with pytest.raises(DamagedVersionFiles):
        unpack(files | {file: files[file][:-1]})


@pytest.mark.parametrize("file", [HEAD_TENSORS, MANIFEST, SUMS])
def test_missing_file_is_named(file: str) -> None:
    files = pack(some_classifier(), {})
    del files[file]

    with pytest.raises(DamagedVersionFiles, match=file):
        unpack(files)


def test_how_labels_are_chosen_is_kept() -> None:
    classifier = replace(
        some_classifier(),
        biases=(0.1, -0.2, 0.0),
        coverage=0.95,
        prediction_set_threshold=0.123456789,
        label_thresholds=(0.2, 0.5, 0.3),
    )

    unpacked = unpack(pack(classifier, {}))

    assert unpacked.rule == classifier.rule
    assert unpacked.biases == classifier.biases


def test_version_of_format_1_answers_as_it_always_did() -> None:
    files = rewritten(
        pack(some_classifier(), {}),
        without=("biases", "coverage", "set_threshold", "thresholds"),
        format=1,
    )

    unpacked = unpack(files)

    assert unpacked.rule == DecisionRule(multi_label=False, coverage=0.9)
    assert unpacked.biases is None


def test_format_of_a_newer_program_is_refused_in_words() -> None:
    files = rewritten(pack(some_classifier(), {}), format=3)

    with pytest.raises(UnknownVersionFormat, match="saved in format 3, only 1 to 2 can be read"):
        unpack(files)


def test_head_that_is_not_in_the_table_is_refused() -> None:
    files = rewritten(pack(some_classifier(), {}), head="telepathy")

    with pytest.raises(UnknownHead, match="telepathy"):
        unpack(files)


def _with_tensors(files: dict[str, bytes], tensors: Tensors) -> dict[str, bytes]:
    """Replace the tensors of a version, with valid checksums."""
    return rewritten(files | {HEAD_TENSORS: safetensors.numpy.save(tensors)})


def test_head_without_one_of_its_tensors_is_damaged() -> None:
    files = pack(some_classifier("knn"), {})
    tensors = safetensors.numpy.load(files[HEAD_TENSORS])
    del tensors["classes"]

    with pytest.raises(DamagedVersionFiles, match="has no 'classes', which knn needs"):
        unpack(_with_tensors(files, tensors))


def test_graph_that_leads_nowhere_is_damaged() -> None:
    files = pack(some_classifier("knn(search=approximate)"), {})
    tensors = safetensors.numpy.load(files[HEAD_TENSORS])

    with pytest.raises(DamagedVersionFiles, match="cannot be searched"):
        unpack(_with_tensors(files, tensors | {"links": tensors["links"] + 1_000}))
