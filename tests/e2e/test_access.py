"""Access in both directions: a personal access token, Basic auth for our routes, and images on other servers."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.e2e.harness.connected_project import PATIENCE_SECONDS, POLL_SECONDS
from tests.e2e.harness.digits import Digit, digits
from tests.e2e.harness.label_studio_client import LabelStudioClient, choice, choices_config
from tests.e2e.harness.label_studio_server import LabelStudioServer
from tests.e2e.harness.margin_process import MarginProcess, running_margin
from tests.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

LOGIN = ("label-studio", "a long password")
LABELS = ("six", "seven")


class QuietFiles(SimpleHTTPRequestHandler):
    """Serves files without log lines."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Log nothing."""


@pytest.fixture(scope="module")
def scans() -> list[Digit]:
    return digits(*LABELS, each=4)


@pytest.fixture(scope="module")
def guarded_margin(
    label_studio_server: LabelStudioServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MarginProcess]:
    """Return a Margin that requires a login, uses a personal access token, and may fetch from this machine."""
    environment = {
        "LABEL_STUDIO_URL": label_studio_server.base_url,
        "LABEL_STUDIO_API_KEY": label_studio_server.personal_access_token(),
        "BASIC_AUTH_USER": LOGIN[0],
        "BASIC_AUTH_PASS": LOGIN[1],
        "MARGIN_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    with running_margin(tmp_path_factory.mktemp("guarded"), environment=environment, auth=LOGIN) as process:
        yield process


@pytest.fixture(scope="module")
def file_server(scans: list[Digit], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the scans at plain http addresses."""
    folder = write(scans, tmp_path_factory.mktemp("elsewhere"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_uploads_are_fetched_with_a_personal_access_token(
    people: LabelStudioClient, guarded_margin: MarginProcess, scans: list[Digit]
) -> None:
    project_id = people.create_project("uploads", choices_config(LABELS))
    people.upload(project_id, {scan.file_name: scan.png for scan in scans})

    people.connect(project_id, guarded_margin.url, login=LOGIN)

    wait_for_images(guarded_margin, project_id, scans)


def test_images_at_plain_http_addresses_are_fetched(
    people: LabelStudioClient, guarded_margin: MarginProcess, scans: list[Digit], file_server: str
) -> None:
    project_id = people.create_project("elsewhere", choices_config(LABELS))
    people.import_addresses(project_id, [f"{file_server}/{scan.file_name}" for scan in scans])

    people.connect(project_id, guarded_margin.url, login=LOGIN)

    wait_for_images(guarded_margin, project_id, scans)


def test_images_in_label_studios_local_files_are_fetched(
    people: LabelStudioClient, guarded_margin: MarginProcess, scans: list[Digit], local_files: Path
) -> None:
    folder = local_files / "digits"
    folder.mkdir()
    write(scans, folder)
    project_id = people.create_project("local files", choices_config(LABELS))
    people.import_local_files(project_id, folder)

    people.connect(project_id, guarded_margin.url, login=LOGIN)

    wait_for_images(guarded_margin, project_id, scans)


def test_the_webhook_is_signed_so_that_annotations_arrive(
    people: LabelStudioClient, guarded_margin: MarginProcess, scans: list[Digit]
) -> None:
    project_id = people.create_project("signed", choices_config(LABELS))
    people.upload(project_id, {scans[0].file_name: scans[0].png})
    people.connect(project_id, guarded_margin.url, login=LOGIN)
    wait_for_images(guarded_margin, project_id, scans[:1])

    wait_until(
        lambda: any("Authorization" in hook["headers"] for hook in people.webhooks(project_id)),
        seconds=PATIENCE_SECONDS,
        every_seconds=POLL_SECONDS,
    )
    [task] = people.tasks(project_id)
    people.annotate(task["id"], choice(scans[0].label))

    annotated = guarded_margin.images(f"label-studio-{project_id}", state="annotated")
    assert [image["labels"] for image in annotated] == [[scans[0].label]]


def test_without_the_login_nobody_is_answered(guarded_margin: MarginProcess) -> None:
    response = guarded_margin.client.get("/v1/projects", auth=("label-studio", "a wrong password"))

    assert response.status_code == 401


def write(scans: list[Digit], folder: Path) -> Path:
    """Put the scans into a folder."""
    for scan in scans:
        (folder / scan.file_name).write_bytes(scan.png)
    return folder


def wait_for_images(margin: MarginProcess, project_id: int, scans: list[Digit]) -> None:
    """Wait until Margin has exactly these images, each readable."""
    wanted = {scan.image_id: "pool" for scan in scans}
    wait_until(
        lambda: {image["id"]: image["state"] for image in margin.images(f"label-studio-{project_id}")} == wanted,
        seconds=PATIENCE_SECONDS,
        every_seconds=POLL_SECONDS,
    )
