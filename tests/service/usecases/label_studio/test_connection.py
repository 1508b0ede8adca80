"""Repairing a connection and publishing an order, against a Label Studio in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from service.domain.errors import LabelStudioError
from service.domain.label_studio import (
    LabelStudioBackend,
    LabelStudioProject,
    LabelStudioTask,
    LabelStudioWebhook,
    TaskPrediction,
)
from service.usecases.label_studio.connection import find_our_backend, publish_order, repair_connection
from tests.doubles.label_studio import InMemoryLabelStudio

VERSION = "margin-scenes-v1"
BASIC = "Basic dXNlcjpwYXNz"


def backend(backend_id: int = 1, **changes: Any) -> LabelStudioBackend:
    made = LabelStudioBackend(
        id=backend_id, url="http://margin:9090/", title="Margin", model_version=VERSION, state="CO"
    )
    return replace(made, **changes)


def webhook(**changes: Any) -> LabelStudioWebhook:
    made = LabelStudioWebhook(
        id=0,
        url="http://margin:9090/webhook",
        headers={},
        send_payload=True,
        send_for_all_actions=True,
        is_active=True,
    )
    return replace(made, **changes)


def label_studio(*backends: LabelStudioBackend, tasks: Sequence[int] = (1, 2, 3)) -> InMemoryLabelStudio:
    made = InMemoryLabelStudio()
    made.add_project(
        LabelStudioProject(
            id=1,
            title="scenes",
            label_config="<View/>",
            sampling="Sequential sampling",
            model_version=None,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )
    for task_id in tasks:
        made.add_task(1, LabelStudioTask(id=task_id, data={"image": "a.jpg"}, annotations=()))
    for each in backends:
        made.connect(1, each)
    return made


def repair(there: InMemoryLabelStudio, *, basic: str | None = None, order: bool = False) -> list[str]:
    return repair_connection(there, 1, version_name=VERSION, basic_auth_header=basic, order=order)


def predict(there: InMemoryLabelStudio, scores: dict[int, float], version: str = VERSION) -> None:
    there.import_predictions(
        1, [TaskPrediction(task_id=t, result=(), score=s, model_version=version) for t, s in scores.items()]
    )


def test_a_healthy_connection_is_left_alone() -> None:
    there = label_studio(backend())
    before = there.webhooks(1)

    said = repair(there)

    assert said == []
    assert there.webhooks(1) == before


def test_repairing_twice_says_nothing_the_second_time() -> None:
    there = label_studio(backend())
    repair(there, basic=BASIC, order=True)

    assert repair(there, basic=BASIC, order=True) == []


def test_a_missing_webhook_is_made() -> None:
    there = label_studio(backend())
    there.delete_webhook(1)

    said = repair(there, basic=BASIC)

    assert "sent no events" in said[0]
    assert there.webhooks(1) == [webhook(id=1, headers={"Authorization": BASIC})]


def test_a_webhook_learns_to_sign_and_keeps_its_other_headers() -> None:
    there = label_studio(backend())
    there.save_webhook(1, webhook(id=1, headers={"X-Team": "a", "authorization": "Basic old"}))

    said = repair(there, basic=BASIC)

    assert "did not carry our Authorization" in said[0]
    assert there.webhooks(1)[0].headers == {"X-Team": "a", "Authorization": BASIC}


def test_a_login_in_the_address_signs_already_and_is_never_shown() -> None:
    there = label_studio(backend(url="http://user:word@margin:9090"))
    before = there.webhooks(1)

    assert repair(there, basic=BASIC) == []
    assert there.webhooks(1) == before

    there.delete_webhook(1)
    assert "word" not in str(repair(there, basic=BASIC))


@pytest.mark.parametrize(
    ("defect", "said_of_it"),
    [
        ({"is_active": False}, "switched off"),
        ({"send_for_all_actions": False}, "some events only"),
        ({"send_payload": False}, "without their content"),
    ],
)
def test_a_defective_webhook_is_repaired(defect: dict[str, bool], said_of_it: str) -> None:
    there = label_studio(backend())
    there.save_webhook(1, webhook(id=1, **defect))

    said = repair(there)

    assert said_of_it in said[0]
    assert there.webhooks(1) == [webhook(id=1)]


def test_doubled_webhooks_are_removed_and_others_stay() -> None:
    there = label_studio(backend())
    there.save_webhook(1, webhook(url="http://margin:9090/webhook/"))
    there.save_webhook(1, webhook(url="http://elsewhere/webhook"))

    said = repair(there)

    assert "second time: removed" in said[0]
    assert [hook.url for hook in there.webhooks(1)] == ["http://margin:9090/webhook", "http://elsewhere/webhook"]


def test_sampling_follows_the_scores_when_order_is_on() -> None:
    there = label_studio(backend())

    said = repair(there, order=True)

    assert "'Sequential sampling'" in said[0]
    assert there.project(1).sampling == "Uncertainty sampling"


def test_sampling_is_left_alone_when_order_is_off() -> None:
    there = label_studio(backend())

    repair(there, order=False)

    assert there.project(1).sampling == "Sequential sampling"


def test_a_project_without_ml_backend_says_how_to_connect() -> None:
    assert "connect Margin" in repair(label_studio())[0]


def test_two_rows_of_one_address_are_told() -> None:
    assert "2 ML backends" in repair(label_studio(backend(1), backend(2)))[0]


def test_strange_ml_backends_are_not_taken_for_ours() -> None:
    strange = {"model_version": "yolo", "title": "yolo", "url": "http://yolo"}

    said = repair(label_studio(backend(1, **strange), backend(2, **strange)))

    assert "none of them is Margin" in said[0]


def test_our_backend_is_the_one_with_our_version_then_one_like_it() -> None:
    yolo = backend(1, model_version="yolo", title="yolo")
    older = backend(2, model_version="margin-scenes-v0")
    exact = backend(3)

    assert find_our_backend([yolo, older, exact], VERSION) == exact
    assert find_our_backend([yolo, older], VERSION) == older
    assert find_our_backend([yolo, replace(yolo, id=4)], VERSION) is None


def test_the_next_task_follows_each_published_version() -> None:
    there = label_studio(backend())
    repair(there, order=True)
    predict(there, {1: 0.9, 2: 0.1, 3: 0.5})
    predict(there, {1: 0.9, 2: 0.8, 3: 0.2}, "margin-scenes-v2")

    publish_order(there, 1, VERSION)
    first = there.next_task(1)
    publish_order(there, 1, "margin-scenes-v2")
    second = there.next_task(1)

    assert (first, second) == (2, 3)
    assert there.backends(1)[0].title == "margin-scenes-v2"


def test_a_project_pinned_to_something_else_is_pinned_to_us() -> None:
    there = label_studio(backend())
    predict(there, {1: 0.1}, "by hand")
    there.pin_model_version(1, "by hand")
    predict(there, {1: 0.5})

    publish_order(there, 1, VERSION)

    assert there.project(1).model_version == VERSION


def test_a_version_without_predictions_is_not_followed() -> None:
    there = label_studio(backend())

    said = publish_order(there, 1, VERSION)

    assert "no predictions" in said[0]
    assert there.project(1).model_version == "Margin"


class RefusesRenaming(InMemoryLabelStudio):
    """Refuses to rename an ML backend, as Label Studio does if it cannot reach it at that moment."""

    def rename_backend(self, project_id: int, backend: LabelStudioBackend, title: str) -> None:
        raise LabelStudioError("Label Studio answered 400: health check failed")


class ForgetsPins(RefusesRenaming):
    """Answers 200 and changes nothing."""

    def pin_model_version(self, project_id: int, model_version: str) -> None:
        return


def test_a_backend_that_cannot_be_renamed_is_pinned_instead() -> None:
    there = RefusesRenaming()
    there.add_project(label_studio().project(1))
    there.add_task(1, LabelStudioTask(id=1, data={}, annotations=()))
    there.connect(1, backend())
    predict(there, {1: 0.1})

    said = publish_order(there, 1, VERSION)

    assert "health check failed" in said[0]
    assert there.project(1).model_version == VERSION


def test_an_order_that_is_not_followed_is_an_error() -> None:
    there = ForgetsPins()
    there.add_project(label_studio().project(1))
    there.add_task(1, LabelStudioTask(id=1, data={}, annotations=()))
    there.connect(1, backend())
    predict(there, {1: 0.1})

    with pytest.raises(LabelStudioError, match="still follows 'Margin'"):
        publish_order(there, 1, VERSION)


def test_the_only_backend_is_not_ours_when_it_answers_with_a_version_of_its_own() -> None:
    foreign = backend(title="SAM", model_version="sam-1", url="http://other:9090")

    assert find_our_backend([foreign], VERSION) is None


def test_the_only_backend_is_ours_as_long_as_it_has_no_version() -> None:
    fresh = backend(title="Margin", model_version=None)

    assert find_our_backend([fresh], VERSION) == fresh
