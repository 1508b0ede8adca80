"""Signs requests to Label Studio with a legacy token, or with a personal access token that is swapped and renewed."""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock

import httpx

from service.domain.errors import LabelStudioError

# Label Studio's access tokens are valid for 300 s; renewing early allows for slow requests and skewed clocks.
_RENEW_AFTER_SECONDS = 240.0


@dataclass(frozen=True, kw_only=True)
class LabelStudioAccess:
    """The address of a Label Studio and the signature of requests to it.

    Attributes:
        base_url: as Margin reaches it, with a path prefix if any.
        hostnames: what Label Studio calls itself in addresses; behind Docker or a proxy this often differs.
    """

    base_url: str
    auth: httpx.Auth = field(repr=False)
    hostnames: tuple[str, ...] = ()


def label_studio_auth(base_url: str, api_key: str) -> httpx.Auth:
    """Sign with a personal access token if the key looks like one (a JWT has two dots), else with a legacy token."""
    key = api_key.strip()
    if key.count(".") == 2:  # noqa: PLR2004 - header, payload, signature
        return PersonalTokenAuth(base_url, key)
    return LegacyTokenAuth(key)


class LegacyTokenAuth(httpx.Auth):
    """Sends a legacy token as it is."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Token {self._token}"
        yield request


class PersonalTokenAuth(httpx.Auth):
    """Swaps a personal access token for short-lived access tokens; one instance serves many threads and clients.

    Raises (while a request is sent): LabelStudioError: Label Studio refuses the token; httpx.HTTPStatusError: Label
    Studio itself failed, so a retry may help.
    """

    def __init__(self, base_url: str, token: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._refresh_url = f"{base_url.rstrip('/')}/api/token/refresh"
        self._token = token
        self._monotonic = monotonic
        self._lock = Lock()
        self._access: str | None = None
        self._obtained_at = 0.0

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        access = self._current()
        if access is None:
            access = self._keep((yield self._swap_for(request)))
        request.headers["Authorization"] = f"Bearer {access}"
        response = yield request
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            access = self._keep((yield self._swap_for(request)))
            request.headers["Authorization"] = f"Bearer {access}"
            yield request

    def _current(self) -> str | None:
        with self._lock:
            fresh = self._monotonic() - self._obtained_at < _RENEW_AFTER_SECONDS
            return self._access if fresh else None

    def _swap_for(self, request: httpx.Request) -> httpx.Request:
        # httpx keeps time-outs in the extensions; without them there would be none.
        timeouts = {"timeout": request.extensions.get("timeout", {})}
        return httpx.Request("POST", self._refresh_url, json={"refresh": self._token}, extensions=timeouts)

    def _keep(self, response: httpx.Response) -> str:
        # Read here, not by requires_response_body: that would read whole images before their size is checked.
        response.read()
        if response.is_server_error:
            response.raise_for_status()
        if not response.is_success:
            raise LabelStudioError(
                f"Label Studio answered {response.status_code} to the personal access token: it has expired, was"
                " revoked or belongs to another Label Studio; make a new one under Account & Settings, Personal Access"
                " Token, and set LABEL_STUDIO_API_KEY to it"
            )
        access = _access_of(response)
        with self._lock:
            self._access, self._obtained_at = access, self._monotonic()
        return access


def _access_of(response: httpx.Response) -> str:
    try:
        access = response.json()["access"]
    except (ValueError, KeyError, TypeError) as error:
        raise LabelStudioError(
            "the answer to the token refresh has no access token: is LABEL_STUDIO_URL the address of Label Studio?"
        ) from error
    return str(access)
