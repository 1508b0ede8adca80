"""Imports before a command's work: --help is fast, and no command imports the work of another one."""

import json
import subprocess
import sys

import pytest

# Each takes a tenth of a second to several seconds to import; so does pydantic, but typer itself imports it.
HEAVY = (
    "alembic", "fastapi", "httpx", "lance", "matplotlib", "numpy", "openvino", "pyarrow", "pydantic_settings", "redis",
    "rq", "scipy", "sklearn", "sqlalchemy", "torch", "uvicorn",
)  # fmt: skip

# In one process, because loaded modules stay loaded: the first command that loads a heavy one is found.
HELP_OF_EVERY_COMMAND = f"""
import contextlib, io, json, sys
from typer.main import get_command
from service.cli.main import app

def paths(command, path=()):
    yield path
    for name, below in getattr(command, "commands", {{}}).items():
        yield from paths(below, (*path, name))

loaded = {{}}
for path in paths(get_command(app)):
    with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
        app([*path, "--help"])
    assert "Usage: " in shown.getvalue(), path
    loaded[" ".join(("margin", *path))] = sorted(set({HEAVY}) & set(sys.modules))
print(json.dumps(loaded))
"""


def test_no_help_loads_what_only_the_work_needs() -> None:
    said = subprocess.run([sys.executable, "-c", HELP_OF_EVERY_COMMAND], capture_output=True, text=True, check=True)

    loaded = json.loads(said.stdout)
    assert {"margin", "margin up", "margin simulate"} <= loaded.keys()
    assert {command: modules for command, modules in loaded.items() if modules} == {}


@pytest.mark.parametrize("module", ["service.cli.predict.run", "service.cli.processes", "workers.main"])
def test_who_does_not_serve_loads_no_web_application(module: str) -> None:
    code = f"import sys, {module}; print(sorted({{'fastapi', 'starlette', 'service.http'}} & set(sys.modules)))"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"
