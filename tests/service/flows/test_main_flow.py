"""The main flow on the real parts: SQLite, Redis and its workers, Lance, a folder of artifacts, the default encoder."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.adapters.redis.embedded_redis import EmbeddedRedis
from service.adapters.sql.migration import migrate
from service.bootstrap.build import build_application
from service.http.app import build_app
from service.locations import database_url
from service.settings import Settings
from tests.service.http.serving import codes, files, problem_of
from tests.waiting import GENEROUS_SECONDS

FASHION = Path(__file__).parents[2] / "fixtures" / "fashion"
LABELS = ["bag", "sandal", "trousers"]
LABELED, POOLED, ASKED = range(4), 4, 5
BURST = """
from service.adapters.redis.redis_connection import connect_redis
from service.settings import Settings
from workers.main import build_worker
for queue in ("encode", "train", "rank"):
    build_worker(queue, connect_redis(Settings().redis_url)).work(burst=True, logging_level=None)
"""


# Workers start cold, and each job but embedding runs in a process of its own, which imports PyTorch again.
pytestmark = pytest.mark.timeout(4 * GENEROUS_SECONDS)


class Service:
    """A web application and what a client of it sees."""

    def __init__(self, settings: Settings, client: TestClient) -> None:
        self.settings = settings
        self.client = client

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/v1/projects/clothes{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **request: Any) -> Any:
        answer = self.client.post(f"/v1/projects/clothes{path}", **request)
        assert answer.is_success, answer.text
        return answer.json()

    def work(self) -> None:
        """Let real workers empty every queue once."""
        environment = {
            **os.environ,
            "MARGIN_DATA": str(self.settings.data),
            "MARGIN_REDIS_URL": str(self.settings.redis_url),
        }
        subprocess.run([sys.executable, "-c", BURST], env=environment, check=True, capture_output=True)


def picture(label: str, number: int) -> bytes:
    return (FASHION / f"{label}-{number}.png").read_bytes()


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, redis_server: EmbeddedRedis) -> Iterator[Service]:
    """Twelve labeled images and three that wait, embedded, trained and ranked by real workers."""
    settings = Settings(data=tmp_path_factory.mktemp("margin"), redis_url=redis_server.url)
    migrate(database_url(settings))
    with TestClient(build_app(build_application(settings)), raise_server_exceptions=False) as client:
        client.post("/v1/projects", json={"id": "clothes", "labels": LABELS}).raise_for_status()
        service = Service(settings, client)
        for label in LABELS:
            images = files(*(picture(label, number) for number in LABELED))
            service.post("/images", files=images, data={"labels": [label] * len(images)})
        service.post("/images", files=files(*(picture(label, POOLED) for label in LABELS)))
        service.post("/versions")
        service.post("/comparisons", json={"heads": ["nearest-class-mean"], "repeats": 1})
        service.work()
        yield service


def test_every_job_finished(service: Service) -> None:
    jobs = service.client.get("/v1/jobs?project=clothes").json()["jobs"]

    assert {(job["kind"], job["state"]) for job in jobs} == {
        ("embed", "finished"),
        ("train", "finished"),
        ("rank", "finished"),
        ("compare", "finished"),
    }


def test_the_first_version_is_current_without_a_restart(service: Service) -> None:
    assert service.get("")["current_version"] is not None
    version = service.get("/versions")["versions"][-1]
    assert (version["promoted"], version["annotations"]) == (True, 12)


def test_heads_were_compared_on_the_labels(service: Service) -> None:
    report = service.get("/comparisons/latest")

    assert [row["head"] for row in report["comparison"]["rows"]] == ["softmax-regression", "nearest-class-mean"]
    assert report["comparison"]["images"] == 12
    assert " is best: " in report["verdict"]


def test_images_it_never_saw_are_classified_rightly(service: Service) -> None:
    answer = service.post("/predict", files=files(*(picture(label, ASKED) for label in LABELS)))

    assert [prediction["label"] for prediction in answer["predictions"]] == LABELS


def test_a_bad_file_fails_alone(service: Service) -> None:
    answer = service.post("/predict", files=files(b"no image", picture("bag", ASKED)))

    assert codes(answer["predictions"]) == ["unreadable-image", None]


def test_the_whole_pool_is_ranked(service: Service) -> None:
    ranking = service.get("/rankings/latest")

    assert (ranking["pool_size"], ranking["version"]) == (3, 1)
    assert {image["image"] for image in ranking["images"]} == {
        image["id"] for image in service.get("/images?state=pool")["images"]
    }


def test_numbers_that_no_database_holds_are_refused(service: Service) -> None:
    huge = 10**30

    for path in (f"/versions/{huge}", f"/versions?before={huge}", f"/rankings/latest?after={huge}"):
        assert problem_of(service.client.get(f"/v1/projects/clothes{path}"), 422) == "invalid-request"


def test_labels_are_stored_while_redis_is_gone_and_trained_when_it_is_back(
    service: Service, redis_server: EmbeddedRedis
) -> None:
    redis_server.stop()
    added = service.post("/images", files=files(picture("bag", ASKED)), data={"labels": ["bag"]})
    ready = service.client.get("/ready")
    refused = service.client.post("/v1/projects/clothes/versions")
    redis_server.start()

    service.post("/versions")
    service.work()

    assert codes(added["items"]) == [None]
    assert added["job"] is None
    assert (ready.status_code, list(ready.json()["wrong"])) == (503, ["redis"])
    assert problem_of(refused, 503) == "queue-unavailable"
    assert service.get("/versions")["versions"][0]["annotations"] == 13
