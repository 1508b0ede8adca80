"""Reports whether the service is alive and ready, and its metrics."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from ml.errors import EncoderUnavailable, UnknownEncoder
from service.domain.errors import QueueUnavailable, StorageUnavailable
from service.http.dependencies import (
    ProjectUseCasesDependency,
    QueueDependency,
    ServingUseCasesDependency,
    SettingsDependency,
)
from service.ports import JobQueue, ProjectStore
from service.usecases.serving.embedder import Embedder

router = APIRouter(tags=["status"])


@router.get("/live")
async def live() -> dict[str, str]:
    """Report that the process answers."""
    return {"status": "alive"}


@router.get("/ready")
def ready(
    projects: ProjectUseCasesDependency,
    queue: QueueDependency,
    serving: ServingUseCasesDependency,
    settings: SettingsDependency,
) -> JSONResponse:
    """Report whether encoder, database and Redis can be used; an answer of 503 names those that cannot."""
    wrong = parts_not_ready(projects.store, queue, serving.embedder, encoder=settings.encoder)
    status = HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK
    return JSONResponse({"status": "not ready" if wrong else "ready", "wrong": wrong}, status)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Return the metrics as Prometheus text."""
    text: Response = request.app.state.metrics.text()
    return text


def parts_not_ready(projects: ProjectStore, queue: JobQueue, embedder: Embedder, *, encoder: str) -> dict[str, str]:
    """Return the error of each part that does not answer, by the name of the part."""
    wrong: dict[str, str] = {}
    try:
        projects.page(after=None, limit=1)
    except StorageUnavailable as error:
        wrong["database"] = str(error)
    try:
        queue.ping()
    except QueueUnavailable as error:
        wrong["redis"] = str(error)
    try:
        embedder.encoder(encoder)
    except (EncoderUnavailable, UnknownEncoder) as error:
        wrong["encoder"] = str(error)
    return wrong
