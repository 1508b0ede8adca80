"""Turns errors into RFC 9457 problem details; holds the only table of HTTP statuses."""

import logging
import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ml.errors import (
    EncoderUnavailable,
    InvalidOptions,
    InvalidValue,
    MissingSideInformation,
    NotEnoughLabels,
    UnknownName,
    UnreadableImage,
)
from service.api.problem import Problem
from service.domain.errors import (
    RETRY_AFTER_SECONDS,
    AlreadyExists,
    DamagedVersion,
    ImageUnavailable,
    InvalidInput,
    LabelStudioError,
    MarginError,
    NotFound,
    NotReady,
    Overloaded,
    QueueUnavailable,
    StorageUnavailable,
)

logger = logging.getLogger(__name__)

# The first class in this table that an error is an instance of decides. None: the code is the name of the error's own
# class, so that `UnknownHead` is answered as "unknown-head".
STATUSES: dict[type[Exception], tuple[HTTPStatus, str | None]] = {
    NotFound: (HTTPStatus.NOT_FOUND, "not-found"),
    AlreadyExists: (HTTPStatus.CONFLICT, "already-exists"),
    InvalidInput: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-input"),
    UnknownName: (HTTPStatus.UNPROCESSABLE_ENTITY, None),
    InvalidOptions: (HTTPStatus.UNPROCESSABLE_ENTITY, None),
    InvalidValue: (HTTPStatus.UNPROCESSABLE_ENTITY, None),
    MissingSideInformation: (HTTPStatus.CONFLICT, "missing-background"),
    UnreadableImage: (HTTPStatus.UNPROCESSABLE_ENTITY, "unreadable-image"),
    ImageUnavailable: (HTTPStatus.UNPROCESSABLE_ENTITY, "image-unavailable"),
    NotEnoughLabels: (HTTPStatus.CONFLICT, "not-enough-labels"),
    NotReady: (HTTPStatus.CONFLICT, "not-ready"),
    DamagedVersion: (HTTPStatus.CONFLICT, "damaged-version"),
    Overloaded: (HTTPStatus.TOO_MANY_REQUESTS, "overloaded"),
    QueueUnavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "queue-unavailable"),
    StorageUnavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "storage-unavailable"),
    EncoderUnavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "encoder-unavailable"),
    LabelStudioError: (HTTPStatus.BAD_GATEWAY, "label-studio"),
    MarginError: (HTTPStatus.BAD_REQUEST, "refused"),
}
# Codes of plain HTTP errors whose phrase differs between Python versions.
HTTP_CODES = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body-too-large"}


# How the API description shows the answer to an error; the schema exists because items of a batch hold problems too.
PROBLEM_ANSWER: dict[str, Any] = {
    "description": "RFC 9457 problem details",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the application with problem details; log an unforeseen one and answer 500."""
    for error_class in STATUSES:
        app.add_exception_handler(error_class, _known_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unforeseen_error)


def problem_of(error: Exception) -> Problem:
    """Turn one of our errors into the problem that a client gets, also as one item of a batch."""
    status, code = next(entry for error_class, entry in STATUSES.items() if isinstance(error, error_class))
    return problem(status, code or _named_after(error), str(error))


def problem(status: HTTPStatus, code: str, detail: str, *, errors: list[str] | None = None) -> Problem:
    """Make a problem whose title is the HTTP phrase of its status."""
    return Problem(title=status.phrase, status=status, detail=detail, code=code, errors=errors)


def problem_response(answer: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """Make the HTTP response of a problem."""
    return JSONResponse(
        answer.model_dump(exclude_none=True), answer.status, headers, media_type="application/problem+json"
    )


def _named_after(error: Exception) -> str:
    """Return the name of an error's class in lower case, with hyphens."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()


def _known_error(_request: Request, error: Exception) -> JSONResponse:
    answer = problem_of(error)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s: %s", answer.code, error)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if isinstance(error, Overloaded) else None
    return problem_response(answer, headers)


def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  (it is registered for this class)
    errors = [_sentence(entry) for entry in error.errors()]
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return problem_response(problem(status, "invalid-request", "; ".join(errors), errors=errors))


def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  (it is registered for this class)
    status = HTTPStatus(error.status_code)
    code = HTTP_CODES.get(status, status.phrase.lower().replace(" ", "-"))
    return problem_response(problem(status, code, str(error.detail)), dict(error.headers or {}))


def _unforeseen_error(request: Request, error: Exception) -> JSONResponse:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    detail = "an unexpected error occurred here; see the log of the service"
    return problem_response(problem(HTTPStatus.INTERNAL_SERVER_ERROR, "bug", detail))


def _sentence(entry: dict[str, Any]) -> str:
    """Format one validation error as "where: what"."""
    where = ".".join(str(part) for part in entry["loc"])
    return f"{where}: {entry['msg']}"
