"""Permanent holdout of images."""

import pytest

from ml.splits.holdout import ENOUGH_AT_RANDOM, assign_holdout, rarest_labels


def images_of(label: str, count: int) -> dict[str, str]:
    return {f"{label}-{number}": label for number in range(count)}


def label_in_batches(labels: dict[str, str], *, batch: int) -> dict[str, bool]:
    """Assign images to training or holdout after each labeled batch."""
    names = list(labels)
    known: dict[str, bool] = {}
    for end in range(batch, len(names) + batch, batch):
        so_far = {name: labels[name] for name in names[:end]}
        known |= assign_holdout(so_far, known, seed=0)
    return known


def test_a_fifth_of_every_class_is_held_out() -> None:
    labels = images_of("cat", 100) | images_of("dog", 30)

    is_held_out = assign_holdout(labels, {}, seed=0)

    assert sum(is_held_out[image] for image in images_of("cat", 100)) == 20
    assert sum(is_held_out[image] for image in images_of("dog", 30)) == 6


@pytest.mark.parametrize("batch", [1, 3, 10])
def test_labeling_in_batches_holds_out_a_fifth_as_well(batch: int) -> None:
    mixed = {f"{n}": "cat" if n % 4 else "dog" for n in range(200)}

    is_held_out = label_in_batches(mixed, batch=batch)

    assert is_held_out.keys() == mixed.keys()
    assert sum(held_out for image, held_out in is_held_out.items() if mixed[image] == "cat") == 30
    assert sum(held_out for image, held_out in is_held_out.items() if mixed[image] == "dog") == 10


def test_known_holdout_never_changes() -> None:
    labels = images_of("cat", 50)
    known = dict.fromkeys(list(labels)[:40], True)

    new = assign_holdout(labels, known, seed=0)

    assert new.keys() == labels.keys() - known.keys()
    assert not any(new.values())


def test_order_of_images_does_not_matter() -> None:
    labels = images_of("cat", 50) | images_of("dog", 20)
    backwards = dict(reversed(labels.items()))

    assert assign_holdout(labels, {}, seed=0) == assign_holdout(backwards, {}, seed=0)


def test_seed_decides_which_are_held_out() -> None:
    labels = images_of("cat", 50)

    assert assign_holdout(labels, {}, seed=0) == assign_holdout(labels, {}, seed=0)
    assert assign_holdout(labels, {}, seed=0) != assign_holdout(labels, {}, seed=1)


@pytest.mark.parametrize(("images", "held_out"), [(1, 0), (4, 0), (5, 1), (6, 1), (8, 2)])
def test_class_keeps_its_first_four_images_in_training(images: int, held_out: int) -> None:
    assert sum(assign_holdout(images_of("cat", images), {}, seed=0).values()) == held_out


def test_image_whose_label_changed_keeps_its_holdout() -> None:
    known = assign_holdout(images_of("cat", 20), {}, seed=0)
    relabeled = dict.fromkeys(known, "dog") | images_of("dog", 5)

    new = assign_holdout(relabeled, known, seed=0)

    assert new.keys() == images_of("dog", 5).keys()


def test_no_labels_give_no_holdout() -> None:
    assert assign_holdout({}, {}, seed=0) == {}


def test_rarest_label_represents_an_image_with_several() -> None:
    rarest = rarest_labels({"a": ["cat"], "b": ["cat", "dog"], "c": ["cat", "dog", "emu"], "d": []})

    assert rarest == {"a": "cat", "b": "dog", "c": "emu", "d": ""}


def held_out_of(is_held_out: dict[str, bool]) -> set[str]:
    return {image for image, held_out in is_held_out.items() if held_out}


def test_images_picked_at_random_are_held_out_before_others_of_their_class() -> None:
    labels = images_of("cat", 50)
    at_random = list(labels)[:8]

    held_out = held_out_of(assign_holdout(labels, {}, seed=0, at_random=at_random))

    assert held_out > set(at_random)
    assert len(held_out) == 10


def test_once_enough_random_images_are_held_out_only_random_images_join() -> None:
    known = dict.fromkeys(images_of("cat", ENOUGH_AT_RANDOM), True)
    chosen, drawn = images_of("dog", 900), images_of("emu", 50)

    is_held_out = assign_holdout(
        dict.fromkeys(known, "cat") | chosen | drawn, known, seed=0, at_random=[*known, *drawn]
    )

    assert held_out_of(is_held_out) < drawn.keys()
    assert len(held_out_of(is_held_out)) == 50 - 4


def test_one_too_few_held_out_at_random_and_classes_are_held_out_as_before() -> None:
    known = dict.fromkeys(images_of("cat", ENOUGH_AT_RANDOM - 1), True)
    chosen = images_of("dog", 100)

    is_held_out = assign_holdout(dict.fromkeys(known, "cat") | chosen, known, seed=0, at_random=known)

    assert len(held_out_of(is_held_out)) == 20


def test_at_most_a_fifth_of_all_images_is_held_out() -> None:
    known = dict.fromkeys(images_of("cat", ENOUGH_AT_RANDOM), True)
    drawn = images_of("dog", 900)

    is_held_out = assign_holdout(dict.fromkeys(known, "cat") | drawn, known, seed=0, at_random=[*known, *drawn])

    assert len(held_out_of(is_held_out)) == 100


def test_images_held_out_at_random_keep_the_class_frequencies() -> None:
    known = dict.fromkeys(images_of("cat", ENOUGH_AT_RANDOM), True)
    drawn = images_of("dog", 1_500) | images_of("emu", 500)

    is_held_out = assign_holdout(dict.fromkeys(known, "cat") | drawn, known, seed=0, at_random=[*known, *drawn])

    held_out = held_out_of(is_held_out)
    assert len([image for image in held_out if drawn[image] == "emu"]) / len(held_out) == pytest.approx(0.25, abs=0.06)
