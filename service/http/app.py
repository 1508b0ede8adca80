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
from service.bootstrap.application import Application, build_application
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
    """The application on its real adapters; what uvicorn calls."""
    return build_app(build_application(Settings()))


def build_app(application: Application) -> FastAPI:
    """The web application around any `Application`; it closes it when it ends."""
    app = build_bare_app()
    app.state.application = application
    app.state.metrics = Metrics()
    # The last one added is the first to see a request: what the others refuse is counted too.
    limits = application.settings
    app.add_middleware(BodyLimit, max_form_bytes=limits.max_form_bytes, max_json_bytes=limits.max_json_bytes)
    if (login := backend_login(application.settings)) is not None:
        app.add_middleware(BasicAuth, user=login[0], password=login[1])
    app.middleware("http")(app.state.metrics.observe)
    return app


def build_bare_app() -> FastAPI:
    """Routes, all that `service.http.routes` has a module for, and errors: enough to describe the contract."""
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
    """Load the encoder and catch up with Label Studio without keeping the first requests waiting."""
    application: Application = app.state.application
    app.state.threads = Threads(
        webhooks=anyio.CapacityLimiter(WEBHOOK_THREADS), predictions=anyio.CapacityLimiter(PREDICT_THREADS)
    )
    starting = asyncio.create_task(asyncio.to_thread(_start, application))
    yield
    await starting
    await asyncio.to_thread(application.close)


def _start(application: Application) -> None:
    """What fails here is said by /ready as long as it lasts; a sentence in the log is enough."""
    try:
        reconcile_all(application.projects.store, application.queue)
    except StorageUnavailable as error:
        logger.error("no project is reconciled with Label Studio now: %s", error)  # noqa: TRY400
    try:
        application.serving.embedder.encoder(application.settings.encoder)
    except (EncoderUnavailable, UnknownEncoder) as error:
        logger.error("%s", error)  # noqa: TRY400
