"""Calls Label Studio's own HTTP API: its projects, tasks, predictions, ML backends and webhooks."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from service.adapters.label_studio.label_studio_tokens import LabelStudioAccess
from service.domain.errors import InvalidInput, LabelStudioError
from service.domain.label_studio import (
    LabelStudioBackend,
    LabelStudioProject,
    LabelStudioTask,
    LabelStudioWebhook,
    TaskPrediction,
)
from service.label_studio.events import read_task
from service.label_studio.predictions import as_imported

# Measured: Label Studio needs 0.3 s for 500 tasks with their annotations and 0.5 s for 1000 predictions. After each
# import it counts all tasks of the project, so smaller requests would cost more.
_TASKS_PER_PAGE = 500
_PREDICTIONS_PER_REQUEST = 1000
_ATTEMPTS = 4
_SHOWN_CHARACTERS = 300
_Described = TypeVar("_Described")
_MOVED = "; set LABEL_STUDIO_URL to the address it redirects to"
_HINTS: Mapping[int, str] = {
    HTTPStatus.MOVED_PERMANENTLY: _MOVED,
    HTTPStatus.FOUND: _MOVED,
    HTTPStatus.TEMPORARY_REDIRECT: _MOVED,
    HTTPStatus.PERMANENT_REDIRECT: _MOVED,
    HTTPStatus.UNAUTHORIZED: "; set LABEL_STUDIO_API_KEY to a personal access token (Account & Settings), or to a"
    " legacy token if the organization still allows those",
    HTTPStatus.FORBIDDEN: "; the user of LABEL_STUDIO_API_KEY must be a member who may change this project",
    HTTPStatus.NOT_FOUND: "; is LABEL_STUDIO_URL the address of this project's Label Studio?",
}


class HttpLabelStudio:
    """Implements the LabelStudio port over HTTP.

    Reads and changes are retried after connection errors and 5xx answers. A request that would store something twice is
    retried only if the connection was never made.

    Args: backend_login: user and password that Label Studio must send to our own routes, if any. Label Studio needs
        them again whenever an ML backend is changed.
    """

    def __init__(
        self,
        access: LabelStudioAccess,
        *,
        timeout_seconds: float = 60.0,
        backend_login: tuple[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        retry_wait_seconds: float = 0.5,
    ) -> None:
        self._client = httpx.Client(
            base_url=access.base_url.rstrip("/") + "/",
            auth=access.auth,
            timeout=httpx.Timeout(timeout_seconds, connect=min(10.0, timeout_seconds)),
            transport=transport,
            headers={"User-Agent": "margin"},
        )
        self._backend_login = backend_login
        self._retry_wait_seconds = retry_wait_seconds

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def project(self, project_id: int) -> LabelStudioProject:
        return _read(_project, self._get(f"api/projects/{project_id}/"))

    def tasks(self, project_id: int) -> Iterator[LabelStudioTask]:
        """Yield all tasks in order of id, with skipped annotations; one that is deleted meanwhile hides no other."""
        after = 0
        while page := self._tasks_after(project_id, after):
            yield from page
            after = page[-1].id

    def import_predictions(self, project_id: int, predictions: Sequence[TaskPrediction]) -> int:
        """Store predictions.

        Label Studio refuses a whole request for one bad prediction; all others are stored anyway.
        """
        rows = [as_imported(each) for each in predictions]
        return sum(
            self._import(project_id, rows[start : start + _PREDICTIONS_PER_REQUEST])
            for start in range(0, len(rows), _PREDICTIONS_PER_REQUEST)
        )

    def prediction_versions(self, project_id: int) -> dict[str, int]:
        counts = _mapping(self._get(f"api/projects/{project_id}/model-versions/"))
        return {str(version): int(count) for version, count in counts.items() if count}

    def delete_predictions(self, project_id: int, model_version: str) -> None:
        self._call("DELETE", f"api/projects/{project_id}/model-versions/", body={"model_version": model_version})

    def backends(self, project_id: int) -> list[LabelStudioBackend]:
        return [_read(_backend, row) for row in _rows(self._get("api/ml/", {"project": project_id}))]

    def rename_backend(self, project_id: int, backend: LabelStudioBackend, title: str) -> None:
        body: dict[str, Any] = {"title": title, "url": backend.url, "project": project_id}
        if self._backend_login is not None:
            # Label Studio checks the backend's health with the login in this request only, not with the one it stores.
            user, password = self._backend_login
            body |= {"auth_method": "BASIC_AUTH", "basic_auth_user": user, "basic_auth_pass": password}
        self._call("PATCH", f"api/ml/{backend.id}", body=body)

    def pin_model_version(self, project_id: int, model_version: str) -> None:
        self._call("PATCH", f"api/projects/{project_id}/", body={"model_version": model_version})

    def set_sampling(self, project_id: int, sampling: str) -> None:
        self._call("PATCH", f"api/projects/{project_id}/", body={"sampling": sampling})

    def webhooks(self, project_id: int) -> list[LabelStudioWebhook]:
        return [_read(_webhook, row) for row in _rows(self._get("api/webhooks/", {"project": project_id}))]

    def save_webhook(self, project_id: int, webhook: LabelStudioWebhook) -> None:
        body = {
            "project": project_id,
            "url": webhook.url,
            "headers": dict(webhook.headers),
            "send_payload": webhook.send_payload,
            "send_for_all_actions": webhook.send_for_all_actions,
            "is_active": webhook.is_active,
        }
        if webhook.id:
            self._call("PATCH", f"api/webhooks/{webhook.id}/", body=body)
        else:
            self._call("POST", "api/webhooks/", body=body)

    def delete_webhook(self, webhook_id: int) -> None:
        self._call("DELETE", f"api/webhooks/{webhook_id}/")

    def _import(self, project_id: int, rows: list[dict[str, Any]]) -> int:
        try:
            answer = self._call("POST", f"api/projects/{project_id}/import/predictions", body=rows)
        except _RequestRefused as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            # Most likely one of the tasks was deleted meanwhile: halving finds it in few requests.
            middle = len(rows) // 2
            return self._import(project_id, rows[:middle]) + self._import(project_id, rows[middle:]) if middle else 0
        return int(_mapping(answer).get("created", 0))

    def _tasks_after(self, project_id: int, after: int) -> list[LabelStudioTask]:
        above = {"filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": after}
        query = {"filters": {"conjunction": "and", "items": [above]}, "ordering": ["tasks:id"]}
        parameters = {
            "project": project_id,
            "fields": "all",
            "page_size": _TASKS_PER_PAGE,
            # Addresses as they were imported: s3:// stays s3://.
            "resolve_uri": "false",
            # Leaves out predictions; these names apply inside annotations too.
            "include": "id,data,annotations,result,was_cancelled,completed_by,updated_at",
            "query": json.dumps(query),
        }
        page = _mapping(self._get("api/tasks/", parameters))
        return [_read(read_task, row) for row in _rows(page.get("tasks"))]

    def _get(self, path: str, parameters: Mapping[str, Any] | None = None) -> Any:
        return self._call("GET", path, parameters=parameters)

    def _call(self, method: str, path: str, *, parameters: Mapping[str, Any] | None = None, body: object = None) -> Any:
        request = self._client.build_request(method, path, params=parameters, json=body)
        may_repeat = (httpx.ConnectError, httpx.ConnectTimeout) if method == "POST" else (httpx.HTTPError,)
        attempts = Retrying(
            retry=retry_if_exception_type(may_repeat),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(multiplier=self._retry_wait_seconds),
            reraise=True,
        )
        try:
            response = attempts(self._send, request)
        except httpx.HTTPStatusError as error:
            raise _RequestRefused(method, path, error.response) from error
        except httpx.HTTPError as error:
            raise LabelStudioError(
                f"Label Studio at {self._client.base_url.copy_with(userinfo=b'')} cannot be reached for {method}"
                f" {path}: {error or type(error).__name__}; is LABEL_STUDIO_URL right, and is it running?"
            ) from error
        return _json(method, path, response)

    def _send(self, request: httpx.Request) -> httpx.Response:
        response = self._client.send(request)
        if response.is_server_error:
            response.raise_for_status()
        return response


def _json(method: str, path: str, response: httpx.Response) -> Any:
    if not response.is_success:
        raise _RequestRefused(method, path, response)
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError as error:
        raise LabelStudioError(
            f"the answer to {method} {path} is not of Label Studio's API: is LABEL_STUDIO_URL right?"
        ) from error


class _RequestRefused(LabelStudioError):
    """Label Studio answered with a refusal."""

    def __init__(self, method: str, path: str, response: httpx.Response) -> None:
        answer = " ".join(response.text.split())[:_SHOWN_CHARACTERS]
        hint = _HINTS.get(response.status_code, "")
        super().__init__(
            f"Label Studio answered {response.status_code} to {method} {path}: {answer or 'nothing'}{hint}"
        )
        self.status = response.status_code


def _read(build: Callable[[Mapping[str, Any]], _Described], row: Any) -> _Described:
    try:
        return build(_mapping(row))
    except (KeyError, TypeError, ValueError, InvalidInput) as error:
        raise LabelStudioError(f"Label Studio sent data in an unknown form: {error!r}") from error


def _mapping(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, Mapping):
        raise LabelStudioError(f"Label Studio answered {type(answer).__name__} where an object was expected")
    return answer


def _rows(answer: Any) -> list[Any]:
    if not isinstance(answer, list):
        raise LabelStudioError(f"Label Studio answered {type(answer).__name__} where a list was expected")
    return answer


def _project(row: Mapping[str, Any]) -> LabelStudioProject:
    return LabelStudioProject(
        id=row["id"],
        title=row["title"],
        label_config=row["label_config"],
        sampling=row["sampling"],
        model_version=row["model_version"] or None,
        created_at=datetime.fromisoformat(row["created_at"]),
    )


def _backend(row: Mapping[str, Any]) -> LabelStudioBackend:
    return LabelStudioBackend(
        id=row["id"],
        url=row["url"],
        title=row["title"] or "",
        model_version=row["model_version"] or None,
        state=row["state"],
    )


def _webhook(row: Mapping[str, Any]) -> LabelStudioWebhook:
    return LabelStudioWebhook(
        id=row["id"],
        url=row["url"],
        headers=row["headers"] or {},
        send_payload=row["send_payload"],
        send_for_all_actions=row["send_for_all_actions"],
        is_active=row["is_active"],
    )
