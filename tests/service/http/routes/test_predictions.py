"""The route that classifies images."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from ml.classifier.saved_version import HEAD_TENSORS, MANIFEST
from service.domain.artifact_keys import version_key
from service.domain.images.image import image_id_of
from tests.service.assembled import LABELS, World, a_png, png
from tests.service.colour_encoder import NAME, ColourEncoder, mixed
from tests.service.http.serving import codes, files, problem_of, serve

PREDICT = "/v1/projects/birds/predict"


@pytest.fixture
def trained(world: World) -> World:
    world.label_colours(4)
    world.train()
    return world


@pytest.mark.usefixtures("trained")
def test_an_image_is_classified(client: TestClient) -> None:
    image = a_png("green", 99)

    (prediction,) = client.post(PREDICT, files=files(image)).json()["predictions"]

    assert prediction["image"] == image_id_of(image)
    assert (prediction["label"], prediction["labels"], prediction["version"]) == ("green", ["green"], 1)
    assert tuple(prediction["probabilities"]) == LABELS
    assert sum(prediction["probabilities"].values()) == pytest.approx(1)
    assert 0 < prediction["margin"] <= 1
    assert prediction["plausible_labels"][0] == "green"


@pytest.mark.usefixtures("trained")
def test_an_image_that_nothing_is_sure_of_gets_no_label_but_all_that_speaks_for_one(client: TestClient) -> None:
    client.patch("/v1/projects/birds", json={"abstain_below": 0.9})

    unsure, sure = client.post(PREDICT, files=files(png(mixed("red", "green")), a_png("blue", 99))).json()[
        "predictions"
    ]

    assert (unsure["abstained"], unsure["label"], unsure["labels"]) == (True, None, [])
    assert {"red", "green"} <= set(unsure["plausible_labels"])
    assert sum(unsure["probabilities"].values()) == pytest.approx(1)
    assert (sure["abstained"], sure["label"]) == (False, "blue")


@pytest.mark.usefixtures("trained")
def test_parents_are_as_probable_as_their_labels(client: TestClient) -> None:
    client.patch("/v1/projects/birds", json={"parents": {"warm": ["red"], "cold": ["green", "blue"]}})

    (prediction,) = client.post(PREDICT, files=files(a_png("green", 99))).json()["predictions"]

    cold = prediction["probabilities"]["green"] + prediction["probabilities"]["blue"]
    assert prediction["parents"] == pytest.approx({"warm": 1 - cold, "cold": cold})


@pytest.mark.usefixtures("trained")
def test_a_bad_file_fails_alone(client: TestClient) -> None:
    predictions = client.post(PREDICT, files=files(b"", a_png("red", 99), a_png()[:60])).json()["predictions"]

    assert codes(predictions) == ["unreadable-image", None, "unreadable-image"]
    assert predictions[1]["label"] == "red"


def test_an_image_sent_twice_in_one_request_is_encoded_once(trained: World, client: TestClient) -> None:
    image = a_png("green", 99)
    before = trained.encoder.encoded

    first, second = client.post(PREDICT, files=files(image, image)).json()["predictions"]

    assert first == second
    assert trained.encoder.encoded == before + 1


@pytest.mark.usefixtures("trained")
def test_a_large_request_is_answered_in_order(client: TestClient) -> None:
    colours = [LABELS[seed % 3] for seed in range(80)]

    answer = client.post(PREDICT, files=files(*(a_png(colour, 200 + seed) for seed, colour in enumerate(colours))))

    assert [prediction["label"] for prediction in answer.json()["predictions"]] == colours


def test_nothing_of_a_classified_image_is_listed(trained: World, client: TestClient) -> None:
    client.post(PREDICT, files=files(a_png("green", 99)))

    assert trained.stores.images.pool("birds") == []


def test_before_any_version_there_is_nothing_to_ask(client: TestClient) -> None:
    assert problem_of(client.post(PREDICT, files=files(a_png())), 409) == "not-ready"


@pytest.mark.usefixtures("trained")
def test_json_is_not_what_predict_reads(client: TestClient) -> None:
    assert problem_of(client.post(PREDICT, json={"files": []}), 422) == "invalid-input"


def test_a_version_is_never_fed_with_another_encoders_embeddings(trained: World) -> None:
    trained.encoders[NAME] = ColourEncoder(weights="1")
    trained.application = trained.another_process()

    with serve(trained) as client:
        answer = client.post(PREDICT, files=files(a_png()))

    assert problem_of(answer, 409) == "not-ready"
    assert "retrain" in answer.json()["detail"]


@pytest.mark.usefixtures("trained")
def test_labels_of_today_are_answered_before_the_next_training(client: TestClient) -> None:
    client.patch("/v1/projects/birds", json={"labels": ["black", "blue", "green"]})

    (prediction,) = client.post(PREDICT, files=files(a_png("blue", 99))).json()["predictions"]

    assert prediction["label"] == "blue"
    assert list(prediction["probabilities"]) == ["black", "blue", "green"]
    assert prediction["probabilities"]["black"] == 0
    assert sum(prediction["probabilities"].values()) == pytest.approx(1)


def test_a_multi_label_project_answers_every_likely_label(client: TestClient, world: World) -> None:
    world.add_project("fish", multi_label=True, head="sigmoid-regression")
    for colour in LABELS:
        for image_id in world.upload(*(a_png(colour, seed) for seed in range(6)), project_id="fish"):
            world.annotate(image_id, colour, project_id="fish")
    world.train("fish")

    (prediction,) = client.post("/v1/projects/fish/predict", files=files(a_png("red", 99))).json()["predictions"]

    assert prediction["labels"] == ["red"]
    assert all(0 <= probability <= 1 for probability in prediction["probabilities"].values())


@pytest.mark.parametrize("file", [HEAD_TENSORS, MANIFEST])
def test_a_version_with_a_changed_byte_is_refused(file: str, trained: World) -> None:
    key = version_key("birds", 1, file)
    content = bytearray(trained.artifacts.get(key))
    content[-5] ^= 1
    trained.artifacts.put(key, bytes(content))
    trained.application = trained.another_process()

    with serve(trained) as client:
        answer = client.post(PREDICT, files=files(a_png()))

    assert problem_of(answer, 409) == "damaged-version"


def test_a_version_whose_files_are_lost_is_refused(trained: World) -> None:
    trained.artifacts.delete_under("versions/birds/")
    trained.application = trained.another_process()

    with serve(trained) as client:
        answer = client.post(PREDICT, files=files(a_png()))

    assert problem_of(answer, 409) == "damaged-version"


def test_an_encoder_error_is_answered_without_a_traceback(trained: World, client: TestClient) -> None:
    trained.encoder.failure = ZeroDivisionError("secret detail")

    answer = client.post(PREDICT, files=files(a_png("green", 99)))

    assert problem_of(answer, 500) == "bug"
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


def test_predictions_need_no_redis(trained: World, client: TestClient) -> None:
    trained.queue.available = False

    assert client.post(PREDICT, files=files(a_png("red", 99))).status_code == 200


def test_a_request_larger_than_what_may_wait_is_answered_on_an_idle_service() -> None:
    world = World(max_waiting_images=2)
    world.add_project()
    world.label_colours(2)
    world.train()

    with serve(world) as client:
        answer = client.post(PREDICT, files=files(*(a_png("red", 100 + seed) for seed in range(9))))

    assert [prediction["label"] for prediction in answer.json()["predictions"]] == ["red"] * 9


def test_a_project_with_another_title_answers_the_same(trained: World, client: TestClient) -> None:
    image = files(a_png("red", 99))
    before = client.post(PREDICT, files=image).json()

    trained.stores.projects.update(replace(trained.project(), title="Other"))

    assert client.post(PREDICT, files=image).json() == before
