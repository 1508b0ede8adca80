"""Tests that augmentation changes training images at random, but only within its bounds."""

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from ml.finetuning.augmentation import augmentation_of
from ml.finetuning.options import Augmentation

NOTHING = Augmentation(flip=False, shift=0, scale=0, rotation_degrees=0, brightness=0, contrast=0, saturation=0, hue=0)
FILL = (1.0, 2.0, 3.0)
# A red corner on a background of many colours, so that every change is visible.
ONE = torch.arange(3 * 16 * 16, dtype=torch.int32).remainder(200).reshape(3, 16, 16).to(torch.uint8)
ONE[0, :4, :4] = 255
IMAGES = ONE.repeat(8, 1, 1, 1)


def changed(options: Augmentation, *, seed: int = 0) -> Tensor:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return augmentation_of(options, fill=FILL)(IMAGES)


def test_without_any_nothing_changes() -> None:
    assert changed(NOTHING) is IMAGES


@pytest.mark.parametrize(
    "strength",
    [
        {"flip": True},
        {"shift": 0.2},
        {"scale": 0.3},
        {"rotation_degrees": 20},
        {"brightness": 0.3},
        {"contrast": 0.3},
        {"saturation": 0.3},
        {"hue": 0.1},
    ],
    ids=lambda strength: next(iter(strength)),
)
def test_each_changes_images_alone_and_each_image_in_its_own_way(strength: dict[str, float]) -> None:
    images = changed(NOTHING.model_copy(update=strength))

    assert images.shape == IMAGES.shape
    assert images.dtype == torch.uint8
    assert not torch.equal(images, IMAGES)
    assert len({image.numpy().tobytes() for image in images}) > 1


def test_a_flip_mirrors_some_images_and_leaves_the_others() -> None:
    images = changed(NOTHING.model_copy(update={"flip": True}))

    mirrored = [torch.equal(image, ONE.flip(-1)) for image in images]
    untouched = [torch.equal(image, ONE) for image in images]
    assert any(mirrored)
    assert any(untouched)
    assert all(left or right for left, right in zip(mirrored, untouched, strict=True))


def test_what_comes_in_from_outside_has_the_colour_that_the_network_sees_as_nothing() -> None:
    images = changed(NOTHING.model_copy(update={"shift": 0.5}))

    fill = torch.tensor(FILL, dtype=torch.uint8).reshape(1, 3, 1, 1)
    assert (images == fill).all(dim=1).any()


def test_the_same_draws_change_images_the_same_way() -> None:
    assert torch.equal(changed(Augmentation(), seed=1), changed(Augmentation(), seed=1))
    assert not torch.equal(changed(Augmentation(), seed=1), changed(Augmentation(), seed=2))


@pytest.mark.parametrize("strength", [{"shift": 0.6}, {"scale": -0.1}, {"rotation_degrees": 181}, {"hue": 0.6}])
def test_a_strength_out_of_bounds_is_refused(strength: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=next(iter(strength))):
        Augmentation.model_validate(strength)
