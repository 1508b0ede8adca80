"""Asks for the user name and password on every route but /live and /ready, when they are set."""

import secrets
from http import HTTPStatus

from fastapi import HTTPException, Request
from fastapi.security import HTTPBasic

OPEN_PATHS = frozenset({"/live", "/ready"})


class BasicAuth:
    """A dependency of the whole application."""

    def __init__(self, *, user: str, password: str) -> None:
        self._user = user.encode()
        self._password = password.encode()
        self._scheme = HTTPBasic(auto_error=False)

    async def __call__(self, request: Request) -> None:
        """Raises: HTTPException 401."""
        if request.url.path in OPEN_PATHS:
            return
        given = await self._scheme(request)
        user, password = (given.username, given.password) if given is not None else ("", "")
        # Both are compared always, and in constant time.
        right = secrets.compare_digest(user.encode(), self._user)
        right &= secrets.compare_digest(password.encode(), self._password)
        if not right:
            raise HTTPException(
                HTTPStatus.UNAUTHORIZED, "user name or password is wrong", {"WWW-Authenticate": 'Basic realm="Margin"'}
            )
