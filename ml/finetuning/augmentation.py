"""Augments training images: random changes that keep the label."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torchvision.transforms import v2

from ml.finetuning.options import Augmentation

# (images, 3, height, width) uint8 in and out.
Augment = Callable[[Tensor], Tensor]


def augmentation_of(options: Augmentation, *, fill: tuple[float, float, float]) -> Augment:
    """Build the augmentation: uniform random changes within the bounds, drawn per image from torch's global generator.

    Args: fill: colour of the area outside the image: the mean of the network's images, which it sees as 0.
    """
    steps = [*_geometric(options, fill), *_colour(options)]
    if not steps:
        return lambda images: images
    change = v2.Compose(steps)
    return lambda images: torch.stack([change(image) for image in images])


def _geometric(options: Augmentation, fill: tuple[float, float, float]) -> list[nn.Module]:
    steps: list[nn.Module] = [v2.RandomHorizontalFlip()] if options.flip else []
    if options.shift or options.scale or options.rotation_degrees:
        affine = v2.RandomAffine(
            options.rotation_degrees,
            translate=(options.shift, options.shift),
            scale=(1 - options.scale, 1 + options.scale),
            interpolation=v2.InterpolationMode.BILINEAR,
            fill=list(fill),
        )
        steps.append(affine)
    return steps


def _colour(options: Augmentation) -> list[nn.Module]:
    if not (options.brightness or options.contrast or options.saturation or options.hue):
        return []
    return [
        v2.ColorJitter(
            brightness=options.brightness, contrast=options.contrast, saturation=options.saturation, hue=options.hue
        )
    ]
