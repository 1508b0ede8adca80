"""The routes of audits."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.domain.job import JobKind
from tests.service.assembled import World
from tests.service.http.serving import problem_of

AUDITS = "/v1/projects/birds/audits"
LATEST = f"{AUDITS}/latest"


def test_an_audit_is_queued_with_what_was_asked(world: World, client: TestClient) -> None:
    answer = client.post(AUDITS, json={"strategies": ["entropy"], "runs": 5, "labels_per_class": 0, "seed": 7})

    assert (answer.status_code, answer.json()["kind"]) == (202, "audit")
    assert world.queue.requests[answer.json()["id"]].arguments == {
        "strategies": ["entropy"],
        "runs": 5,
        "labels_per_class": 0,
        "seed": 7,
    }


def test_an_audit_needs_no_body(client: TestClient) -> None:
    assert client.post(AUDITS).status_code == 202


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"strategies": ["margn"]}, "unknown-strategy"),
        ({"strategies": ["margin(power=3)"]}, "invalid-strategy-options"),
        ({"strategies": ["margin"] * 11}, "invalid-request"),
        ({"runs": 2}, "invalid-request"),
        ({"runs": 51}, "invalid-request"),
        ({"labels_per_class": -1}, "invalid-request"),
        ({"seed": -1}, "invalid-request"),
        ({"colour": "red"}, "invalid-request"),
    ],
)
def test_an_audit_that_makes_no_sense_is_not_queued(
    body: dict[str, Any], code: str, world: World, client: TestClient
) -> None:
    assert problem_of(client.post(AUDITS, json=body), 422) == code
    assert world.queued(JobKind.AUDIT) == []


def test_a_project_with_several_labels_an_image_is_refused_at_once(world: World, client: TestClient) -> None:
    world.add_project("fish", multi_label=True, head="sigmoid-regression")

    assert problem_of(client.post("/v1/projects/fish/audits"), 422) == "invalid-input"


@pytest.mark.parametrize("path", [LATEST, f"{LATEST}.csv", f"{LATEST}.html"])
def test_before_any_audit_there_is_none(path: str, client: TestClient) -> None:
    assert problem_of(client.get(path), 404) == "not-found"


def test_the_newest_audit_is_read_in_each_form(world: World, client: TestClient) -> None:
    world.label_colours(20)
    client.post(AUDITS, json={"runs": 3})
    world.work()

    told, table, page = (client.get(f"{LATEST}{ending}") for ending in ("", ".csv", ".html"))

    assert told.json()["audit"]["images"] == 60
    assert told.json()["audit"]["stop"]["labels"] == 60
    assert (table.headers["content-type"], page.headers["content-type"]) == (
        "text/csv; charset=utf-8",
        "text/html; charset=utf-8",
    )
    assert table.text.startswith("strategy,labels,accuracy,")
    assert told.json()["audit"]["stop"]["sentence"] in page.text
