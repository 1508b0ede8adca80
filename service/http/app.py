"""The web application: routes, errors, limits and metrics around one `Application`."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules

import anyio
from fastapi import FastAPI

from ml.errors import EncoderUnavailable, UnknownEncoder
from service.bootstrap.application import Application
from service.bootstrap.build import build_application
from service.bootstrap.from_settings import backend_login
from service.domain.errors import StorageUnavailable
from service.http import routes
from service.http.basic_auth import BasicAuth
from service.http.body_limit import BodyLimit
from service.http.dependencies import Threads
from service.http.metrics import Metrics
from service.http.problems import PROBLEM_ANSWER, add_problem_handlers
from service.settings import Settings
from service.usecases.label_studio.queue_reconciliation import reconcile_all

logger = logging.getLogger(__name__)

WEBHOOK_THREADS = 8
PREDICT_THREADS = 16


def create_app() -> FastAPI:
    """Build the application on its real adapters; uvicorn calls this."""
    return build_app(build_application(Settings()))


def build_app(application: Application) -> FastAPI:
    """Build the web application around any `Application`, which it closes when it ends."""
    app = build_bare_app()
    app.state.application = application
    app.state.metrics = Metrics()
    # The middleware that is added last sees a request first, so requests that the others refuse are counted too.
    limits = application.settings
    app.add_middleware(BodyLimit, max_form_bytes=limits.max_form_bytes, max_json_bytes=limits.max_json_bytes)
    if (login := backend_login(application.settings)) is not None:
        app.add_middleware(BasicAuth, user=login[0], password=login[1])
    app.middleware("http")(app.state.metrics.observe)
    return app


def build_bare_app() -> FastAPI:
    """Build the routes of every module in `service.http.routes` and the error handlers: enough to describe the API."""
    app = FastAPI(
        title="Margin",
        version=version("margin"),
        description="Image classification with people in the loop.",
        lifespan=_lifespan,
        responses={"4XX": PROBLEM_ANSWER},
    )
    add_problem_handlers(app)
    for module in iter_modules(routes.__path__):
        app.include_router(import_module(f"{routes.__name__}.{module.name}").router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the encoder and catch up with Label Studio in a thread, so that the first requests do not wait."""
    application: Application = app.state.application
    app.state.threads = Threads(
        webhooks=anyio.CapacityLimiter(WEBHOOK_THREADS), predictions=anyio.CapacityLimiter(PREDICT_THREADS)
    )
    starting = asyncio.create_task(asyncio.to_thread(_start, application))
    yield
    await starting
    await asyncio.to_thread(application.close)


def _start(application: Application) -> None:
    """Log what fails here as one sentence; /ready reports it for as long as it lasts."""
    try:
        reconcile_all(application.projects.store, application.queue)
    except StorageUnavailable as error:
        logger.error("could not reconcile projects with Label Studio at start: %s", error)  # noqa: TRY400
    try:
        application.serving.embedder.encoder(application.settings.encoder)
    except (EncoderUnavailable, UnknownEncoder) as error:
        logger.error("%s", error)  # noqa: TRY400
