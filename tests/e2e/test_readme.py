"""The README's steps without Label Studio work as written."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness.digits import digits
from tests.e2e.harness.margin_process import MarginProcess, running_margin
from tests.waiting import wait_until

README = Path(__file__).parents[2] / "README.md"
pytestmark = pytest.mark.e2e


def curl_commands() -> list[str]:
    """Return the curl commands of the README, in order, each on one line."""
    block = re.search(r"```sh\n(at=.*?)```", README.read_text(), re.DOTALL)
    assert block is not None
    lines = block[1].replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("curl")]


class Reader:
    """A reader who types the README's commands and remembers the ids in the answers."""

    def __init__(self, margin: MarginProcess, folder: Path) -> None:
        self._margin = margin
        self._folder = folder
        self.noted: dict[str, str] = {"at": f"{margin.url}/v1/projects"}
        self.answers: list[Any] = []

    def type(self, command: str) -> None:
        """Run one command; -f makes curl fail if the answer is an error."""
        here = command.replace("curl -sS", "curl -sSf").replace("http://127.0.0.1:9090", self._margin.url)
        ran = subprocess.run(
            ["/bin/bash", "-c", here],
            cwd=self._folder,
            env={**self.noted, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=False,
        )
        assert ran.returncode == 0, f"{command}: {ran.stdout.decode()} {ran.stderr.decode()}"
        self._note(json.loads(ran.stdout))

    def _note(self, answer: Any) -> None:
        self.answers.append(answer)
        if "items" in answer:
            self.noted["image"] = answer["items"][-1]["image"]
        if "kind" in answer:
            self.noted["job"] = answer["id"]
        # A person reads for longer than the queue needs.
        wait_until(lambda: self._margin.is_idle("pets"), seconds=120)


@pytest.mark.timeout(300)
def test_the_readmes_commands_lead_from_nothing_to_a_ranking(tmp_path: Path) -> None:
    for name, digit in zip(("one.jpg", "two.jpg", "three.jpg"), digits("one", "two", "three", each=1), strict=True):
        (tmp_path / name).write_bytes(digit.png)
    folder = tmp_path / "margin"
    folder.mkdir()

    with running_margin(folder) as margin:
        reader = Reader(margin, tmp_path)
        for command in curl_commands():
            reader.type(command)

    predicted, ranking = reader.answers[-3]["predictions"][0], reader.answers[-1]
    assert len(reader.answers) == len(curl_commands()) > 0
    assert predicted["label"] in {"cat", "dog"}
    assert predicted["version"] == 1
    assert ranking["pool_size"] == 0
