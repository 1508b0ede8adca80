"""What Label Studio keeps, as it describes it: tasks, annotations, predictions, and what it says of ML backends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class LabelStudioAnnotation:
    """One annotation as Label Studio describes it, not yet read against a label config."""

    id: int
    task_id: int
    result: Sequence[Mapping[str, Any]]
    was_cancelled: bool
    annotator: str
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class LabelStudioTask:
    """One task as Label Studio describes it."""

    id: int
    data: Mapping[str, Any]
    annotations: Sequence[LabelStudioAnnotation]


@dataclass(frozen=True, kw_only=True)
class LabelStudioBackend:
    """An ML backend row of a Label Studio project: where Label Studio believes an ML backend to be."""

    id: int
    url: str
    title: str
    model_version: str | None
    state: str


@dataclass(frozen=True, kw_only=True)
class LabelStudioWebhook:
    """A webhook that Label Studio sends events to; headers may hold credentials and are never logged."""

    id: int
    url: str
    headers: Mapping[str, str]
    send_payload: bool
    send_for_all_actions: bool
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class LabelStudioProject:
    """What Label Studio knows of a project."""

    id: int
    title: str
    label_config: str
    sampling: str
    model_version: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class TaskPrediction:
    """A prediction as Label Studio stores it."""

    task_id: int
    result: Sequence[Mapping[str, Any]]
    score: float
    model_version: str
