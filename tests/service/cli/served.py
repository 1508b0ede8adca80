"""Serves a web application on a real port, for commands that call one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from tests.waiting import wait_until


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve on a free loopback port, from a thread of this process. Yields: the address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{_port_of(server)}"
    finally:
        server.should_exit = True
        thread.join()


def _port_of(server: uvicorn.Server) -> int:
    """Return the port that the system chose: one that is chosen before may be another's by then."""
    return int(server.servers[0].sockets[0].getsockname()[1])
