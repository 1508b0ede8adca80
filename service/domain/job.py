"""Jobs: queued executions of slow things."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


# `service.bootstrap.job_registry` says where each kind waits and which use case runs it; a new kind needs a line there.
class JobKind(StrEnum):
    """What a job does; each kind has one function in `workers.jobs`."""

    EMBED = "embed"
    TRAIN = "train"
    RANK = "rank"
    PUSH = "push"
    RECONCILE = "reconcile"
    COMPARE = "compare"
    AUDIT = "audit"
    FINETUNE = "finetune"


@dataclass(frozen=True, kw_only=True)
class JobRoute:
    """Where jobs of a kind wait, and how long one may run."""

    queue: str
    timeout_seconds: int


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class JobRequest:
    """What to run for which project; arguments are plain JSON."""

    kind: JobKind
    project_id: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One queued execution; progress is in 0..1."""

    id: str
    kind: JobKind
    project_id: str
    state: JobState
    progress: float
    message: str | None
    error: str | None
    result: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
