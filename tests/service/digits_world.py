"""A project of noisy digits whose encoder is a small network of timm's, which can be fine-tuned in a second."""

from typing import Any

import numpy as np

from ml.encoders.base import Execution
from ml.encoders.frozen import Network, freeze
from service.domain.job import JobKind
from service.domain.projects.project import Label
from tests.ml.noisy_digits import LABELS, noisy_digits
from tests.ml.tiny_networks import tiny_network
from tests.service.assembled import World, png
from tests.service.colour_encoder import NAME

LABELED = 125
# So many of the labeled ones are held out.
HELD_OUT = 27
# The last one is in the pool.
DIGITS = noisy_digits(LABELED + 1)
# Options with which it gets better within seconds.
OPTIONS: dict[str, Any] = {
    "blocks": 3,
    "epochs": 4,
    "batch_size": 16,
    "learning_rate": 3e-4,
    "augmentation": {"flip": False, "shift": 0.05, "scale": 0.05, "rotation_degrees": 5, "hue": 0, "saturation": 0},
}


def digits_world(*, labeled: int = LABELED) -> World:
    """A version of the network as it is answers; nothing waits."""
    world = World(encoders={NAME: freeze(_network(), Execution(threads=1))})
    world.networks[NAME] = _network
    world.add_project(labels=tuple(Label(name=name) for name in LABELS))
    for row, image_id in enumerate(world.upload(*(digit(row) for row in range(labeled)))):
        world.annotate(image_id, digit_of(row))
    world.upload(digit(LABELED))
    world.train()
    world.drop(*JobKind)
    return world


def digit(row: int) -> bytes:
    """One digit as an image file."""
    return png(np.ascontiguousarray(DIGITS.images[row].transpose(1, 2, 0)))


def digit_of(row: int) -> str:
    """What it truly is."""
    return LABELS[int(DIGITS.targets[row].argmax())]


def _network() -> Network:
    return tiny_network("test_convnext", name=NAME)
