"""The guide to fine-tuning: its commands work as written, and its table matches the options."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from pydantic import BaseModel

from ml.finetuning.options import Augmentation, FinetuningOptions
from service.domain.job import JobKind
from tests.service.assembled import World, no_progress
from tests.service.colour_encoder import NAME
from tests.service.digits_world import OPTIONS, digits_world
from tests.service.http.serving import serve

GUIDE = Path(__file__).parents[4] / "docs" / "guides" / "finetuning.md"


def commands() -> list[str]:
    """Return the guide's curl commands, each on one line."""
    block = re.search(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert block is not None
    return [line for line in block[1].replace("\\\n", " ").splitlines() if line.startswith("curl")]


def send(client: TestClient, command: str, noted: dict[str, str]) -> Any:
    """Send the request of a curl command, with the guide's variables filled in."""
    for name, value in noted.items():
        command = command.replace(f"${name}", value)
    _, _, *words = shlex.split(command)
    body = json.loads(words[words.index("-d") + 1]) if "-d" in words else None
    method = words[words.index("-X") + 1] if "-X" in words else "GET" if body is None else "POST"
    [path] = [word for word in words if word.startswith("/v1")]
    return client.request(method, path, json=body).raise_for_status().json()


def work(world: World, job_id: str) -> dict[str, Any]:
    """Do the worker's job, with options for a very small network."""
    world.queue.start(job_id)
    result = world.application.training.finetune_encoder.finetune("birds", progress=no_progress, options=OPTIONS)
    world.queue.finish(job_id, result)
    return result


def test_the_commands_lead_to_another_encoder_and_back() -> None:
    world = digits_world()
    noted = {"at": "/v1"}
    with serve(world) as client:
        queue_it, read_job, list_versions, go_back, go_forward, *others = commands()
        noted["job"] = send(client, queue_it, noted)["id"]
        noted["encoder"] = work(world, noted["job"])["encoder"]

        assert send(client, read_job, noted)["result"]["promoted"]
        assert send(client, list_versions, noted)["versions"][0]["encoder"].startswith("finetuned-birds-2")
        assert send(client, go_back, noted)["kind"] == "rank"
        assert world.project().current_version == 1
        assert send(client, go_forward, noted)["kind"] == "rank"
        assert world.project().encoder == noted["encoder"]

        queue_another, put_beside = others
        assert send(client, queue_another, noted)["kind"] == JobKind.FINETUNE
        assert send(client, put_beside, noted)["encoder"] == f"{noted['encoder']}+{NAME}"


def test_the_table_has_every_option_with_its_default() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\S+) \|", GUIDE.read_text(), re.MULTILINE)

    assert dict(rows) == defaults(FinetuningOptions()) | defaults(Augmentation(), "augmentation.")


def defaults(options: BaseModel, prefix: str = "") -> dict[str, str]:
    values = {name: value for name, value in options if not isinstance(value, BaseModel)}
    return {
        prefix + name: str(value).lower() if isinstance(value, bool) else f"{value:g}" for name, value in values.items()
    }
