"""The web application: routes, errors, limits and metrics around one `Application`."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import Depends, FastAPI

from ml.encoder import EncoderUnavailable
from service.bootstrap import Application, build_application
from service.http.basic_auth import BasicAuth
from service.http.body_limit import BodyLimit
from service.http.metrics import Metrics
from service.http.problems import Problem, add_problem_handlers
from service.http.reconciliation import reconcile_all
from service.http.routes import (
    encoders,
    images,
    jobs,
    label_studio,
    predictions,
    projects,
    rankings,
    reconciliations,
    status,
    versions,
)
from service.settings import Settings

logger = logging.getLogger(__name__)

ROUTERS = (
    status.router,
    label_studio.router,
    projects.router,
    images.router,
    predictions.router,
    versions.router,
    rankings.router,
    reconciliations.router,
    jobs.router,
    encoders.router,
)
WEBHOOK_THREADS = 8


def create_app() -> FastAPI:
    """The application on its real adapters; what uvicorn calls."""
    return build_app(build_application(Settings()))


def build_app(application: Application) -> FastAPI:
    """The web application around any `Application`; it closes it when it ends."""
    app = build_bare_app(application.settings)
    app.state.application = application
    app.state.metrics = Metrics()
    app.middleware("http")(app.state.metrics.observe)
    app.add_middleware(BodyLimit, max_bytes=application.settings.max_request_bytes)
    return app


def build_bare_app(settings: Settings) -> FastAPI:
    """Routes and errors without an application behind them: enough to describe the contract."""
    app = FastAPI(
        title="Margin",
        version="0.1.0",
        description="Image classification with people in the loop.",
        lifespan=_lifespan,
        dependencies=_authentication(settings),
        responses={"4XX": {"model": Problem, "description": "RFC 9457 problem details"}},
    )
    add_problem_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the encoder and catch up with Label Studio without keeping the first requests waiting."""
    application: Application = app.state.application
    app.state.webhook_limiter = anyio.CapacityLimiter(WEBHOOK_THREADS)
    starting = asyncio.create_task(asyncio.to_thread(_start, application))
    yield
    await starting
    await asyncio.to_thread(application.close)


def _start(application: Application) -> None:
    reconcile_all(application)
    try:
        application.embedder.encoder(application.settings.encoder)
    except EncoderUnavailable as error:
        logger.error("%s", error)  # noqa: TRY400  (its sentence says all; /ready repeats it)


def _authentication(settings: Settings) -> list[Depends]:  # type: ignore[valid-type]
    if settings.basic_auth_user is None or settings.basic_auth_pass is None:
        return []
    return [Depends(BasicAuth(user=settings.basic_auth_user, password=settings.basic_auth_pass.get_secret_value()))]
