"""Trains the tiny CLIP of the tests on Fashion-MNIST, so that the tests need neither a download nor a big file."""

import argparse
import gzip
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor
from torchvision.transforms.v2 import functional as transforms

CLASSES = ("t-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
TEMPLATES = (
    "{}",
    "a {}",
    "a photo of a {}",
    "a picture of a {}",
    "an image of a {}",
    "a photo of one {}",
    "a grey photo of a {}",
    "this is a {}",
)
IMAGE_SIZE = 32
LEARNING_RATE = 2e-3
MODEL_CONFIG: dict[str, Any] = {
    "embed_dim": 64,
    "vision_cfg": {"image_size": IMAGE_SIZE, "layers": 4, "width": 128, "head_width": 32, "patch_size": 8},
    # A narrow text side, because open_clip's vocabulary of 49,408 words takes up almost the whole file.
    "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}
PREPROCESS_CONFIG: dict[str, Any] = {
    "size": IMAGE_SIZE,
    "mean": [0.286, 0.286, 0.286],
    "std": [0.353, 0.353, 0.353],
    "interpolation": "bicubic",
    "resize_mode": "shortest",
}


@dataclass(frozen=True, kw_only=True)
class Split:
    """Images (images, 28, 28) uint8 and their classes (images,)."""

    images: NDArray[np.uint8]
    classes: NDArray[np.int64]


def main() -> None:
    """Train, measure the accuracy on the test images, and write the folders that the tests read."""
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    # Vanishing gradients become denormal numbers, on which a processor is many times slower.
    torch.set_flush_denormal(True)
    torch.manual_seed(arguments.seed)
    held_out = _read_split(arguments.dataset, "t10k")
    clip = _train(_read_split(arguments.dataset, "train"), epochs=arguments.epochs, batch_size=arguments.batch_size)
    # Measured in half precision, as it is saved.
    clip = clip.half().float().eval()
    print(f"zero-shot accuracy on {len(held_out.classes):,} held-out images: {_accuracy(clip, held_out):.4f}")
    _save(clip, arguments.output)
    _save_examples(held_out, arguments.examples, per_class=arguments.examples_per_class)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--dataset", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--output", type=Path, default=Path("tests/fixtures/tiny-clip"))
    parser.add_argument("--examples", type=Path, default=Path("tests/fixtures/fashion"))
    parser.add_argument("--examples-per-class", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _read_split(folder: Path, name: str) -> Split:
    images = gzip.decompress((folder / f"{name}-images-idx3-ubyte.gz").read_bytes())
    classes = gzip.decompress((folder / f"{name}-labels-idx1-ubyte.gz").read_bytes())
    return Split(
        images=np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28).copy(),
        classes=np.frombuffer(classes, np.uint8, offset=8).astype(np.int64),
    )


def _train(split: Split, *, epochs: int, batch_size: int) -> Any:
    images, classes = _normalised(split.images), torch.from_numpy(split.classes)
    clip = open_clip.CLIP(**MODEL_CONFIG)
    optimizer = torch.optim.AdamW(clip.parameters(), lr=LEARNING_RATE, weight_decay=0.05)
    steps = math.ceil(len(classes) / batch_size) * epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=LEARNING_RATE, total_steps=steps)
    training = _Training(clip=clip, optimizer=optimizer, schedule=schedule, captions=_captions())
    started = time.monotonic()
    for epoch in range(epochs):
        losses = [training.step(images[chosen], classes[chosen]) for chosen in _batches(len(classes), batch_size)]
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f} after {time.monotonic() - started:.0f} s", flush=True)
    return clip


@dataclass(frozen=True, kw_only=True)
class _Training:
    clip: Any
    optimizer: Any
    schedule: Any
    captions: Tensor

    def step(self, images: Tensor, classes: Tensor) -> float:
        """Pull each image towards a caption of its class and away from captions of the other classes."""
        template = int(torch.randint(len(TEMPLATES), ()))
        image_embeddings = self.clip.encode_image(_augmented(images), normalize=True)
        text_embeddings = self.clip.encode_text(self.captions[template], normalize=True)
        logits = self.clip.logit_scale.exp() * image_embeddings @ text_embeddings.T
        loss = torch.nn.functional.cross_entropy(logits, classes)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        self.schedule.step()
        return loss.item()


def _batches(count: int, batch_size: int) -> tuple[Tensor, ...]:
    return torch.split(torch.randperm(count), batch_size)


def _captions() -> Tensor:
    """Token ids (templates, classes, context length)."""
    tokenize = open_clip.SimpleTokenizer(context_length=MODEL_CONFIG["text_cfg"]["context_length"])
    tokens: list[Tensor] = [tokenize([template.format(name) for name in CLASSES]) for template in TEMPLATES]
    return torch.stack(tokens)


def _normalised(images: NDArray[np.uint8]) -> Tensor:
    """Resize and scale as in PREPROCESS_CONFIG, (images, 1, size, size) float32."""
    resized: Tensor = transforms.resize(
        torch.from_numpy(images)[:, None],
        [IMAGE_SIZE, IMAGE_SIZE],
        interpolation=transforms.InterpolationMode.BICUBIC,
        antialias=True,
    )
    normalised: Tensor = (resized.float() / 255 - PREPROCESS_CONFIG["mean"][0]) / PREPROCESS_CONFIG["std"][0]
    return normalised


def _augmented(images: Tensor) -> Tensor:
    """Shift and mirror a batch, and repeat its grey channel, (images, 3, size, size)."""
    down, right = (int(shift) for shift in torch.randint(-2, 3, (2,)))
    shifted = images.roll((down, right), (2, 3))
    mirrored = torch.rand(len(images)) < 0.5  # noqa: PLR2004 - half of them
    shifted[mirrored] = shifted[mirrored].flip(3)
    return shifted.expand(-1, 3, -1, -1)


@torch.inference_mode()
def _accuracy(clip: Any, split: Split) -> float:
    texts = clip.encode_text(_captions()[TEMPLATES.index("a photo of a {}")], normalize=True)
    batches = torch.split(_normalised(split.images), 1000)
    guesses = torch.cat([(clip.encode_image(b.expand(-1, 3, -1, -1)) @ texts.T).argmax(1) for b in batches])
    return float((guesses.numpy() == split.classes).mean())


def _save(clip: Any, folder: Path) -> None:
    """Write the local-dir layout of open_clip."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"model_cfg": MODEL_CONFIG, "preprocess_cfg": PREPROCESS_CONFIG}
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    tensors = {name: tensor.half().contiguous() for name, tensor in clip.state_dict().items()}
    save_file(tensors, folder / "open_clip_model.safetensors")


def _save_examples(split: Split, folder: Path, *, per_class: int) -> None:
    """Write the first held-out images of each class, with the class in the file's name."""
    folder.mkdir(parents=True, exist_ok=True)
    for index, name in enumerate(CLASSES):
        for number, image in enumerate(split.images[split.classes == index][:per_class]):
            Image.fromarray(image).save(folder / f"{name.replace(' ', '_')}-{number}.png")


if __name__ == "__main__":
    main()
