"""Measures how long the classification of one image takes over HTTP: new and known images, by one and eight clients."""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from uuid import uuid4

import httpx
import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images

from benchmarks._times import Timed, print_times
from scripts.temporary_margin import margin_at, wait_for_job

LABELS = ("temple", "flower")
TRAINING_IMAGES = 24
SIDE = 400
CLIENTS = (1, 8)


def main() -> None:
    """Train a project on pieces of two sample photos of scikit-learn, then classify other pieces."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--url", help="address of a running Margin without Basic auth (default: start one)")
    parser.add_argument("--requests", type=int, default=200, help="requests per row of the table")
    arguments = parser.parse_args()
    pieces = _pieces()
    with margin_at(arguments.url) as url, httpx.Client(base_url=url, timeout=120, trust_env=False) as client:
        path = train_project(client, pieces)
        measured = []
        for clients in CLIENTS:
            files = [next(pieces)[1] for _ in range(arguments.requests)]
            for kind in ("new", "known"):
                measured.append(ask(url, path, files, clients=clients, name=f"{kind}, {clients} at a time"))
        client.delete(path.removesuffix("/predict")).raise_for_status()
    print_times(f"POST /predict, one JPEG of {SIDE} x {SIDE} pixels each", measured)


def train_project(client: httpx.Client, pieces: Iterator[tuple[str, bytes]]) -> str:
    """Create and train a project. Returns: the path of its predictions."""
    project = f"benchmark-{uuid4().hex[:8]}"
    client.post("/v1/projects", json={"id": project, "labels": LABELS}).raise_for_status()
    labeled = [next(pieces) for _ in range(TRAINING_IMAGES)]
    files = [("files", (f"{place}.jpg", jpeg, "image/jpeg")) for place, (_, jpeg) in enumerate(labeled)]
    labels = {"labels": [label for label, _ in labeled]}
    client.post(f"/v1/projects/{project}/images", files=files, data=labels).raise_for_status()
    wait_for_job(client, client.post(f"/v1/projects/{project}/versions").raise_for_status().json()["id"])
    return f"/v1/projects/{project}/predict"


def ask(url: str, path: str, files: list[bytes], *, clients: int, name: str) -> Timed:
    """Classify the files, one per request, with this many clients at once, each on its own open connection."""
    limits = httpx.Limits(max_connections=clients)
    with (
        httpx.Client(base_url=url, timeout=120, trust_env=False, limits=limits) as client,
        ThreadPoolExecutor(clients) as pool,
    ):
        begun = time.perf_counter()
        seconds = list(pool.map(partial(_classify, client, path), files))
        took = time.perf_counter() - begun
    return Timed(name=name, seconds=seconds, took=took)


def _classify(client: httpx.Client, path: str, jpeg: bytes) -> float:
    started = time.perf_counter()
    answer = client.post(path, files={"files": ("image.jpg", jpeg, "image/jpeg")}).raise_for_status().json()
    took = time.perf_counter() - started
    assert answer["predictions"][0]["label"] in LABELS, answer
    return took


def _pieces() -> Iterator[tuple[str, bytes]]:
    """Yield labeled pieces of real photos without end, no two alike, as JPEG."""
    photos = load_sample_images().images
    rng = np.random.default_rng()
    while True:
        for label, photo in zip(LABELS, photos, strict=True):
            top, left = (int(rng.integers(0, length - SIDE)) for length in photo.shape[:2])
            file = BytesIO()
            piece = Image.fromarray(photo[top : top + SIDE, left : left + SIDE])
            # A unique corner pixel makes each piece a new image, although two pieces may coincide.
            piece.putpixel((0, 0), tuple(int(value) for value in rng.integers(0, 256, 3)))
            piece.save(file, "JPEG", quality=90)
            yield label, file.getvalue()


if __name__ == "__main__":
    main()
