"""Runs the contract of LabelStudio adapters on a real Label Studio, so that the double can be trusted."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.ports import LabelStudio
from tests.contracts.test_label_studio_contract import LABEL_CONFIG, RESULT, LabelStudioContract
from tests.e2e.harness.label_studio_client import LabelStudioClient
from tests.e2e.harness.label_studio_server import LabelStudioServer

ADDRESSES = ("http://127.0.0.1:9/1.png", "http://127.0.0.1:9/2.png", "http://127.0.0.1:9/3.png")


class AlwaysWell(BaseHTTPRequestHandler):
    """An ML backend that answers every request with its version."""

    def do_GET(self) -> None:
        """Answer /health."""
        self._answer()

    def do_POST(self) -> None:
        """Answer /setup and /webhook."""
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Log nothing."""

    def _answer(self) -> None:
        body = json.dumps({"status": "UP", "model_version": "v0"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def backend_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), AlwaysWell)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.e2e
@pytest.mark.timeout(600)
class TestRealLabelStudio(LabelStudioContract):
    @pytest.fixture
    def label_studio(self, label_studio_server: LabelStudioServer) -> Iterator[LabelStudio]:
        label_studio = label_studio_server.label_studio()
        yield label_studio
        label_studio.close()

    @pytest.fixture
    def project_id(self, people: LabelStudioClient, backend_url: str) -> int:
        project_id = people.create_project("contract", LABEL_CONFIG)
        people.import_addresses(project_id, ADDRESSES)
        first, second, _ = sorted(task["id"] for task in people.tasks(project_id))
        people.annotate(first, RESULT)
        people.skip(second)
        people.connect(project_id, backend_url)
        return project_id
