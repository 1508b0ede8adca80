"""The routes of projects."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.domain.images.image import ImageState
from tests.service.assembled import LABELS, World, a_png
from tests.service.http.serving import problem_of, serve

NEW = {"id": "fish", "labels": ["cod", "eel"]}


def test_a_new_project_is_completed_from_the_settings(client: TestClient) -> None:
    answer = client.post("/v1/projects", json=NEW)

    assert answer.status_code == 201
    project = answer.json()
    assert project["labels"] == ["cod", "eel"]
    assert (project["title"], project["head"], project["strategy"]) == ("fish", "softmax-regression", "auto")
    assert project["retraining"] == {"after_annotations": 10, "after_seconds": 60, "cron": None}
    assert project["current_version"] is None


def test_a_multi_label_project_gets_a_head_that_serves_it(client: TestClient) -> None:
    project = client.post("/v1/projects", json=NEW | {"multi_label": True}).json()

    assert project["multi_label"]
    assert project["head"] == "sigmoid-regression"


@pytest.mark.parametrize("multi_label", [False, True])
def test_a_project_may_leave_its_head_to_us(multi_label: bool, client: TestClient) -> None:
    answer = client.post("/v1/projects", json=NEW | {"head": "auto", "multi_label": multi_label})

    assert (answer.status_code, answer.json()["head"]) == (201, "auto")


def test_what_a_project_promises_is_taken_from_the_settings() -> None:
    world = World(coverage=0.8, abstain_below=0.4)

    with serve(world) as client:
        taken = client.post("/v1/projects", json=NEW).json()
        said = client.post("/v1/projects", json=NEW | {"id": "eels", "coverage": 0.95, "abstain_below": 0}).json()

    assert (taken["coverage"], taken["abstain_below"]) == (0.8, 0.4)
    assert (said["coverage"], said["abstain_below"]) == (0.95, 0)


def test_a_hierarchy_is_told_as_it_was_given(client: TestClient) -> None:
    parents = {"round": ["eel"], "flat": ["cod"]}

    made = client.post("/v1/projects", json=NEW | {"parents": parents}).json()
    without = client.patch("/v1/projects/fish", json={"parents": {}}).json()

    assert made["parents"] == parents
    assert without["parents"] == {}


def test_a_label_that_comes_later_is_its_own_parent_until_it_is_given_one(client: TestClient) -> None:
    client.post("/v1/projects", json=NEW | {"parents": {"flat": ["cod", "eel"]}})

    alone = client.patch("/v1/projects/fish", json={"labels": ["cod", "eel", "ray"]}).json()
    placed = client.patch("/v1/projects/fish", json={"parents": {"flat": ["cod", "ray"], "long": ["eel"]}}).json()

    assert alone["parents"] == {"flat": ["cod", "eel"], "ray": ["ray"]}
    assert placed["parents"] == {"flat": ["cod", "ray"], "long": ["eel"]}


def test_a_label_that_comes_back_has_its_parent_and_prompts_still(client: TestClient) -> None:
    described = {"parents": {"flat": ["cod"], "long": ["eel"]}, "prompts": {"eel": ["a photo of an eel", "an eel"]}}
    before = client.post("/v1/projects", json=NEW | described).json()

    client.patch("/v1/projects/fish", json={"labels": ["cod"]})
    after = client.patch("/v1/projects/fish", json={"labels": ["cod", "eel"]}).json()

    assert (after["parents"], after["prompts"]) == (before["parents"], before["prompts"])
    assert after["prompts"] == described["prompts"]


def test_a_hierarchy_that_does_not_fit_says_which_label(client: TestClient) -> None:
    answer = client.post("/v1/projects", json=NEW | {"parents": {"flat": ["cod"], "long": ["eels"]}})

    assert 'did you mean "eel"' in answer.json()["detail"]


def test_half_a_retraining_rule_leaves_the_other_half(client: TestClient) -> None:
    client.post("/v1/projects", json=NEW | {"retraining": {"after_annotations": 3, "cron": "0 3 * * *"}})

    changed = client.patch("/v1/projects/fish", json={"retraining": {"after_seconds": 5}}).json()

    assert changed["retraining"] == {"after_annotations": 3, "after_seconds": 5, "cron": "0 3 * * *"}


def test_a_project_id_is_taken_once(client: TestClient) -> None:
    client.post("/v1/projects", json=NEW)

    assert problem_of(client.post("/v1/projects", json=NEW), 409) == "already-exists"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "No Spaces"}, "invalid-input"),
        ({"id": "-fish"}, "invalid-input"),
        ({"id": "../fish"}, "invalid-input"),
        ({"id": "a" * 65}, "invalid-request"),
        ({"id": None}, "invalid-request"),
        ({"labels": []}, "invalid-request"),
        ({"labels": ["cod", "cod"]}, "invalid-input"),
        ({"labels": [" "]}, "invalid-input"),
        ({"labels": [""]}, "invalid-request"),
        ({"labels": "cod"}, "invalid-request"),
        ({"labels": [1]}, "invalid-request"),
        ({"labels": ["c\0d"]}, "invalid-request"),
        ({"title": "c\0d"}, "invalid-request"),
        ({"encoder": "no-such-encoder"}, "unknown-encoder"),
        ({"head": "no-such-head"}, "unknown-head"),
        ({"head": "sigmoid-regression"}, "invalid-input"),
        ({"strategy": "no-such-strategy"}, "unknown-strategy"),
        ({"seed": -1}, "invalid-request"),
        ({"seed": 2**32}, "invalid-request"),
        ({"retraining": {"cron": "every day"}}, "invalid-input"),
        ({"retraining": {"cron": "0 0 30 2 *"}}, "invalid-input"),
        ({"retraining": {"after_seconds": 0}}, "invalid-request"),
        ({"retraining": {"after_seconds": 10**20}}, "invalid-request"),
        ({"retraining": {"after_annotations": 10**20}}, "invalid-request"),
        ({"retraining": {"often": True}}, "invalid-request"),
        ({"colour": "red"}, "invalid-request"),
        ({"coverage": 0.49}, "invalid-request"),
        ({"coverage": 1}, "invalid-request"),
        ({"abstain_below": -0.1}, "invalid-request"),
        ({"abstain_below": 1.1}, "invalid-request"),
        ({"parents": {"flat": ["cod"]}}, "invalid-hierarchy"),
        ({"parents": {"flat": ["cod", "eel", "cod"]}}, "invalid-hierarchy"),
        ({"parents": {"flat": ["cod"], "long": ["eel", "cod"]}}, "invalid-hierarchy"),
        ({"parents": {"flat": ["cod", "ray"], "long": ["eel"]}}, "invalid-hierarchy"),
        ({"parents": {"flat": ["cod", "eel"], "round": []}}, "invalid-request"),
        ({"parents": ["cod", "eel"]}, "invalid-request"),
        ({"prompts": {"ray": ["a photo of a ray"]}}, "invalid-prompts"),
        ({"prompts": {"cod": [" "]}}, "invalid-prompts"),
        ({"prompts": {"cod": []}}, "invalid-request"),
        ({"prompts": {"cod": "a photo of a cod"}}, "invalid-request"),
    ],
)
def test_a_project_that_makes_no_sense_is_refused(change: dict[str, Any], code: str, client: TestClient) -> None:
    assert problem_of(client.post("/v1/projects", json=NEW | change), 422) == code


def test_malformed_json_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/projects", content=b'{"id": "fish"', headers={"Content-Type": "application/json"})

    assert problem_of(answer, 422) == "invalid-request"


def test_a_validation_problem_says_where_and_never_repeats_what_came(client: TestClient) -> None:
    answer = client.post("/v1/projects", json=NEW | {"seed": "hunter2"})

    assert answer.json()["errors"] == [
        "body.seed: Input should be a valid integer, unable to parse string as an integer"
    ]
    assert "hunter2" not in answer.text


def test_projects_come_page_by_page_in_order_of_id(world: World, client: TestClient) -> None:
    for project_id in ("ants", "cats"):
        world.add_project(project_id)

    first = client.get("/v1/projects?limit=2").json()
    second = client.get(f"/v1/projects?limit=2&after={first['next']}").json()

    assert [project["id"] for project in first["projects"]] == ["ants", "birds"]
    assert [project["id"] for project in second["projects"]] == ["cats"]
    assert second["next"] is None


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_a_page_has_a_sensible_size(limit: str, client: TestClient) -> None:
    assert problem_of(client.get(f"/v1/projects?limit={limit}"), 422) == "invalid-request"


def test_a_project_counts_its_images_by_state(world: World, client: TestClient) -> None:
    first, second, _third = world.upload(a_png(seed=1), a_png(seed=2), a_png(seed=3))
    world.annotate(first, "red")
    world.annotate(second)

    images = client.get("/v1/projects/birds").json()["images"]

    assert images == {"pool": 1, "annotated": 1, "skipped": 1, "unreadable": 0}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/images"),
        ("GET", "/images/abc"),
        ("GET", "/versions"),
        ("POST", "/versions"),
        ("GET", "/versions/1"),
        ("POST", "/versions/1/promote"),
        ("POST", "/rankings"),
        ("GET", "/rankings/latest"),
        ("POST", "/images"),
        ("POST", "/predict"),
    ],
)
def test_every_route_of_a_project_that_is_not_there_says_so(method: str, path: str, client: TestClient) -> None:
    answer = client.request(method, f"/v1/projects/unheard-of{path}")

    assert problem_of(answer, 404) == "not-found"
    assert answer.json()["detail"] == "no project 'unheard-of' here"


def test_fields_of_a_project_are_changed_alone(client: TestClient) -> None:
    changed = client.patch("/v1/projects/birds", json={"title": "Colours", "strategy": "entropy"}).json()

    assert (changed["title"], changed["strategy"]) == ("Colours", "entropy")
    assert changed["labels"] == list(LABELS)
    assert client.get("/v1/projects/birds").json()["title"] == "Colours"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"strategy": "no-such"}, "unknown-strategy"),
        ({"encoder": ""}, "unknown-encoder"),
        ({"head": "sigmoid-regression"}, "invalid-input"),
        ({"labels": None}, "invalid-request"),
        ({"labels": ["red", "red"]}, "invalid-input"),
        ({"id": "fish"}, "invalid-request"),
        ({"multi_label": True}, "invalid-request"),
        ({"retraining": {"cron": "whenever"}}, "invalid-input"),
        ({"coverage": None}, "invalid-request"),
        ({"abstain_below": 2}, "invalid-request"),
        ({"parents": {"warm": ["red"]}}, "invalid-hierarchy"),
        ({"prompts": {"pink": ["a photo of pink"]}}, "invalid-prompts"),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(
    changes: dict[str, Any], code: str, world: World, client: TestClient
) -> None:
    before = world.project()

    assert problem_of(client.patch("/v1/projects/birds", json=changes), 422) == code
    assert world.project() == before


def test_a_label_that_is_added_can_be_used_at_once(world: World, client: TestClient) -> None:
    (image_id,) = world.upload(a_png())

    client.patch("/v1/projects/birds", json={"labels": [*LABELS, "black"]})

    answer = client.put(f"/v1/projects/birds/images/{image_id}/annotation", json={"label": "black"})
    assert answer.status_code == 200


def test_a_label_that_left_keeps_its_annotations_unused_until_it_comes_back(world: World, client: TestClient) -> None:
    world.label_colours(3)
    world.train()

    changed = client.patch("/v1/projects/birds", json={"labels": ["red", "green"]}).json()
    without = world.train()
    images = client.get("/v1/projects/birds/images?label=blue").json()["images"]
    client.patch("/v1/projects/birds", json={"labels": list(LABELS)})
    again = world.train()

    assert changed["inactive_labels"] == ["blue"]
    assert len(images) == 3
    versions = [world.stores.versions.get("birds", trained["version"]) for trained in (without, again)]
    assert [(version.labels, version.annotations) for version in versions] == [(("red", "green"), 6), (LABELS, 9)]


def test_a_deleted_project_is_gone_with_all_that_belongs_to_it(world: World, client: TestClient) -> None:
    world.label_colours(2)
    world.train()

    assert client.delete("/v1/projects/birds").status_code == 204

    assert problem_of(client.get("/v1/projects/birds"), 404) == "not-found"
    assert world.stores.images.count("birds")[ImageState.ANNOTATED] == 0
    assert not world.artifacts.exists("versions/birds/1/manifest.json")


def test_a_project_made_anew_under_an_old_id_is_never_answered_by_the_old_version(
    world: World, client: TestClient
) -> None:
    world.label_colours(2)
    world.train()
    image = a_png("blue", 99)
    client.post("/v1/projects/birds/predict", files={"files": image})
    client.delete("/v1/projects/birds")

    client.post("/v1/projects", json={"id": "birds", "labels": ["low", "high"]})
    for label, colour in (("low", "red"), ("high", "blue")):
        for image_id in world.upload(a_png(colour, 1), a_png(colour, 2)):
            world.annotate(image_id, label)
    world.train()

    (prediction,) = client.post("/v1/projects/birds/predict", files={"files": image}).json()["predictions"]
    assert prediction["label"] == "high"
