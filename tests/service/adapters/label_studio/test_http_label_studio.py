"""Calls Label Studio's API: paging, retries, refusals and tokens, against answers in the form of real ones."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from service.adapters.label_studio.http_label_studio import HttpLabelStudio
from service.adapters.label_studio.label_studio_tokens import LabelStudioAccess, PersonalTokenAuth, label_studio_auth
from service.domain.errors import LabelStudioError
from service.domain.label_studio import LabelStudioBackend, TaskPrediction

BASE = "http://label-studio.test/prefix"
PROJECT = {
    "id": 1,
    "title": "scenes",
    "label_config": "<View/>",
    "sampling": "Sequential sampling",
    "model_version": "",
    "created_at": "2026-11-21T21:28:01.423689Z",
}


class Recorder:
    """Gives prepared answers in turn, and records the requests."""

    def __init__(self, *answers: httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)


def client(recorder: Recorder, *, key: str = "secret", login: tuple[str, str] | None = None) -> HttpLabelStudio:
    return HttpLabelStudio(
        LabelStudioAccess(base_url=BASE, auth=label_studio_auth(BASE, key)),
        backend_login=login,
        transport=httpx.MockTransport(recorder),
        retry_wait_seconds=0.001,
    )


def ok(body: Any) -> httpx.Response:
    return httpx.Response(200, json=body)


def row(task_id: int) -> dict[str, Any]:
    return {"id": task_id, "data": {"image": "a.jpg"}, "annotations": []}


def prediction(task_id: int) -> TaskPrediction:
    return TaskPrediction(task_id=task_id, result=(), score=0.5, model_version="v")


def test_the_base_address_keeps_its_prefix_and_the_token_is_sent() -> None:
    recorder = Recorder(ok(PROJECT))

    project = client(recorder).project(1)

    assert project.model_version is None
    assert project.created_at.isoformat() == "2026-11-21T21:28:01.423689+00:00"
    assert str(recorder.requests[0].url) == f"{BASE}/api/projects/1/"
    assert recorder.requests[0].headers["Authorization"] == "Token secret"


def test_tasks_come_page_after_page_by_id() -> None:
    recorder = Recorder(ok({"tasks": [row(3), row(7)]}), ok({"tasks": [row(9)]}), ok({"tasks": []}))

    tasks = list(client(recorder).tasks(1))

    asked = [json.loads(request.url.params["query"])["filters"]["items"][0]["value"] for request in recorder.requests]
    assert [task.id for task in tasks] == [3, 7, 9]
    assert asked == [0, 7, 9]


def test_skipped_annotations_are_among_a_tasks() -> None:
    annotation = {"id": 2, "result": [], "completed_by": 4, "was_cancelled": True, "updated_at": "2026-11-22T00:13:32Z"}
    recorder = Recorder(ok({"tasks": [{**row(3), "annotations": [annotation]}]}), ok({"tasks": []}))

    (task,) = client(recorder).tasks(1)

    assert task.annotations[0].was_cancelled
    assert (task.annotations[0].task_id, task.annotations[0].annotator) == (3, "4")


@pytest.mark.parametrize("answer", [{"tasks": [{"id": "x"}]}, {"tasks": "no"}, [], {"tasks": [3]}])
def test_an_answer_of_another_shape_is_an_error(answer: Any) -> None:
    with pytest.raises(LabelStudioError):
        list(client(Recorder(ok(answer))).tasks(1))


def test_predictions_are_sent_in_bounded_requests() -> None:
    sizes: list[int] = []

    def store(request: httpx.Request) -> httpx.Response:
        sizes.append(len(json.loads(request.content)))
        return httpx.Response(201, json={"created": sizes[-1]})

    stored = client(Recorder(store)).import_predictions(1, [prediction(i) for i in range(2500)])

    assert stored == 2500
    assert sizes == [1000, 1000, 500]


def test_a_deleted_task_costs_only_its_own_prediction() -> None:
    def store(request: httpx.Request) -> httpx.Response:
        rows = json.loads(request.content)
        if any(each["task"] == 13 for each in rows):
            return httpx.Response(400, json={"detail": "task ID couldn't be retrieved"})
        return httpx.Response(201, json={"created": len(rows)})

    assert client(Recorder(store)).import_predictions(1, [prediction(i) for i in range(100)]) == 99


def test_no_predictions_are_no_request() -> None:
    recorder = Recorder(ok({}))

    assert client(recorder).import_predictions(1, []) == 0
    assert recorder.requests == []


def test_a_version_without_predictions_is_not_counted() -> None:
    assert client(Recorder(ok({"v1": 3, "live title": 0}))).prediction_versions(1) == {"v1": 3}


def test_reads_are_tried_again_after_failures_that_pass() -> None:
    recorder = Recorder(httpx.ConnectError("refused"), httpx.Response(502), httpx.ReadTimeout("slow"), ok(PROJECT))

    assert client(recorder).project(1).title == "scenes"


def test_a_lasting_failure_is_told_after_four_attempts() -> None:
    recorder = Recorder(httpx.Response(503, text="down for maintenance"))

    with pytest.raises(LabelStudioError, match=r"503.*down for maintenance"):
        client(recorder).project(1)

    assert len(recorder.requests) == 4


def test_predictions_are_not_stored_twice_by_trying_again() -> None:
    recorder = Recorder(httpx.ReadTimeout("slow"))

    with pytest.raises(LabelStudioError, match="cannot be reached"):
        client(recorder).import_predictions(1, [prediction(1)])

    assert len(recorder.requests) == 1


def test_a_connection_that_was_never_made_is_tried_again_for_predictions_too() -> None:
    recorder = Recorder(httpx.ConnectError("refused"), httpx.Response(201, json={"created": 1}))

    assert client(recorder).import_predictions(1, [prediction(1)]) == 1


@pytest.mark.parametrize(
    ("status", "helps"), [(401, "LABEL_STUDIO_API_KEY"), (403, "member"), (404, "LABEL_STUDIO_URL"), (301, "redirects")]
)
def test_a_refusal_says_what_helps_and_never_the_token(status: int, helps: str) -> None:
    recorder = Recorder(httpx.Response(status, json={"detail": "no"}))

    with pytest.raises(LabelStudioError, match=helps) as refusal:
        client(recorder).project(1)

    assert "secret" not in str(refusal.value)
    assert len(recorder.requests) == 1


def test_a_page_of_html_is_not_label_studio() -> None:
    with pytest.raises(LabelStudioError, match="LABEL_STUDIO_URL"):
        client(Recorder(httpx.Response(200, text="<html>"))).project(1)


def test_renaming_a_backend_sends_the_login_again_so_that_its_health_check_passes() -> None:
    recorder = Recorder(ok({}))
    backend = LabelStudioBackend(id=4, url="http://margin:9090", title="Margin", model_version=None, state="CO")

    client(recorder, login=("user", "word")).rename_backend(1, backend, "v1")

    assert json.loads(recorder.requests[0].content) == {
        "title": "v1",
        "url": "http://margin:9090",
        "project": 1,
        "auth_method": "BASIC_AUTH",
        "basic_auth_user": "user",
        "basic_auth_pass": "word",
    }


def test_a_personal_token_is_swapped_once_and_reused() -> None:
    recorder = Recorder(ok({"access": "short"}), ok(PROJECT), ok(PROJECT))
    there = client(recorder, key="a.b.c")

    there.project(1)
    there.project(1)

    assert [request.url.path for request in recorder.requests] == [
        "/prefix/api/token/refresh",
        "/prefix/api/projects/1/",
        "/prefix/api/projects/1/",
    ]
    assert recorder.requests[-1].headers["Authorization"] == "Bearer short"


def test_the_token_swap_is_given_up_as_soon_as_any_other_request() -> None:
    recorder = Recorder(ok({"access": "short"}), ok(PROJECT))

    client(recorder, key="a.b.c").project(1)

    swap, call = recorder.requests
    assert swap.extensions["timeout"] == call.extensions["timeout"]
    assert swap.extensions["timeout"]["read"] == 60.0


def test_an_access_token_is_renewed_once_when_it_is_refused() -> None:
    recorder = Recorder(ok({"access": "old"}), httpx.Response(401), ok({"access": "new"}), ok(PROJECT))

    client(recorder, key="a.b.c").project(1)

    assert recorder.requests[-1].headers["Authorization"] == "Bearer new"


def test_an_access_token_is_renewed_before_it_ends() -> None:
    now = [0.0]
    recorder = Recorder(ok({"access": "old"}), ok(PROJECT), ok({"access": "new"}), ok(PROJECT))
    auth = PersonalTokenAuth(BASE, "a.b.c", monotonic=lambda: now[0])
    there = HttpLabelStudio(
        LabelStudioAccess(base_url=BASE, auth=auth), transport=httpx.MockTransport(recorder), retry_wait_seconds=0.001
    )
    there.project(1)

    now[0] = 280.0
    there.project(1)

    assert recorder.requests[-1].headers["Authorization"] == "Bearer new"


def test_a_token_swap_that_fails_in_label_studio_is_tried_again() -> None:
    recorder = Recorder(httpx.Response(500), ok({"access": "short"}), ok(PROJECT))

    assert client(recorder, key="a.b.c").project(1).id == 1


@pytest.mark.parametrize("answer", [httpx.Response(401), httpx.Response(200, text="<html>"), ok({})])
def test_a_refused_personal_token_is_told_without_showing_it(answer: httpx.Response) -> None:
    with pytest.raises(LabelStudioError, match=r"LABEL_STUDIO_(API_KEY|URL)") as refusal:
        client(Recorder(answer), key="a.b.c").project(1)

    assert "a.b.c" not in str(refusal.value)


def test_an_access_does_not_show_its_token() -> None:
    access = LabelStudioAccess(base_url=BASE, auth=label_studio_auth(BASE, "secret"))

    assert "secret" not in repr(access)
