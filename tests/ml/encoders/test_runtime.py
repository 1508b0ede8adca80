"""Tests running a network: its normalisation, its precision, and errors if it cannot run."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ml.encoders.base import Execution
from ml.encoders.runtime import Normalisation, Runtime, computes_in_bf16, prepare_runtime
from ml.errors import EncoderUnavailable

PLAIN = Normalisation(mean=(0.0, 0.0, 0.0), deviation=(255.0, 255.0, 255.0))


def _runtime(network: nn.Module, normalisation: Normalisation = PLAIN, **execution: str) -> Runtime:
    return prepare_runtime(network, normalisation, height=4, width=4, execution=Execution(**execution))  # type: ignore[arg-type]


def _images() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (5, 3, 4, 4), dtype=np.uint8)


def test_runtime_normalises_runs_and_scales_to_unit_length() -> None:
    pooled = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    runtime = _runtime(pooled, Normalisation(mean=(10.0, 20.0, 30.0), deviation=(2.0, 4.0, 8.0)))
    image = np.stack([np.full((4, 4), value, dtype=np.uint8) for value in (16, 36, 30)])

    embedding = runtime(image[np.newaxis])[0]

    # (16 - 10) / 2 = 3, (36 - 20) / 4 = 4, (30 - 30) / 8 = 0
    np.testing.assert_allclose(embedding, [0.6, 0.8, 0.0], atol=1e-6)


def test_numbers_on_the_unit_range_become_numbers_on_255() -> None:
    normalisation = Normalisation.on_unit_range(mean=(0.5, 0.25, 0.0), deviation=(0.2, 0.4, 1.0))

    assert normalisation == Normalisation(mean=(127.5, 63.75, 0.0), deviation=(51.0, 102.0, 255.0))


def test_bf16_is_near_to_exact_and_of_unit_length_or_refused_where_the_processor_lacks_it() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 64, 3), nn.ReLU(), nn.Flatten(), nn.Linear(256, 32))
    if not computes_in_bf16():
        with pytest.raises(EncoderUnavailable, match="fp32"):
            _runtime(network, precision="bf16")
        return

    exact, fast = _runtime(network)(_images()), _runtime(network, precision="bf16")(_images())

    assert (exact != fast).any()
    assert (exact * fast).sum(axis=1).min() > 0.999
    np.testing.assert_allclose(np.linalg.norm(fast, axis=1), 1, atol=1e-5)


def test_gpu_that_is_not_there_is_named() -> None:
    with pytest.raises(EncoderUnavailable, match="cuda:99"):
        _runtime(nn.Flatten(), device="cuda:99")


def test_network_that_gives_a_map_instead_of_a_row_is_told() -> None:
    with pytest.raises(EncoderUnavailable, match=r"\[3, 4, 4\] numbers: expected one row"):
        _runtime(nn.Identity())


class _Odd(nn.Module):
    """A network with an operation that only torch supports."""

    def forward(self, images: Tensor) -> Tensor:
        odd: Tensor = torch.special.i1e(images.flatten(1))
        return odd


def test_network_that_openvino_does_not_know_is_told() -> None:
    with pytest.raises(EncoderUnavailable, match="OpenVINO cannot run this network"):
        _runtime(_Odd())
