"""Helps route tests to call the web application."""

from collections.abc import Sequence
from typing import Any

from fastapi.testclient import TestClient

from service.http.app import build_app
from tests.service.assembled import World


def serve(world: World) -> TestClient:
    """Return a client of a world's web application; an unforeseen error becomes an answer, as for any other client."""
    return TestClient(build_app(world.application), raise_server_exceptions=False)


def files(*contents: bytes, name: str = "files") -> list[tuple[str, tuple[str, bytes, str]]]:
    """Return a form with these files."""
    return [(name, (f"{place}.png", content, "image/png")) for place, content in enumerate(contents)]


def problem_of(answer: Any, status: int) -> str:
    """Return the code of an answer that must be a problem of this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    code: str = problem["code"]
    return code


def codes(items: Sequence[dict[str, Any]]) -> list[str | None]:
    """Return the code of each item's problem, None if it has none."""
    return [item["problem"]["code"] if item.get("problem") else None for item in items]
