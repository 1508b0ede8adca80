"""Provides one real Label Studio and one real `margin up` for all end-to-end tests."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness.label_studio_client import LabelStudioClient
from tests.e2e.harness.label_studio_server import LabelStudioServer
from tests.e2e.harness.margin_process import MarginProcess, running_margin

ENVIRONMENT = Path(__file__).parents[2] / ".venv-label-studio"
RETRAIN_AFTER = 10


@pytest.fixture(scope="session", autouse=True)
def quiet_polling() -> None:
    """Silence the log of polling requests."""
    logging.getLogger("httpx").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def local_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that Label Studio may serve as local files."""
    return tmp_path_factory.mktemp("local-files")


@pytest.fixture(scope="session")
def label_studio_server(local_files: Path) -> Iterator[LabelStudioServer]:
    with LabelStudioServer(ENVIRONMENT, files=local_files) as server:
        yield server


@pytest.fixture(scope="session")
def people(label_studio_server: LabelStudioServer) -> Iterator[LabelStudioClient]:
    client = LabelStudioClient(label_studio_server.base_url, label_studio_server.legacy_token)
    yield client
    client.close()


@pytest.fixture(scope="session")
def margin_environment(label_studio_server: LabelStudioServer) -> dict[str, str]:
    """Return settings under which annotations, and nothing else, lead to training."""
    return {
        "LABEL_STUDIO_URL": label_studio_server.base_url,
        "LABEL_STUDIO_API_KEY": label_studio_server.legacy_token,
        "MARGIN_RETRAIN_AFTER_ANNOTATIONS": str(RETRAIN_AFTER),
        "MARGIN_RETRAIN_AFTER_SECONDS": "3600",
    }


@pytest.fixture(scope="session")
def margin(margin_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[MarginProcess]:
    with running_margin(tmp_path_factory.mktemp("margin"), environment=margin_environment) as process:
        yield process
