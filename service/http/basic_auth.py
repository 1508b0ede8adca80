"""Asks for the user name and password on every path but /live and /ready, when they are set."""

import base64
import binascii
import secrets
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from service.http.problems import problem, problem_response

OPEN_PATHS = frozenset({"/live", "/ready"})


class BasicAuth:
    """ASGI middleware that refuses a request without the login before it reads any of the body."""

    def __init__(self, app: ASGIApp, *, user: str, password: str) -> None:
        self._app = app
        self._login = f"{user}:{password}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 to a request without the right user name and password."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS or self._knows_login(scope):
            await self._app(scope, receive, send)
            return
        refusal = problem(HTTPStatus.UNAUTHORIZED, "unauthorized", "the user name or the password is wrong")
        challenge = {"WWW-Authenticate": 'Basic realm="Margin"'}
        await problem_response(refusal, challenge)(scope, receive, send)

    def _knows_login(self, scope: Scope) -> bool:
        given = login_in(dict(scope["headers"]).get(b"authorization", b""))
        return secrets.compare_digest(given, self._login)


def login_in(header: bytes) -> bytes:
    """Return `user:password` from an Authorization header, or nothing if it has no Basic credentials."""
    scheme, _, encoded = header.partition(b" ")
    if scheme.lower() != b"basic":
        return b""
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        return b""
