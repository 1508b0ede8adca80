"""Serves a web application on a real port, for commands that call one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from scripts.temporary_margin import free_port
from tests.waiting import wait_until


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve on a free loopback port, from a thread of this process. Yields: the address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
