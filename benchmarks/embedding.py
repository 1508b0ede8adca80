"""Measures how many images per second are embedded: our pipeline, a plain loop, and each part of the pipeline alone."""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import timm
import torch
from numpy.typing import NDArray
from PIL import Image

from ml.encoders.base import Encoder
from ml.encoders.embedding import embed_images
from ml.encoders.registry import load_encoder
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits

LIMITS = ImageLimits()
# The reference, always of efficientnet-lite0, whichever encoder is measured.
SLOWEST = "one by one, Pillow and torch"


def main() -> None:
    """Measure in interleaved rounds: on a shared machine only ratios within one run are reliable."""
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    files = _read_folder(arguments.images, arguments.count) if arguments.images else _generated(arguments)
    exact = load_encoder(arguments.encoder, threads=arguments.threads)
    ways = _ways(exact, files, arguments.decode_threads)
    if arguments.bf16:
        fast = load_encoder(arguments.encoder, threads=arguments.threads, precision="bf16")
        ways |= {f"{name}, bf16": way for name, way in _encoding_ways(fast, files, arguments.decode_threads).items()}
        print(f"mean cosine of bf16 to fp32: {_mean_cosine(exact, fast, files):.5f}")
    costs: dict[str, list[_Cost]] = {name: [] for name in ways}
    for _ in range(arguments.rounds):
        for name, way in ways.items():
            costs[name].append(_measured(way))
    _print_table(len(files), costs)


@dataclass(frozen=True, kw_only=True)
class _Cost:
    """The cost of one round; other programs on the machine disturb the processor time least."""

    seconds: float
    processor_seconds: float


def _measured(way: Callable[[], object]) -> _Cost:
    started, processor_started = time.perf_counter(), time.process_time()
    way()
    return _Cost(seconds=time.perf_counter() - started, processor_seconds=time.process_time() - processor_started)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--images", type=Path, help="folder of image files (default: generated photos)")
    parser.add_argument("--count", type=int, default=256, help="images per round")
    parser.add_argument("--width", type=int, default=300, help="width of generated photos, in pixels")
    parser.add_argument("--height", type=int, default=260, help="height of generated photos, in pixels")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2, help="threads of the encoder and of torch")
    parser.add_argument("--decode-threads", type=int, default=1)
    parser.add_argument("--encoder", default="efficientnet-lite0")
    parser.add_argument("--bf16", action="store_true", help="measure the encoder in bf16 too")
    return parser.parse_args()


def _read_folder(folder: Path, count: int) -> list[tuple[str, bytes]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path), path.read_bytes()) for path in paths[:: max(1, len(paths) // count)][:count]]


def _generated(arguments: argparse.Namespace) -> list[tuple[str, bytes]]:
    """Generate smooth random pictures with some noise; they compress about as well as photos."""
    rng = np.random.default_rng(0)
    return [(str(i), _photo(rng, arguments.width, arguments.height)) for i in range(arguments.count)]


def _photo(rng: np.random.Generator, width: int, height: int) -> bytes:
    coarse = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize((width, height))
    noisy = np.asarray(coarse) + rng.normal(0, 8, (height, width, 3))
    buffer = BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _ways(encoder: Encoder, files: list[tuple[str, bytes]], decode_threads: int) -> dict[str, Callable[[], object]]:
    network = _eager_network()
    return {
        SLOWEST: lambda: [_plain(network, content) for _, content in files],
        **_encoding_ways(encoder, files, decode_threads),
        "limit: decoding only, one thread": lambda: [encoder.prepare(decode_image(c, LIMITS)) for _, c in files],
    }


def _encoding_ways(
    encoder: Encoder, files: list[tuple[str, bytes]], decode_threads: int
) -> dict[str, Callable[[], object]]:
    ready = _prepared(encoder, files[:8])
    return {
        "our pipeline": lambda: list(embed_images(encoder, files, LIMITS, decode_threads=decode_threads)),
        "limit: encoding only": lambda: [encoder.encode(ready) for _ in range(len(files) // len(ready))],
    }


def _prepared(encoder: Encoder, files: list[tuple[str, bytes]]) -> NDArray[np.uint8]:
    return np.stack([encoder.prepare(decode_image(content, LIMITS)) for _, content in files])


def _mean_cosine(exact: Encoder, fast: Encoder, files: list[tuple[str, bytes]]) -> float:
    prepared = _prepared(exact, files)
    return float((exact.encode(prepared) * fast.encode(prepared)).sum(axis=1).mean())


def _eager_network() -> Any:
    """Make a network of the same shape; the weights do not change the speed."""
    return timm.create_model("tf_efficientnet_lite0", pretrained=False, num_classes=0).eval()


def _plain(network: Any, content: bytes) -> NDArray[np.float32]:
    """Embed an image as a first version of a program would."""
    image = Image.open(BytesIO(content)).convert("RGB")
    scale = 256 / min(image.size)
    resized = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    left, top = (resized.width - 224) // 2, (resized.height - 224) // 2
    pixels = np.asarray(resized.crop((left, top, left + 224, top + 224)))
    with torch.inference_mode():
        batch = (torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() - 127) / 128
        features: NDArray[np.float32] = network(batch).numpy()
    return features


def _print_table(images: int, costs: dict[str, list[_Cost]]) -> None:
    slowest = images / median(cost.seconds for cost in costs[SLOWEST])
    print(f"{'':34} {'images/s':>9} {'relative':>9} {'images/CPU-s':>13}")
    for name, rounds in costs.items():
        rate = images / median(cost.seconds for cost in rounds)
        frugality = images / median(cost.processor_seconds for cost in rounds)
        print(f"{name:34} {rate:9.1f} {rate / slowest:8.2f}x {frugality:13.1f}")


if __name__ == "__main__":
    main()
