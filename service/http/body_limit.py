"""Refuses requests whose body is larger than anything a client has reason to send."""

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.problems import Problem, problem_response


class BodyTooLarge(Exception):
    """More bytes came than the limit allows."""


class BodyLimit:
    """ASGI middleware that counts the bytes of a body as they come, whatever its Content-Length says."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 once the limit is passed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise BodyTooLarge
            return message

        try:
            await self._app(scope, counted, send)
        except BodyTooLarge:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            detail = f"the body has more than {self._max_bytes} bytes: send fewer images at a time"
            problem = Problem(title=status.phrase, status=status, detail=detail, code="body-too-large")
            await problem_response(problem)(scope, receive, send)
