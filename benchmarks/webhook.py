"""Measures how long Label Studio waits for the webhook: ANNOTATION_CREATED events, with Margin idle and training."""

import argparse
import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
from PIL import Image
from rich.progress import track
from sklearn.datasets import load_digits

from benchmarks._times import Timed, print_times
from scripts.temporary_margin import margin_at, wait_for_job

LABELS = tuple(str(digit) for digit in range(10))
LABEL_CONFIG = (
    '<View><Image name="image" value="$image"/><Choices name="label" toName="image" choice="single">'
    + "".join(f'<Choice value="{label}"/>' for label in LABELS)
    + "</Choices></View>"
)
CREATED_AT = datetime(2026, 1, 1, tzinfo=UTC)
SIDE = 64


def main() -> None:
    """Send events one after the other over new connections, as Label Studio does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--url", help="address of a running Margin without Basic auth (default: start one)")
    parser.add_argument("--events", type=int, default=1500, help="events while idle, and while training")
    parser.add_argument("--project", type=int, default=1, help="number of the Label Studio project to play")
    arguments = parser.parse_args()
    events = list(_events(arguments.project, 2 * arguments.events))
    idle, busy = events[: arguments.events], events[arguments.events :]
    with margin_at(arguments.url) as url, httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        connect(client, arguments.project)
        # With the first events the service loads what it needs; Label Studio waits for that only once.
        for event in idle[:10]:
            client.post("/webhook", json=event)
        measured = [send(url, idle, "idle")]
        with training(client, f"label-studio-{arguments.project}") as trained:
            measured.append(send(url, busy, "during training"))
        print_times("POST /webhook, ANNOTATION_CREATED, a new connection each", measured)
        print(f"{len(trained)} trainings ended meanwhile")


def connect(client: httpx.Client, project: int) -> None:
    """Call /setup as Label Studio does, then keep Margin from training by itself while it should be idle."""
    setup = {"project": _key(project), "schema": LABEL_CONFIG, "hostname": "", "access_token": None}
    client.post("/setup", json=setup).raise_for_status()
    never = {"retraining": {"after_annotations": 1_000_000, "after_seconds": 1_000_000}}
    client.patch(f"/v1/projects/label-studio-{project}", json=never).raise_for_status()


def send(url: str, events: list[dict[str, Any]], name: str) -> Timed:
    """Send the events, and measure the time of each."""
    seconds = []
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=url, timeout=60, trust_env=False, limits=limits) as client:
        begun = time.perf_counter()
        for event in track(events, description=name):
            started = time.perf_counter()
            client.post("/webhook", json=event).raise_for_status()
            seconds.append(time.perf_counter() - started)
    return Timed(name=name, seconds=seconds, took=time.perf_counter() - begun)


@contextmanager
def training(client: httpx.Client, project: str) -> Iterator[list[str]]:
    """Keep a training job running. Yields: the ids of the jobs that have ended so far."""
    ended: list[str] = []
    enough = threading.Event()

    def train_again_and_again() -> None:
        while not enough.is_set():
            job = client.post(f"/v1/projects/{project}/versions").raise_for_status().json()
            ended.append(wait_for_job(client, job["id"])["id"])

    first = client.post(f"/v1/projects/{project}/versions").raise_for_status().json()
    while client.get(f"/v1/jobs/{first['id']}").json()["state"] == "queued":
        time.sleep(0.05)
    thread = threading.Thread(target=train_again_and_again)
    thread.start()
    yield ended
    enough.set()
    thread.join()


def _events(project: int, count: int) -> Iterator[dict[str, Any]]:
    pixels, shown = load_digits(return_X_y=True)
    for number in range(1, count + 1):
        scan = (number - 1) % len(pixels)
        moment = (CREATED_AT + timedelta(seconds=number)).isoformat()
        yield {
            "action": "ANNOTATION_CREATED",
            "annotation": _annotation(number, str(shown[scan]), moment) | {"project": project},
            "task": {
                "id": number,
                "data": {"image": _data_uri(pixels[scan].reshape(8, 8))},
                "meta": {},
                "created_at": CREATED_AT.isoformat(),
                "updated_at": moment,
                "is_labeled": True,
                "overlap": 1,
                "inner_id": number,
                "total_annotations": 1,
                "cancelled_annotations": 0,
                "total_predictions": 0,
                "project": project,
                "updated_by": 1,
            },
            "project": {
                "id": project,
                "title": "webhook benchmark",
                "label_config": LABEL_CONFIG,
                "created_at": CREATED_AT.isoformat(),
                "model_version": "Margin",
                "sampling": "Uncertainty sampling",
            },
        }


def _annotation(number: int, label: str, moment: str) -> dict[str, Any]:
    chosen = {"from_name": "label", "to_name": "image", "type": "choices", "value": {"choices": [label]}}
    return {
        "id": number,
        "result": [chosen],
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": moment,
        "updated_at": moment,
        "lead_time": 3.2,
        "unique_id": f"00000000-0000-0000-0000-{number:012d}",
        "task": number,
        "completed_by": 1,
    }


def _key(project: int) -> str:
    return f"{project}.{int(CREATED_AT.timestamp())}"


def _data_uri(scan: Any) -> str:
    file = BytesIO()
    Image.fromarray((scan * (255 / 16)).astype("uint8")).resize((SIDE, SIDE)).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


if __name__ == "__main__":
    main()
