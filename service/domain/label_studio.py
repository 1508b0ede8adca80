"""Label Studio's own objects, as its API describes them: tasks, annotations, predictions, ML backends, webhooks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class LabelStudioAnnotation:
    """One annotation as Label Studio describes it, not yet interpreted by a label config."""

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
    """An ML backend of a Label Studio project; url: the address that Label Studio has for it."""

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
    """One project as Label Studio describes it."""

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
