"""Runs the whole loop over HTTP without a person, and prints the accuracy by the number of labels bought.

The images are scikit-learn's handwritten digits: 1,797 real scans of 10 classes. They come with a package that Margin
needs anyway, so nothing is downloaded and no administrator is needed. Two projects get the same images, none of them
labeled. One project buys labels in the order of Margin's ranking, from the first label on; the other buys labels at
random. After each round both are tested on the same other images.
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
# Width and height of the sent pictures, smoothly enlarged from 8 x 8.
ENLARGED = 64


@dataclass(frozen=True, kw_only=True)
class Digit:
    """One scan as a PNG file, and its true label."""

    content: bytes
    label: str


@dataclass(frozen=True, kw_only=True)
class TestResult:
    """The accuracy of a project's current version after a number of labels."""

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
        results = run(client, console, pool, test, arguments)
        console.print(table(results, classes=len({digit.label for digit in pool})))
        console.print(
            f"{len(pool)} images in the pool, tested on {len(test)} others, {time.monotonic() - started:.0f} s"
        )


def parse_arguments() -> argparse.Namespace:
    """Read the command line of the demo."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="address of a running Margin (default: start one on an empty folder)")
    parser.add_argument("--strategy", default="auto", help="strategy to compare with random (default: auto)")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--first-labels", type=int, default=40, help="labels to buy before the first training")
    parser.add_argument("--labels-per-round", type=int, default=20)
    parser.add_argument(
        "--pool", type=int, default=1197, help="number of images in the pool, whose labels may be bought"
    )
    parser.add_argument("--test", type=int, default=600, help="number of other images to test on")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def load_images(pool: int, test: int, *, seed: int) -> tuple[list[Digit], list[Digit]]:
    """Load the real scans in random order: those of the pool, and others to test on."""
    digits = load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.target))
    if pool + test > len(order):
        raise SystemExit(f"there are {len(order)} images, but --pool and --test need {pool + test}")
    images = [Digit(content=png(digits.images[i]), label=str(digits.target[i])) for i in order]
    return images[:pool], images[pool : pool + test]


def png(scan: np.ndarray[Any, np.dtype[np.float64]]) -> bytes:
    """Convert an 8 x 8 scan with values 0..16 to a PNG file."""
    picture = Image.fromarray((scan * 255 / 16).astype(np.uint8)).resize((ENLARGED, ENLARGED), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def run(
    client: httpx.Client, console: Console, pool: list[Digit], test: list[Digit], arguments: argparse.Namespace
) -> list[TestResult]:
    """Buy labels round by round in both projects, and test after each round."""
    strategies = (arguments.strategy, "random")
    rounds = arguments.rounds * len(strategies)
    results = []
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
                results.append(test_version(client, project, strategy, test))
                bar.advance(buying)
    return results


def create_project(client: httpx.Client, strategy: str, pool: list[Digit], seed: int) -> str:
    """Create a project that retrains only on request. Returns: its id."""
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
    """Send the pool. Returns: the true label of each image, by id."""
    truth: dict[str, str] = {}
    for start in range(0, len(pool), UPLOAD_BATCH):
        batch = pool[start : start + UPLOAD_BATCH]
        answer = checked(client.post(f"/v1/projects/{project}/images", files=as_files(batch)))
        truth |= {item["image"]: digit.label for item, digit in zip(answer["items"], batch, strict=True)}
        wait_for_job(client, answer["job"])
        sent(len(batch))
    return truth


def buy_labels(client: httpx.Client, project: str, truth: dict[str, str], count: int) -> None:
    """Annotate the next images that the project's strategy picks together."""
    wait_for_job(client, checked(client.post(f"/v1/projects/{project}/rankings", json={"count": count}))["id"])
    ranking = checked(client.get(f"/v1/projects/{project}/rankings/latest", params={"limit": count}))
    for ranked in ranking["images"]:
        body = {"label": truth[ranked["image"]], "annotator": "demo"}
        checked(client.put(f"/v1/projects/{project}/images/{ranked['image']}/annotation", json=body))


def train(client: httpx.Client, project: str) -> None:
    """Train a version, promote it in any case, since the demo has few held-out images, and rank the pool with it."""
    job = wait_for_job(client, checked(client.post(f"/v1/projects/{project}/versions"))["id"])
    number = job["result"]["version"]
    wait_for_job(client, checked(client.post(f"/v1/projects/{project}/versions/{number}/promote"))["id"])


def test_version(client: httpx.Client, project: str, strategy: str, test: list[Digit]) -> TestResult:
    """Classify the test images, whose labels were not bought."""
    right = 0
    for start in range(0, len(test), UPLOAD_BATCH):
        batch = test[start : start + UPLOAD_BATCH]
        answer = checked(client.post(f"/v1/projects/{project}/predict", files=as_files(batch)))
        right += sum(each["label"] == digit.label for each, digit in zip(answer["predictions"], batch, strict=True))
    images = checked(client.get(f"/v1/projects/{project}"))["images"]
    return TestResult(strategy=strategy, labels=images["annotated"], accuracy=right / len(test))


def table(results: list[TestResult], *, classes: int) -> Table:
    """Show the accuracy by the number of labels, one column per strategy."""
    strategies = list(dict.fromkeys(result.strategy for result in results))
    shown = Table(title=f"Accuracy on images nobody labeled, {classes} classes (chance {1 / classes:.0%})")
    shown.add_column("labels", justify="right")
    for strategy in strategies:
        shown.add_column(f"by {strategy}" if strategy != "random" else "at random", justify="right")
    for labels in dict.fromkeys(result.labels for result in results):
        row = {result.strategy: result for result in results if result.labels == labels}
        shown.add_row(str(labels), *(f"{row[s].accuracy:.1%}" if s in row else "" for s in strategies))
    return shown


def progress_bar(console: Console) -> Progress:
    """Make a progress bar with description, count and time."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def as_files(batch: list[Digit]) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Return a batch as the files of a multipart request."""
    return [("files", (f"{i}.png", digit.content, "image/png")) for i, digit in enumerate(batch)]


def checked(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON of a good answer; end the demo with the text of a bad one."""
    if not response.is_success:
        raise SystemExit(f"{response.request.method} {response.request.url.path}: {response.text}")
    answer: dict[str, Any] = response.json()
    return answer


if __name__ == "__main__":
    main()
