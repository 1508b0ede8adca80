"""Decides for ever which labeled images train and which are held out to judge with.

By a hash of each image's id, unlike all other splits: images get their labels one by one, and none may change its side
when others come or go (ADR 0012).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from hashlib import sha256

# A class with fewer images than this in training is not learned well enough to be worth judging.
KEPT_IN_TRAINING = 4
HELD_OUT_SHARE = 0.2
# So many held-out images tell an accuracy of 90 % to within 6 points: from then on only images asked at random join.
ENOUGH_AT_RANDOM = 100


def assign_holdout(
    labels_by_image: Mapping[str, str],
    known: Mapping[str, bool],
    *,
    seed: int,
    at_random: Collection[str] = frozenset(),
) -> dict[str, bool]:
    """Decide for each image without a side yet whether it is held out.

    A fifth of each class is, those asked at random before others; a seeded hash of its id decides among the rest. Once
    enough held-out images were asked at random, only such images join them, until they are a fifth of all.
    The order of the mappings does not matter, and a side once known never changes: pass all that were returned before.

    Args:
        labels_by_image: image id to what the split is stratified by; `rarest_labels` gives it for label sets.
        known: image id to whether it is held out.
        at_random: ids of the images that were asked at random, and not by a strategy.
    Returns: image id to whether it is held out, for images that are not in `known`.
    """
    random_images = frozenset(at_random)
    is_enough = sum(known.get(each, False) for each in random_images & labels_by_image.keys()) >= ENOUGH_AT_RANDOM
    decide = _by_chance if is_enough else _by_class
    return decide(labels_by_image, known, random_images, seed)


def rarest_labels(labels_by_image: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The label of each image that fewest images have, so that rare labels are held out too; "" for no label."""
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
    sides: dict[str, bool] = {}
    for images in by_label.values():
        new = sorted(
            (each for each in images if each not in known), key=lambda each: (each not in at_random, _hash(each, seed))
        )
        held_out = sum(known.get(each, False) for each in images)
        places = min(round(HELD_OUT_SHARE * len(images)), len(images) - KEPT_IN_TRAINING) - held_out
        sides |= {image: place < places for place, image in enumerate(new)}
    return sides


def _by_chance(
    labels_by_image: Mapping[str, str], known: Mapping[str, bool], at_random: frozenset[str], seed: int
) -> dict[str, bool]:
    """Without regard to class, so that classes are as frequent among the held out as among what was asked."""
    sides = {image: False for image in labels_by_image if image not in known}
    places = round(HELD_OUT_SHARE * len(labels_by_image)) - sum(known.get(each, False) for each in labels_by_image)
    in_training = Counter(label for image, label in labels_by_image.items() if not known.get(image, False))
    for image in sorted(sides.keys() & at_random, key=lambda each: _hash(each, seed)):
        if places > 0 and in_training[labels_by_image[image]] > KEPT_IN_TRAINING:
            sides[image] = True
            places -= 1
            in_training[labels_by_image[image]] -= 1
    return sides


def _hash(image: str, seed: int) -> bytes:
    return sha256(f"{seed}/{image}".encode()).digest()
