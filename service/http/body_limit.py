"""Refuses requests whose body is larger than any client needs."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """ASGI middleware that counts the bytes of a body while they arrive, and ignores its Content-Length.

    Forms are written to disk while they arrive, so they may be large. Any other body is parsed in memory, and no other
    request is answered meanwhile, so its limit is much lower.
    """

    def __init__(self, app: ASGIApp, *, max_form_bytes: int, max_json_bytes: int) -> None:
        self._app = app
        self._max_form_bytes = max_form_bytes
        self._max_json_bytes = max_json_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; reading past the limit raises an error that is answered with 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        content_type = Headers(scope=scope).get("content-type", "")
        is_form = content_type.startswith("multipart/form-data")
        max_bytes = self._max_form_bytes if is_form else self._max_json_bytes
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_bytes:
                # While FastAPI reads JSON, it takes every other error for malformed JSON.
                raise HTTPException(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"the body has more than {max_bytes} bytes: send fewer images or tasks at a time",
                )
            return message

        await self._app(scope, counted, send)
