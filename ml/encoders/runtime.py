"""Runs an encoder's network as fast as the machine allows: OpenVINO on a CPU, torch on a GPU."""

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

# On a CPU larger batches are not faster and take more memory.
LARGEST_CHUNK = 8

Run = Callable[[NDArray[np.uint8]], Embeddings]


@dataclass(frozen=True, kw_only=True)
class Normalisation:
    """What is taken off each channel and what it is then divided by, on the scale of 0..255."""

    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]

    @classmethod
    def on_unit_range(cls, mean: Sequence[float], deviation: Sequence[float]) -> Self:
        """From numbers on the scale of 0..1, as libraries give them."""
        return cls(mean=_on_255(mean), deviation=_on_255(deviation))


def _on_255(channels: Sequence[float]) -> tuple[float, float, float]:
    red, green, blue = (float(value) * 255 for value in channels)
    return (red, green, blue)


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """A network ready to run: (images, 3, height, width) uint8 in, (images, dimension) unit rows out.

    On a CPU the rows of one image are the same bits whatever else is in the batch.
    """

    dimension: int
    run: Run

    def __call__(self, batch: NDArray[np.uint8]) -> Embeddings:
        chunks = [self.run(batch[start : start + LARGEST_CHUNK]) for start in range(0, len(batch), LARGEST_CHUNK)]
        return np.concatenate(chunks) if chunks else self.no_embeddings()

    def no_embeddings(self) -> Embeddings:
        """(0, dimension), for no images or texts."""
        return np.empty((0, self.dimension), dtype=np.float32)


def prepare_runtime(
    network: nn.Module, normalisation: Normalisation, *, height: int, width: int, execution: Execution
) -> Runtime:
    """Compile the network with the normalisation inside; what comes out is float32 at any precision.

    Raises: EncoderUnavailable: no such device, or one that does not know the precision.
    """
    embedder = NormalisedNetwork(network, normalisation).eval().requires_grad_(requires_grad=False)
    example = torch.zeros((2, 3, height, width), dtype=torch.uint8)
    run = _on_cpu(embedder, example, execution) if execution.device == "cpu" else _on_gpu(embedder, execution)
    images, *dimensions = run(example.numpy()).shape
    if images != len(example) or len(dimensions) != 1:
        raise EncoderUnavailable(f"The network gives an image {dimensions} numbers: one row was expected.")
    return Runtime(dimension=dimensions[0], run=run)


def computes_in_bf16() -> bool:
    """Whether this machine's processor does; those without would compute something else under the same name."""
    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class NormalisedNetwork(nn.Module):
    """uint8 images in, L2-normalised features out."""

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


# As OpenVINO calls them. Without a word from us it computes in bf16 on processors that can.
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
    """Read the traced network with OpenVINO's front end.

    Not with `openvino.convert_model`, which reports each use to Google Analytics, and not from `torch.export`, which
    takes ten times as long.
    """
    front_end = FrontEndManager().load_by_framework("pytorch")
    # Named, because the front end does not keep the decoder alive.
    decoder = TorchScriptPythonDecoder(_trace(embedder, example))
    try:
        graph = front_end.convert(front_end.load(decoder))
    except OpConversionFailure as error:
        raise EncoderUnavailable("OpenVINO cannot run this network on a CPU: choose another one, or a GPU.") from error
    graph.reshape([-1, *example.shape[1:]])
    return graph


def _trace(embedder: nn.Module, example: Tensor) -> torch.jit.ScriptModule:
    # torch's fused attention is one opaque operation that no other runtime knows.
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
    """Run plain torch on a GPU. Written without one at hand: never run so far."""
    device = execution.device
    if not torch.cuda.is_available():
        raise EncoderUnavailable(f"torch finds no GPU for device {device!r}; set the device to cpu.")
    embedder.to(device)

    @torch.inference_mode()
    def run(batch: NDArray[np.uint8]) -> Embeddings:
        # TF32 keeps 10 bits of the mantissa only: embeddings would not compare with those made on a CPU.
        with torch.backends.cudnn.flags(allow_tf32=False), _autocast(device, execution.precision):
            embeddings: Embeddings = embedder(torch.from_numpy(batch).to(device)).cpu().numpy()
        return embeddings

    return run


def _autocast(device: str, precision: Precision) -> AbstractContextManager[object]:
    return torch.autocast(torch.device(device).type, dtype=torch.bfloat16) if precision == "bf16" else nullcontext()
