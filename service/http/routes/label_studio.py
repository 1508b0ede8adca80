"""The routes that Label Studio calls on an ML backend: /health, /setup, /predict, /webhook."""

from http import HTTPStatus
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, BackgroundTasks, Body
from pydantic import BaseModel, ConfigDict, Field

from service.bootstrap.groups.label_studio import LabelStudioUseCases
from service.http.dependencies import LabelStudioUseCasesDependency, QueueDependency, ThreadsDependency
from service.label_studio.events import parse_event
from service.label_studio.predictions import as_stored
from service.usecases.label_studio.queue_reconciliation import queue_reconciliation

router = APIRouter(tags=["Label Studio"])

PROJECT_KEY = r"^[0-9]{1,9}(\.[0-9]{1,15})?$"


class SetupRequest(BaseModel):
    """The project that Label Studio sends before each prediction."""

    model_config = ConfigDict(extra="ignore")

    project: str = Field(pattern=PROJECT_KEY, description="<id>.<time of creation in Unix seconds>")
    label_config: str = Field(alias="schema", max_length=5_000_000)
    hostname: str = ""
    access_token: str | None = Field(default=None, repr=False)


class PredictRequest(BaseModel):
    """Tasks to predict; Label Studio decides how many."""

    model_config = ConfigDict(extra="ignore")

    tasks: list["TaskRequest"]
    project: str = Field(pattern=PROJECT_KEY)
    label_config: str = Field(max_length=5_000_000)


class TaskRequest(BaseModel):
    """One task; only the fields that lead to its image are read."""

    model_config = ConfigDict(extra="ignore")

    id: int = Field(ge=0, lt=2**63)
    data: dict[str, Any] | None = None


@router.get("/")
@router.get("/health")
async def health() -> dict[str, str]:
    """Report that the service is up. Label Studio calls this before each setup, so nothing is looked up."""
    return {"status": "UP", "model_class": "Margin"}


@router.post("/setup")
def setup(
    body: SetupRequest, background: BackgroundTasks, label_studio: LabelStudioUseCasesDependency, queue: QueueDependency
) -> dict[str, str]:
    """Create or update the mirrored project. The version in the answer is the one that /predict uses."""
    mirrored, changed = label_studio.label_studio_projects.mirror(
        body.project, body.label_config, hostname=body.hostname, access_token=body.access_token
    )
    if changed:
        background.add_task(queue_reconciliation, queue, mirrored.project.id)
    return {"model_version": mirrored.project.version_name(mirrored.project.current_version)}


@router.post("/predict")
async def predict(
    body: PredictRequest, label_studio: LabelStudioUseCasesDependency, threads: ThreadsDependency
) -> dict[str, Any]:
    """Predict all tasks, in order. A task whose image cannot be read gets an empty result."""
    until = label_studio.predict_tasks.deadline()
    return await anyio.to_thread.run_sync(predict_tasks, label_studio, body, until, limiter=threads.predictions)


def predict_tasks(label_studio: LabelStudioUseCases, body: PredictRequest, until: float) -> dict[str, Any]:
    """Predict the tasks before the deadline, which includes the time spent waiting for a thread."""
    mirrored, _changed = label_studio.label_studio_projects.mirror(body.project, body.label_config)
    predictions = label_studio.predict_tasks.predict(mirrored, [task.model_dump() for task in body.tasks], until=until)
    return {
        "results": [as_stored(prediction) for prediction in predictions],
        "model_version": mirrored.project.version_name(mirrored.project.current_version),
    }


@router.post("/webhook", status_code=HTTPStatus.CREATED)
async def webhook(
    body: Annotated[dict[str, Any], Body()],
    background: BackgroundTasks,
    label_studio: LabelStudioUseCasesDependency,
    threads: ThreadsDependency,
) -> dict[str, str]:
    """Store Label Studio's event, then answer; the jobs that follow from it are queued after the answer."""
    event = parse_event(body)
    received = await anyio.to_thread.run_sync(label_studio.receive_event.store, event, limiter=threads.webhooks)
    if received is not None:
        background.add_task(label_studio.receive_event.follow_up, received)
    return {"status": "stored"}
