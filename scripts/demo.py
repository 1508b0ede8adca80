"""Runs the whole loop over HTTP without a person and prints accuracy per number of labels bought.

The images are scikit-learn's handwritten digits: 1,797 real scans of 10 classes that come with a package Margin
needs anyway, so nothing is downloaded and nobody has to be root. Two projects get the same images, of which none has
a label. One buys labels in the order of Margin's ranking, from the first label on, the other at random; after each
round both are judged on the same other images.
"""

import argparse
import contextlib
import io
import time
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
from PIL import Image
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sklearn.datasets import load_digits

from scripts.temporary_margin import margin_at, wait_for_job

UPLOAD_BATCH = 128
# Side of the pictures sent, smoothly enlarged from 8 x 8.
ENLARGED = 64


@dataclass(frozen=True, kw_only=True)
class Digit:
    """One scan as a PNG file, and what it shows."""

    content: bytes
    label: str


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """How well a project's current version does after so many labels."""

    strategy: str
    labels: int
    accuracy: float


def main() -> None:
    """Run the demo and print its table."""
    arguments = parse_arguments()
    console = Console()
    pool, test = load_images(arguments.pool, arguments.test, seed=arguments.seed)
    with contextlib.ExitStack() as stack:
        with console.status("starting Margin"):
            url = stack.enter_context(margin_at(arguments.url))
        client = stack.enter_context(httpx.Client(base_url=url, timeout=120))
        started = time.monotonic()
        judgements = run(client, console, pool, test, arguments)
        console.print(table(judgements, classes=len({digit.label for digit in pool})))
        console.print(
            f"{len(pool)} images in the pool, judged on {len(test)} others, {time.monotonic() - started:.0f} s"
        )


def parse_arguments() -> argparse.Namespace:
    """The command line of the demo."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a running Margin; one is started on an empty folder when left out")
    parser.add_argument("--strategy", default="auto", help="what to compare with random (default: auto)")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--first-labels", type=int, default=40, help="labels to buy before the first training")
    parser.add_argument("--labels-per-round", type=int, default=20)
    parser.add_argument("--pool", type=int, default=1197, help="images that labels may be bought for")
    parser.add_argument("--test", type=int, default=600, help="other images that judge")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def load_images(pool: int, test: int, *, seed: int) -> tuple[list[Digit], list[Digit]]:
    """Real scans in random order: those of the pool, and others to judge by."""
    digits = load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.target))
    if pool + test > len(order):
        raise SystemExit(f"there are {len(order)} images: --pool and --test ask for {pool + test}")
    images = [Digit(content=png(digits.images[i]), label=str(digits.target[i])) for i in order]
    return images[:pool], images[pool : pool + test]


def png(scan: np.ndarray[Any, np.dtype[np.float64]]) -> bytes:
    """An 8 x 8 scan with values 0..16 as a PNG file."""
    picture = Image.fromarray((scan * 255 / 16).astype(np.uint8)).resize((ENLARGED, ENLARGED), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def run(
    client: httpx.Client, console: Console, pool: list[Digit], test: list[Digit], arguments: argparse.Namespace
) -> list[Judgement]:
    """Buy labels round by round in both projects."""
    strategies = (arguments.strategy, "random")
    rounds = arguments.rounds * len(strategies)
    judgements = []
    with progress_bar(console) as bar:
        sending = bar.add_task("sending images", total=len(pool) * len(strategies))
        projects = {strategy: create_project(client, strategy, pool, arguments.seed) for strategy in strategies}
        truth: dict[str, str] = {}
        for project in projects.values():
            truth |= send_images(client, project, pool, lambda sent: bar.advance(sending, sent))
        buying = bar.add_task("buying labels", total=rounds)
        for place in range(arguments.rounds):
            for strategy, project in projects.items():
                buy_labels(client, project, truth, arguments.labels_per_round if place else arguments.first_labels)
                train(client, project)
                judgements.append(judge(client, project, strategy, test))
                bar.advance(buying)
    return judgements


def create_project(client: httpx.Client, strategy: str, pool: list[Digit], seed: int) -> str:
    """A project that retrains only when asked; returns its id."""
    project = f"demo-{strategy}-{int(time.time())}"
    body = {
        "id": project,
        "labels": sorted({digit.label for digit in pool}),
        "strategy": strategy,
        "seed": seed,
        "retraining": {"after_annotations": 10**6, "after_seconds": 10**6},
    }
    checked(client.post("/v1/projects", json=body))
    return project


def send_images(client: httpx.Client, project: str, pool: list[Digit], sent: Any) -> dict[str, str]:
    """Send the pool; returns the true label of each image by id."""
    truth: dict[str, str] = {}
    for start in range(0, len(pool), UPLOAD_BATCH):
        batch = pool[start : start + UPLOAD_BATCH]
        answer = checked(client.post(f"/v1/projects/{project}/images", files=as_files(batch)))
        truth |= {item["image"]: digit.label for item, digit in zip(answer["items"], batch, strict=True)}
        wait_for_job(client, answer["job"])
        sent(len(batch))
    return truth


def buy_labels(client: httpx.Client, project: str, truth: dict[str, str], count: int) -> None:
    """Annotate the images that the project's strategy picks together as the next ones."""
    wait_for_job(client, checked(client.post(f"/v1/projects/{project}/rankings", json={"count": count}))["id"])
    ranking = checked(client.get(f"/v1/projects/{project}/rankings/latest", params={"limit": count}))
    for ranked in ranking["images"]:
        body = {"label": truth[ranked["image"]], "annotator": "demo"}
        checked(client.put(f"/v1/projects/{project}/images/{ranked['image']}/annotation", json=body))


def train(client: httpx.Client, project: str) -> None:
    """Train a version, have it answer even where the demo's few held-out images doubt it, and rank the pool with it."""
    job = wait_for_job(client, checked(client.post(f"/v1/projects/{project}/versions"))["id"])
    number = job["result"]["version"]
    wait_for_job(client, checked(client.post(f"/v1/projects/{project}/versions/{number}/promote"))["id"])


def judge(client: httpx.Client, project: str, strategy: str, test: list[Digit]) -> Judgement:
    """Classify images that no label was bought for."""
    right = 0
    for start in range(0, len(test), UPLOAD_BATCH):
        batch = test[start : start + UPLOAD_BATCH]
        answer = checked(client.post(f"/v1/projects/{project}/predict", files=as_files(batch)))
        right += sum(said["label"] == digit.label for said, digit in zip(answer["predictions"], batch, strict=True))
    images = checked(client.get(f"/v1/projects/{project}"))["images"]
    return Judgement(strategy=strategy, labels=images["annotated"], accuracy=right / len(test))


def table(judgements: list[Judgement], *, classes: int) -> Table:
    """Accuracy per number of labels, strategies side by side."""
    strategies = list(dict.fromkeys(judgement.strategy for judgement in judgements))
    shown = Table(title=f"Accuracy on images nobody labeled, {classes} classes (chance {1 / classes:.0%})")
    shown.add_column("labels", justify="right")
    for strategy in strategies:
        shown.add_column(f"by {strategy}" if strategy != "random" else "at random", justify="right")
    for labels in dict.fromkeys(judgement.labels for judgement in judgements):
        row = {judgement.strategy: judgement for judgement in judgements if judgement.labels == labels}
        shown.add_row(str(labels), *(f"{row[s].accuracy:.1%}" if s in row else "" for s in strategies))
    return shown


def progress_bar(console: Console) -> Progress:
    """Description, bar, count and time."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def as_files(batch: list[Digit]) -> list[tuple[str, tuple[str, bytes, str]]]:
    """A batch as the files of a multipart request."""
    return [("files", (f"{i}.png", digit.content, "image/png")) for i, digit in enumerate(batch)]


def checked(response: httpx.Response) -> dict[str, Any]:
    """The JSON of a good answer; a bad one ends the demo with what it said."""
    if not response.is_success:
        raise SystemExit(f"{response.request.method} {response.request.url.path}: {response.text}")
    answer: dict[str, Any] = response.json()
    return answer


if __name__ == "__main__":
    main()
