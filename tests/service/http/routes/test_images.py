"""The routes of images and annotations."""

import io
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from service.domain.images.image import image_id_of
from service.domain.job import JobKind
from service.domain.projects.project import RetrainingRule
from tests.contracts.storing import NOON, source_of
from tests.service.assembled import World, a_png, png
from tests.service.http.serving import codes, files, problem_of, serve

IMAGES = "/v1/projects/birds/images"
ADDRESS = "https://example.org/a.png"


def test_uploads_are_listed_and_their_embedding_is_queued(world: World, client: TestClient) -> None:
    red, green = a_png("red"), a_png("green")

    answer = client.post(IMAGES, files=files(red, green))

    assert answer.status_code == 202
    assert [item["image"] for item in answer.json()["items"]] == [image_id_of(red), image_id_of(green)]
    assert world.queue.get(answer.json()["job"]).kind is JobKind.EMBED
    assert sorted(image["id"] for image in client.get(IMAGES).json()["images"]) == sorted(
        [image_id_of(red), image_id_of(green)]
    )


def test_each_bad_file_of_a_batch_fails_alone(client: TestClient) -> None:
    good = a_png()
    empty, text, cut = b"", b"not an image", good[: len(good) // 2]

    items = client.post(IMAGES, files=files(empty, good, text, cut)).json()["items"]

    assert codes(items) == ["unreadable-image", None, "unreadable-image", "unreadable-image"]
    assert items[1]["image"] == image_id_of(good)
    assert [item["image"] for item in items if item["problem"]] == [None, None, None]


def test_a_file_above_the_limit_fails_alone() -> None:
    small, large = a_png(size=2), png(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    world = World(max_image_bytes=len(large) - 1)
    world.add_project()

    with serve(world) as client:
        items = client.post(IMAGES, files=files(small, large)).json()["items"]

    assert codes(items) == [None, "unreadable-image"]


def test_an_image_above_the_pixel_limit_fails_alone() -> None:
    world = World(max_image_pixels=4)
    world.add_project()

    with serve(world) as client:
        items = client.post(IMAGES, files=files(a_png(size=2), a_png(size=3))).json()["items"]

    assert codes(items) == [None, "unreadable-image"]


def test_one_pixel_is_an_image(client: TestClient) -> None:
    (item,) = client.post(IMAGES, files=files(a_png(size=1))).json()["items"]

    assert item["problem"] is None


def test_an_image_that_its_tag_rotates_is_taken(client: TestClient) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.new("RGB", (4, 2), "red").save(buffer, "JPEG", exif=exif)

    (item,) = client.post(IMAGES, files=files(buffer.getvalue())).json()["items"]

    assert item["problem"] is None


def test_an_image_sent_twice_in_one_request_is_kept_once(client: TestClient) -> None:
    items = client.post(IMAGES, files=files(a_png(), a_png())).json()["items"]

    assert items[0] == items[1]
    assert len(client.get(IMAGES).json()["images"]) == 1


def test_an_image_sent_in_two_requests_is_kept_once(client: TestClient) -> None:
    client.post(IMAGES, files=files(a_png()))
    client.post(IMAGES, files=files(a_png(), name="files"))

    assert len(client.get(IMAGES).json()["images"]) == 1


def test_two_images_of_the_same_file_name_are_two_images(world: World, client: TestClient) -> None:
    for seed in (1, 2):
        client.post(IMAGES, files={"files": ("img.png", a_png(seed=seed))})

    assert len(world.stores.images.pool("birds")) == 2


def test_form_fields_are_kept_without_what_no_database_keeps(client: TestClient) -> None:
    (item,) = client.post(IMAGES, files=files(a_png()), data={"labels": ["red"], "annotator": "a\0da"}).json()["items"]

    (annotation,) = client.get(f"{IMAGES}/{item['image']}").json()["annotations"]
    assert annotation["annotator"] == "ada"


def test_files_come_with_labels(client: TestClient) -> None:
    items = client.post(
        IMAGES, files=files(a_png("red"), a_png("green")), data={"labels": ["red", ""], "annotator": "ada"}
    ).json()["items"]

    labeled = client.get(f"{IMAGES}/{items[0]['image']}").json()
    assert (labeled["state"], labeled["labels"]) == ("annotated", ["red"])
    assert labeled["annotations"][0]["annotator"] == "ada"
    assert client.get(f"{IMAGES}/{items[1]['image']}").json()["state"] == "pool"


def test_files_of_a_multi_label_project_come_with_several_labels_each(world: World, client: TestClient) -> None:
    world.add_project("fish", multi_label=True, head="sigmoid-regression")

    (item,) = client.post("/v1/projects/fish/images", files=files(a_png()), data={"labels": ["red|green"]}).json()[
        "items"
    ]

    assert client.get(f"/v1/projects/fish/images/{item['image']}").json()["labels"] == ["red", "green"]


def test_a_label_outside_the_label_set_fails_alone_and_the_image_is_kept(world: World, client: TestClient) -> None:
    items = client.post(IMAGES, files=files(a_png("red"), a_png("green")), data={"labels": ["purple", "green"]}).json()[
        "items"
    ]

    assert codes(items) == ["invalid-input", None]
    assert world.stores.images.count("birds")["pool"] == 1  # type: ignore[index]  # a StrEnum equals its text


def test_labels_must_be_as_many_as_files(client: TestClient) -> None:
    answer = client.post(IMAGES, files=files(a_png("red"), a_png("green")), data={"labels": ["red"]})

    assert problem_of(answer, 422) == "invalid-input"
    assert client.get(IMAGES).json()["images"] == []


def test_images_must_come_as_a_form_or_as_json(client: TestClient) -> None:
    answer = client.post(IMAGES, content=a_png(), headers={"Content-Type": "image/png"})

    assert problem_of(answer, 422) == "invalid-input"


def test_a_form_without_a_boundary_is_refused(client: TestClient) -> None:
    answer = client.post(IMAGES, content=b"x", headers={"Content-Type": "multipart/form-data"})

    assert problem_of(answer, 400) == "bad-request"


@pytest.mark.parametrize("path", [IMAGES, "/v1/projects/birds/predict", "/v1/embed", "/v1/zero-shot"])
def test_a_form_without_files_is_refused(path: str, client: TestClient) -> None:
    answer = client.post(path, files=files(a_png(), name="pictures"))

    assert problem_of(answer, 422) == "invalid-input"


@pytest.mark.parametrize("count", [3, 4, 9])
def test_too_many_files_are_refused(count: int) -> None:
    world = World(max_batch=2)
    world.add_project()

    with serve(world) as client:
        answer = client.post(IMAGES, files=files(*[a_png()] * count))

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_addresses_are_listed_and_fetched_later(world: World, client: TestClient) -> None:
    answer = client.post(IMAGES, json=[{"address": ADDRESS, "label": "red"}])
    (item,) = answer.json()["items"]

    world.fetcher.shelf[ADDRESS] = a_png()
    world.work()

    assert answer.status_code == 202
    assert (item["image"], item["problem"]) == (None, None)
    assert source_of(world.stores.images, item["source"]).image_id == image_id_of(a_png())
    assert client.get(f"{IMAGES}/{image_id_of(a_png())}").json()["labels"] == ["red"]


def test_an_address_with_an_unknown_label_fails_alone(client: TestClient) -> None:
    items = client.post(
        IMAGES, json=[{"address": ADDRESS, "label": "purple"}, {"address": f"{ADDRESS}?2", "label": "red"}]
    ).json()["items"]

    assert codes(items) == ["invalid-input", None]


@pytest.mark.parametrize(
    "body",
    [
        b"[",
        b"{}",
        b"[]",
        b"null",
        b'["https://example.org/a.png"]',
        b'[{"address": ""}]',
        b'[{"address": "a", "colour": 1}]',
        b'[{"label": "red"}]',
    ],
)
def test_addresses_must_be_a_list_of_addresses(body: bytes, client: TestClient) -> None:
    answer = client.post(IMAGES, content=body, headers={"Content-Type": "application/json"})

    assert problem_of(answer, 422) == "invalid-input"


def test_too_many_addresses_are_refused() -> None:
    world = World(max_batch=2)
    world.add_project()

    with serve(world) as client:
        answer = client.post(IMAGES, json=[{"address": f"{ADDRESS}?{i}"} for i in range(3)])

    assert problem_of(answer, 422) == "invalid-input"


def test_images_come_page_by_page_in_order_of_id(world: World, client: TestClient) -> None:
    ids = sorted(world.upload(*(a_png(seed=seed) for seed in range(5))))

    seen: list[str] = []
    after = ""
    while True:
        page = client.get(f"{IMAGES}?limit=2{after}").json()
        seen += [image["id"] for image in page["images"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert seen == ids


def test_images_are_filtered_by_state_label_and_source(world: World, client: TestClient) -> None:
    red, green, skipped, waiting = world.upload(a_png("red"), a_png("green"), a_png("blue"), a_png("blue", 1))
    world.annotate(red, "red")
    world.annotate(green, "green")
    world.annotate(skipped)

    def found(query: str) -> list[str]:
        return [image["id"] for image in client.get(f"{IMAGES}?{query}").json()["images"]]

    assert found("state=pool") == [waiting]
    assert found("state=skipped") == [skipped]
    assert found("label=green") == [green]
    assert found("state=annotated&label=red&source=upload") == [red]
    assert found("source=address") == []


@pytest.mark.parametrize("query", ["state=lost", "source=mail", "limit=0", "limit=x"])
def test_a_filter_that_is_not_known_is_refused(query: str, client: TestClient) -> None:
    assert problem_of(client.get(f"{IMAGES}?{query}"), 422) == "invalid-request"


def test_an_image_that_is_not_there_is_said_so(client: TestClient) -> None:
    assert problem_of(client.get(f"{IMAGES}/abc"), 404) == "not-found"


def test_an_annotation_of_an_image_that_is_not_there_is_refused(client: TestClient) -> None:
    assert problem_of(client.put(f"{IMAGES}/abc/annotation", json={"label": "red"}), 404) == "not-found"


def test_the_next_label_of_the_same_person_replaces_the_one_before(world: World, client: TestClient) -> None:
    (image_id,) = world.upload(a_png())

    for label in ("red", "green"):
        client.put(f"{IMAGES}/{image_id}/annotation", json={"label": label, "annotator": "ada"})

    annotations = client.get(f"{IMAGES}/{image_id}").json()["annotations"]
    assert [annotation["labels"] for annotation in annotations] == [["green"]]


def test_a_label_that_came_with_an_address_is_replaced_by_the_same_person(world: World, client: TestClient) -> None:
    client.post(IMAGES, json=[{"address": ADDRESS, "label": "red"}])
    world.fetcher.shelf[ADDRESS] = a_png()
    world.work()
    image_id = image_id_of(a_png())

    client.put(f"{IMAGES}/{image_id}/annotation", json={"skipped": True})

    image = client.get(f"{IMAGES}/{image_id}").json()
    assert image["state"] == "skipped"
    assert len(image["annotations"]) == 1


def test_what_most_people_say_counts(world: World, client: TestClient) -> None:
    (image_id,) = world.upload(a_png())

    for annotator, label in (("ada", "red"), ("bob", "green"), ("cyd", "red")):
        client.put(f"{IMAGES}/{image_id}/annotation", json={"label": label, "annotator": annotator})

    assert client.get(f"{IMAGES}/{image_id}").json()["labels"] == ["red"]


def test_a_skipped_image_leaves_the_pool_without_a_label(world: World, client: TestClient) -> None:
    (image_id,) = world.upload(a_png())

    answer = client.put(f"{IMAGES}/{image_id}/annotation", json={"skipped": True})

    assert answer.json()["state"] == "skipped"
    assert world.stores.images.pool("birds") == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid-input"),
        ({"label": "red", "skipped": True}, "invalid-input"),
        ({"label": "purple"}, "invalid-input"),
        ({"labels": ["red", "green"]}, "invalid-input"),
        ({"labels": ["red", "red"]}, "invalid-input"),
        ({"label": ["red"]}, "invalid-request"),
        ({"label": "red", "annotator": ""}, "invalid-request"),
        ({"label": "red", "annotator": "a\0b"}, "invalid-request"),
        ({"label": "red", "weight": 3}, "invalid-request"),
        ([], "invalid-request"),
    ],
)
def test_an_annotation_that_makes_no_sense_changes_nothing(
    body: Any, code: str, world: World, client: TestClient
) -> None:
    (image_id,) = world.upload(a_png())

    assert problem_of(client.put(f"{IMAGES}/{image_id}/annotation", json=body), 422) == code
    assert world.stores.images.pool("birds") == [image_id]


def test_several_labels_are_one_decision_in_a_multi_label_project(world: World, client: TestClient) -> None:
    world.add_project("fish", multi_label=True, head="sigmoid-regression")
    (image_id,) = world.upload(a_png(), project_id="fish")

    answer = client.put(f"/v1/projects/fish/images/{image_id}/annotation", json={"labels": ["red", "green"]})

    assert answer.json()["labels"] == ["red", "green"]


def test_enough_annotations_queue_one_training(world: World, client: TestClient) -> None:
    world.add_project("fish", retraining=RetrainingRule(after_annotations=2))
    ids = world.upload(a_png(seed=1), a_png(seed=2), a_png(seed=3), project_id="fish")

    for image_id in ids:
        client.put(f"/v1/projects/fish/images/{image_id}/annotation", json={"label": "red"})

    assert world.queued(JobKind.TRAIN) == [JobKind.TRAIN]


def test_an_annotation_says_when_it_was_made() -> None:
    world = World(clock=lambda: NOON + timedelta(hours=1))
    world.add_project()
    (image_id,) = world.upload(a_png())

    with serve(world) as client:
        annotation = client.put(f"{IMAGES}/{image_id}/annotation", json={"label": "red"}).json()

    assert annotation["updated_at"] == "2026-03-01T13:00:00Z"


def test_uploads_and_annotations_are_stored_while_redis_is_gone(world: World, client: TestClient) -> None:
    world.queue.available = False

    added = client.post(IMAGES, files=files(a_png("red"), a_png("green")), data={"labels": ["red", ""]})
    second = added.json()["items"][1]["image"]
    annotated = client.put(f"{IMAGES}/{second}/annotation", json={"label": "green"})

    assert (added.status_code, added.json()["job"]) == (202, None)
    assert annotated.status_code == 200
    assert {image.labels for image in world.stores.images.labeled("birds")} == {("red",), ("green",)}
