"""The routes of comparisons."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.domain.job import JobKind
from service.reports.comparison.record_json import write_comparison_json
from tests.service.assembled import World
from tests.service.http.serving import problem_of
from tests.service.reports.comparison.reported import a_comparison

COMPARISONS = "/v1/projects/birds/comparisons"
LATEST = f"{COMPARISONS}/latest"


def test_a_comparison_is_queued_with_what_was_asked(world: World, client: TestClient) -> None:
    answer = client.post(COMPARISONS, json={"heads": ["all"], "labels_per_class": [5, "all"], "repeats": 2, "seed": 7})

    assert (answer.status_code, answer.json()["kind"]) == (202, "compare")
    assert world.queue.requests[answer.json()["id"]].arguments == {
        "heads": ["all"],
        "encoders": [],
        "labels_per_class": [5, None],
        "repeats": 2,
        "seed": 7,
    }


def test_a_comparison_needs_no_body(client: TestClient) -> None:
    assert client.post(COMPARISONS).status_code == 202


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"heads": ["sofmax"]}, "unknown-head"),
        ({"heads": ["softmax-regression(power=3)"]}, "invalid-head-options"),
        ({"encoders": ["no-such"]}, "unknown-encoder"),
        ({"labels_per_class": [0]}, "invalid-request"),
        ({"labels_per_class": ["some"]}, "invalid-request"),
        ({"labels_per_class": []}, "invalid-request"),
        ({"repeats": 0}, "invalid-request"),
        ({"seed": -1}, "invalid-request"),
        ({"colour": "red"}, "invalid-request"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_not_queued(
    body: dict[str, Any], code: str, world: World, client: TestClient
) -> None:
    assert problem_of(client.post(COMPARISONS, json=body), 422) == code
    assert world.queued(JobKind.COMPARE) == []


@pytest.mark.parametrize("path", [LATEST, f"{LATEST}.csv", f"{LATEST}.html"])
def test_before_any_comparison_there_is_none(path: str, client: TestClient) -> None:
    assert problem_of(client.get(path), 404) == "not-found"


def test_the_newest_comparison_is_read_in_each_form(world: World, client: TestClient) -> None:
    world.label_colours(4)
    client.post(COMPARISONS, json={"heads": [], "repeats": 1})
    world.work()

    told, table, page = (client.get(f"{LATEST}{ending}") for ending in ("", ".csv", ".html"))

    assert told.json()["verdict"].startswith("softmax-regression, ")
    assert told.json()["comparison"]["images"] == 12
    assert (table.headers["content-type"], page.headers["content-type"]) == (
        "text/csv; charset=utf-8",
        "text/html; charset=utf-8",
    )
    assert len(table.text.splitlines()) == 2
    assert told.json()["verdict"] in page.text


def test_the_page_shows_the_pictures_that_were_kept_with_the_comparison(world: World, client: TestClient) -> None:
    world.application.comparison.stored_comparisons.save(
        "birds", a_comparison(), pictures={"cat/1.jpg": "data:image/jpeg;base64,AA"}
    )

    assert 'src="data:image/jpeg;base64,AA"' in client.get(f"{LATEST}.html").text


def test_what_an_older_data_folder_holds_is_read_in_each_form(world: World, client: TestClient) -> None:
    record = write_comparison_json(a_comparison())
    world.artifacts.put("comparisons/birds/latest.json", record)
    world.artifacts.put("comparisons/birds/latest.html", b"<p>with pictures</p>")

    told, table, page = (client.get(f"{LATEST}{ending}") for ending in ("", ".csv", ".html"))

    assert told.content == record
    assert table.text.startswith("encoder,head,")
    assert page.text == "<p>with pictures</p>"
