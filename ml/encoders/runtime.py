"""Runs the network of an encoder: compiled by OpenVINO on a CPU, with torch on a GPU."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ml.encoders.base import Execution, Precision
from ml.encoders.silent_openvino import FrontEndManager, OpConversionFailure, TorchScriptPythonDecoder, openvino
from ml.errors import EncoderUnavailable
from ml.types import Embeddings
from ml.warnings_filter import without_warnings

# On a CPU larger batches are not faster, and take more memory.
LARGEST_CHUNK = 8

Run = Callable[[NDArray[np.uint8]], Embeddings]


@dataclass(frozen=True, kw_only=True)
class Normalisation:
    """Mean and standard deviation of each channel, on the scale of 0..255."""

    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]

    @classmethod
    def on_unit_range(cls, mean: Sequence[float], deviation: Sequence[float]) -> Self:
        """Convert from the scale of 0..1, which libraries use."""
        return cls(mean=_on_255(mean), deviation=_on_255(deviation))


def _on_255(channels: Sequence[float]) -> tuple[float, float, float]:
    red, green, blue = (float(value) * 255 for value in channels)
    return (red, green, blue)


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """A compiled network: (images, 3, height, width) uint8 in, (images, dimension) L2-normalised rows out.

    On a CPU the embedding of an image is the same, bit for bit, in any batch.
    """

    dimension: int
    run: Run

    def __call__(self, batch: NDArray[np.uint8]) -> Embeddings:
        chunks = [self.run(batch[start : start + LARGEST_CHUNK]) for start in range(0, len(batch), LARGEST_CHUNK)]
        return np.concatenate(chunks) if chunks else self.no_embeddings()

    def no_embeddings(self) -> Embeddings:
        """Return an array of shape (0, dimension), the result for no images or texts."""
        return np.empty((0, self.dimension), dtype=np.float32)


def prepare_runtime(
    network: nn.Module, normalisation: Normalisation, *, height: int, width: int, execution: Execution
) -> Runtime:
    """Compile the network together with its normalisation; embeddings are float32 at any precision.

    Raises: EncoderUnavailable: there is no such device, it does not support the precision, or cannot run the network.
    """
    embedder = NormalisedNetwork(network, normalisation).eval().requires_grad_(requires_grad=False)
    example = torch.zeros((2, 3, height, width), dtype=torch.uint8)
    run = _on_cpu(embedder, example, execution) if execution.device == "cpu" else _on_gpu(embedder, execution)
    images, *dimensions = run(example.numpy()).shape
    if images != len(example) or len(dimensions) != 1:
        raise EncoderUnavailable(f"The network gives an image {dimensions} numbers: expected one row per image.")
    return Runtime(dimension=dimensions[0], run=run)


def computes_in_bf16() -> bool:
    """Return True if this processor computes in bf16; without it, embeddings of the same identity would differ."""
    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class NormalisedNetwork(nn.Module):
    """Adds normalisation to a network: uint8 images in, L2-normalised features out."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, network: nn.Module, normalisation: Normalisation) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(normalisation.mean).reshape(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(normalisation.deviation).reshape(1, 3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.network((images.to(torch.float32) - self.mean) / self.deviation)
        return nn.functional.normalize(features.to(torch.float32), dim=-1)


# OpenVINO's names. Without this option it computes in bf16 on processors that support it.
_HINTS: Mapping[Precision, str] = {"fp32": "f32", "bf16": "bf16"}


def _on_cpu(embedder: nn.Module, example: Tensor, execution: Execution) -> Run:
    if execution.precision == "bf16" and not computes_in_bf16():
        raise EncoderUnavailable("This processor does not compute in bf16: set the encoders' precision to fp32.")
    options: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": _HINTS[execution.precision],
        "PERFORMANCE_HINT": "LATENCY",
    }
    if execution.threads:
        options["INFERENCE_NUM_THREADS"] = execution.threads
    compiled = openvino.Core().compile_model(_graph(embedder, example), "CPU", options)

    def run(batch: NDArray[np.uint8]) -> Embeddings:
        embeddings: Embeddings = compiled(np.ascontiguousarray(batch))[0]
        return embeddings

    return run


def _graph(embedder: nn.Module, example: Tensor) -> openvino.Model:
    """Convert the traced network with OpenVINO's front end.

    `openvino.convert_model` is not used, because it reports each use to Google Analytics. `torch.export` is not used,
    because it takes ten times as long.
    """
    front_end = FrontEndManager().load_by_framework("pytorch")
    # In a variable, because the front end does not keep the decoder alive.
    decoder = TorchScriptPythonDecoder(_trace(embedder, example))
    try:
        graph = front_end.convert(front_end.load(decoder))
    except OpConversionFailure as error:
        raise EncoderUnavailable("OpenVINO cannot run this network on a CPU: choose another one, or a GPU.") from error
    graph.reshape([-1, *example.shape[1:]])
    return graph


def _trace(embedder: nn.Module, example: Tensor) -> torch.jit.ScriptModule:
    # torch's fused attention is one opaque operation that no other runtime supports.
    fast_path = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(value=False)
    try:
        with torch.inference_mode(), without_warnings():
            traced: torch.jit.ScriptModule = torch.jit.trace(  # type: ignore[no-untyped-call]
                embedder, example, check_trace=False
            )
    finally:
        torch.backends.mha.set_fastpath_enabled(value=fast_path)
    return traced


def _on_gpu(embedder: nn.Module, execution: Execution) -> Run:
    """Run plain torch on a GPU. Written without a GPU: never run so far."""
    device = execution.device
    if not torch.cuda.is_available():
        raise EncoderUnavailable(f"torch finds no GPU for device {device!r}; set the device to cpu.")
    embedder.to(device)

    @torch.inference_mode()
    def run(batch: NDArray[np.uint8]) -> Embeddings:
        # TF32 keeps only 10 bits of the mantissa: embeddings would not match those computed on a CPU.
        with torch.backends.cudnn.flags(allow_tf32=False), _autocast(device, execution.precision):
            embeddings: Embeddings = embedder(torch.from_numpy(batch).to(device)).cpu().numpy()
        return embeddings

    return run


def _autocast(device: str, precision: Precision) -> AbstractContextManager[object]:
    return torch.autocast(torch.device(device).type, dtype=torch.bfloat16) if precision == "bf16" else nullcontext()
