"""Counts and times the answers of the web process, as Prometheus text."""

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 100)


class Metrics:
    """The metrics of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "margin_requests_total", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "margin_request_seconds",
            "Seconds to the answer",
            ["method", "route"],
            buckets=SECONDS,
            registry=self._registry,
        )

    async def observe(self, request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Count and time one request (middleware); labels are route templates, not paths, to bound their number."""
        started = time.perf_counter()
        # The status of an unforeseen error, which is answered outside of this middleware.
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value
        try:
            response = await call_next(request)
            status = response.status_code
        finally:
            route = request.scope.get("route")
            template = route.path if route is not None else "unknown"
            self._requests.labels(request.method, template, status).inc()
            self._seconds.labels(request.method, template).observe(time.perf_counter() - started)
        return response

    def text(self) -> Response:
        """Return the metrics as a Prometheus server reads them."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)
