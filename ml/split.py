"""Decides for ever which labeled images train and which are held out to judge with."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from hashlib import sha256

# A class with fewer images than this in training is not learned well enough to be worth judging.
KEPT_IN_TRAINING = 4
HELD_OUT_SHARE = 0.2


def assign_sides(
    labels_by_image: Mapping[str, str],
    known: Mapping[str, bool],
    *,
    seed: int,
) -> dict[str, bool]:
    """Whether each image without a side yet is held out; a seeded hash of its id decides among those of one class.

    The order of the mappings does not matter, and a side once known never changes: pass all that were returned before.

    Args:
        labels_by_image: image id to what the split is stratified by; `rarest_labels` gives it for label sets.
        known: image id to whether it is held out.
    Returns: image id to whether it is held out, for images that are not in `known`.
    """
    by_label: defaultdict[str, list[str]] = defaultdict(list)
    for image, label in labels_by_image.items():
        by_label[label].append(image)
    sides: dict[str, bool] = {}
    for images in by_label.values():
        new = sorted((each for each in images if each not in known), key=lambda each: _hash(each, seed))
        held_out = sum(known.get(each, False) for each in images)
        places = min(round(HELD_OUT_SHARE * len(images)), len(images) - KEPT_IN_TRAINING) - held_out
        sides |= {image: place < places for place, image in enumerate(new)}
    return sides


def rarest_labels(labels_by_image: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The label of each image that fewest images have, so that rare labels are held out too; "" for no label."""
    counts = Counter(label for labels in labels_by_image.values() for label in labels)
    return {
        image: min(labels, key=lambda label: (counts[label], label), default="")
        for image, labels in labels_by_image.items()
    }


def _hash(image: str, seed: int) -> bytes:
    return sha256(f"{seed}/{image}".encode()).digest()
