"""Calls a running Margin over HTTP; a failure becomes one sentence that says why."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from service.api.audit import NewAudit
from service.api.comparison import NewComparison
from service.api.job import JobView
from service.api.prediction import Predictions, PredictionView
from service.api.problem import Problem
from service.api.project import ProjectView
from service.cli.client.retry_after import seconds_to_wait
from service.domain.errors import MarginError

# The first answer may wait for an encoder to load.
TIMEOUT_SECONDS = 180.0
# A busy service says when to ask again.
MOST_TRIES = 60

Answer = TypeVar("Answer", bound=BaseModel)


class ServiceRefused(MarginError):
    """The service refused a request; the message says why."""


class RequestTooLarge(ServiceRefused):
    """The files of one request are larger than the service accepts at once."""


class MarginClient:
    """Sends the command line's requests to a service, and validates the JSON that it answers with."""

    def __init__(self, http: httpx.Client, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._http = http
        self._sleep = sleep

    def project(self, project_id: str) -> ProjectView:
        """Return one project.

        Raises: ServiceRefused.
        """
        return self._read(ProjectView, self._send("GET", f"/v1/projects/{project_id}"))

    def predict(self, project_id: str, contents: Sequence[bytes]) -> list[PredictionView]:
        """Classify files, in order; a file that cannot be read has a problem.

        Raises: ServiceRefused, RequestTooLarge.
        """
        files = [("files", (str(place), content)) for place, content in enumerate(contents)]
        answer = self._send("POST", f"/v1/projects/{project_id}/predict", files=files)
        return self._read(Predictions, answer).predictions

    def compare(self, project_id: str, wanted: NewComparison) -> JobView:
        """Queue a comparison.

        Raises: ServiceRefused.
        """
        body = wanted.model_dump()
        return self._read(JobView, self._send("POST", f"/v1/projects/{project_id}/comparisons", json=body))

    def job(self, job_id: str) -> JobView:
        """Return one job.

        Raises: ServiceRefused.
        """
        return self._read(JobView, self._send("GET", f"/v1/jobs/{job_id}"))

    def latest_comparison(self, project_id: str) -> bytes:
        """Return the newest comparison, as JSON.

        Raises: ServiceRefused.
        """
        return self._send("GET", f"/v1/projects/{project_id}/comparisons/latest").content

    def latest_comparison_page(self, project_id: str) -> bytes:
        """Return the newest comparison, as HTML.

        Raises: ServiceRefused.
        """
        return self._send("GET", f"/v1/projects/{project_id}/comparisons/latest.html").content

    def audit(self, project_id: str, wanted: NewAudit) -> JobView:
        """Queue an audit.

        Raises: ServiceRefused.
        """
        body = wanted.model_dump()
        return self._read(JobView, self._send("POST", f"/v1/projects/{project_id}/audits", json=body))

    def latest_audit(self, project_id: str) -> bytes:
        """Return the newest audit, as JSON.

        Raises: ServiceRefused.
        """
        return self._send("GET", f"/v1/projects/{project_id}/audits/latest").content

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Send a request, and send it again as long as the service answers that it is busy.

        Args: content: httpx's files or json, if any.
        """
        for _ in range(MOST_TRIES):
            answer = self._send_once(method, path, **content)
            if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                break
            self._sleep(seconds_to_wait(answer.headers.get("Retry-After", ""), now=datetime.now(UTC)))
        if answer.is_success:
            return answer
        if answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise RequestTooLarge(self._reason(answer))
        raise ServiceRefused(self._reason(answer))

    def _send_once(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **content)
        except httpx.ConnectError as error:
            raise ServiceRefused(
                f"nothing answers at {self._http.base_url}: start `margin up`, or give --url"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceRefused(f"the connection to {self._http.base_url} failed: {error}") from error

    def _reason(self, answer: httpx.Response) -> str:
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            return (
                f"{self._http.base_url} refuses the user name or password: "
                "set BASIC_AUTH_USER and BASIC_AUTH_PASS to those of the service"
            )
        return self._read(Problem, answer).detail

    def _read(self, kind: type[Answer], answer: httpx.Response) -> Answer:
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError as error:
            raise ServiceRefused(
                f"the answer from {self._http.base_url} (status {answer.status_code}) is not one of this Margin version"
            ) from error


def open_client(url: str, login: tuple[str, str] | None) -> httpx.Client:
    """Open a connection to the service.

    Raises: ServiceRefused: not an http(s) address.
    """
    try:
        base = httpx.URL(url.rstrip("/"))
    except httpx.InvalidURL as error:
        raise ServiceRefused(f"--url {url!r} is not an address: {error}") from error
    if base.scheme not in ("http", "https") or not base.host:
        raise ServiceRefused(f"--url {url!r} is not an address such as http://127.0.0.1:9090")
    return httpx.Client(base_url=base, auth=login, timeout=TIMEOUT_SECONDS)
