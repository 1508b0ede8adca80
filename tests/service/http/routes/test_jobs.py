"""The routes of jobs."""

import pytest
from fastapi.testclient import TestClient

from service.domain.job import JobKind, JobRequest
from tests.service.assembled import World
from tests.service.http.serving import problem_of


@pytest.fixture
def job_id(world: World) -> str:
    return world.queue.enqueue(JobRequest(kind=JobKind.TRAIN, project_id="birds")).id


def test_a_job_shows_how_it_stands(world: World, client: TestClient, job_id: str) -> None:
    world.queue.start(job_id)
    world.queue.finish(job_id, {"version": 1, "promoted": True, "reasons": []})

    job = client.get(f"/v1/jobs/{job_id}").json()

    assert (job["kind"], job["project"], job["state"], job["progress"]) == ("train", "birds", "finished", 1.0)
    assert job["result"] == {"version": 1, "promoted": True, "reasons": []}
    assert job["created_at"] < job["started_at"] < job["ended_at"]


def test_a_failed_job_says_why(world: World, client: TestClient, job_id: str) -> None:
    world.queue.fail(job_id, "the disk is full")

    job = client.get(f"/v1/jobs/{job_id}").json()

    assert (job["state"], job["error"]) == ("failed", "the disk is full")


def test_jobs_are_listed_newest_first_by_project_and_kind(world: World, client: TestClient, job_id: str) -> None:
    rank = world.queue.enqueue(JobRequest(kind=JobKind.RANK, project_id="birds")).id
    other = world.queue.enqueue(JobRequest(kind=JobKind.TRAIN, project_id="fish")).id

    def listed(query: str) -> list[str]:
        return [job["id"] for job in client.get(f"/v1/jobs{query}").json()["jobs"]]

    assert listed("") == [other, rank, job_id]
    assert listed("?project=birds") == [rank, job_id]
    assert listed("?kind=train") == [other, job_id]
    assert listed("?limit=1") == [other]


@pytest.mark.parametrize("query", ["kind=dance", "limit=0", "limit=1001"])
def test_a_listing_that_makes_no_sense_is_refused(query: str, client: TestClient) -> None:
    assert problem_of(client.get(f"/v1/jobs?{query}"), 422) == "invalid-request"


def test_a_waiting_job_is_cancelled(client: TestClient, job_id: str) -> None:
    assert client.delete(f"/v1/jobs/{job_id}").json()["state"] == "cancelled"


def test_a_job_that_ended_stays_as_it_ended(world: World, client: TestClient, job_id: str) -> None:
    world.queue.finish(job_id)

    assert client.delete(f"/v1/jobs/{job_id}").json()["state"] == "finished"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_job_that_is_not_there_is_said_so(method: str, client: TestClient) -> None:
    assert problem_of(client.request(method, "/v1/jobs/no-such"), 404) == "not-found"


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/jobs/job-1"])
def test_jobs_wait_for_redis(path: str, world: World, client: TestClient) -> None:
    world.queue.available = False

    assert problem_of(client.get(path), 503) == "queue-unavailable"
