"""Provides the web application with doubles."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.service.assembled import World
from tests.service.http.serving import serve


@pytest.fixture
def world() -> World:
    """Return a world with one empty project, `birds`, whose labels are colours."""
    world = World()
    world.add_project()
    return world


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with serve(world) as client:
        yield client
