"""Decides permanently which labeled images are for training and which are held out for evaluation.

Unlike all other splits it uses a hash of each image's id: images get their labels one by one, and no decision may
change when other images come or go (ADR 0012).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from hashlib import sha256

# A class with fewer training images than this is not learned well enough to be worth evaluating.
KEPT_IN_TRAINING = 4
HELD_OUT_SHARE = 0.2
# This many held-out images measure an accuracy of 90 % to within 6 points: from then on only images picked at random
# join.
ENOUGH_AT_RANDOM = 100


def assign_holdout(
    labels_by_image: Mapping[str, str],
    known: Mapping[str, bool],
    *,
    seed: int,
    at_random: Collection[str] = frozenset(),
) -> dict[str, bool]:
    """Decide for each new image whether it is held out.

    A fifth of each class is held out: first images that were picked at random, then by a seeded hash of the image id.
    Once enough held-out images were picked at random, only images picked at random join, up to a fifth of all.
    The order of the mappings does not matter. A decision never changes: pass all earlier ones as `known`.

    Args:
        labels_by_image: image id to its stratum; `rarest_labels` returns it for images with several labels.
        known: image id to whether it is held out.
        at_random: ids of the images that were picked at random, not by a strategy.
    Returns: image id to whether it is held out, for images that are not in `known`.
    """
    random_images = frozenset(at_random)
    is_enough = sum(known.get(each, False) for each in random_images & labels_by_image.keys()) >= ENOUGH_AT_RANDOM
    decide = _by_chance if is_enough else _by_class
    return decide(labels_by_image, known, random_images, seed)


def rarest_labels(labels_by_image: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return the rarest label of each image, so that rare labels are held out too; "" for an image without labels."""
    counts = Counter(label for labels in labels_by_image.values() for label in labels)
    return {
        image: min(labels, key=lambda label: (counts[label], label), default="")
        for image, labels in labels_by_image.items()
    }


def _by_class(
    labels_by_image: Mapping[str, str], known: Mapping[str, bool], at_random: frozenset[str], seed: int
) -> dict[str, bool]:
    by_label: defaultdict[str, list[str]] = defaultdict(list)
    for image, label in labels_by_image.items():
        by_label[label].append(image)
    is_held_out: dict[str, bool] = {}
    for images in by_label.values():
        new = sorted(
            (each for each in images if each not in known), key=lambda each: (each not in at_random, _hash(each, seed))
        )
        held_out = sum(known.get(each, False) for each in images)
        places = min(round(HELD_OUT_SHARE * len(images)), len(images) - KEPT_IN_TRAINING) - held_out
        is_held_out |= {image: place < places for place, image in enumerate(new)}
    return is_held_out


def _by_chance(
    labels_by_image: Mapping[str, str], known: Mapping[str, bool], at_random: frozenset[str], seed: int
) -> dict[str, bool]:
    """Hold out without regard to class, so that held-out images have the class frequencies of the picked images."""
    is_held_out = {image: False for image in labels_by_image if image not in known}
    places = round(HELD_OUT_SHARE * len(labels_by_image)) - sum(known.get(each, False) for each in labels_by_image)
    in_training = Counter(label for image, label in labels_by_image.items() if not known.get(image, False))
    for image in sorted(is_held_out.keys() & at_random, key=lambda each: _hash(each, seed)):
        if places > 0 and in_training[labels_by_image[image]] > KEPT_IN_TRAINING:
            is_held_out[image] = True
            places -= 1
            in_training[labels_by_image[image]] -= 1
    return is_held_out


def _hash(image: str, seed: int) -> bytes:
    return sha256(f"{seed}/{image}".encode()).digest()
