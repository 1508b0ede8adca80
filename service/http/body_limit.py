"""Refuses requests whose body is larger than anything a client has reason to send."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """ASGI middleware that counts the bytes of a body as they come, whatever its Content-Length says.

    Forms go to disk as they come. Anything else is parsed in memory, while no other request is answered, so it may be
    much less.
    """

    def __init__(self, app: ASGIApp, *, max_form_bytes: int, max_json_bytes: int) -> None:
        self._app = app
        self._max_form_bytes = max_form_bytes
        self._max_json_bytes = max_json_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Whoever reads on past the limit gets an error that is answered with 413."""
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
                # FastAPI takes every other error while it reads JSON for malformed JSON.
                raise HTTPException(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"the body has more than {max_bytes} bytes: send fewer images or tasks at a time",
                )
            return message

        await self._app(scope, counted, send)
