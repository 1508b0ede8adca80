"""Jobs: slow work that is queued and runs in a worker."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


# `service.bootstrap.job_registry` gives each kind its queue and its use case; a new kind needs a line there.
class JobKind(StrEnum):
    """Kind of work that a job does; each kind has one function in `workers.jobs`."""

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
    """The queue of a kind of job, and the time limit of one job."""

    queue: str
    timeout_seconds: int


class JobState(StrEnum):
    """State of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class JobRequest:
    """A request to run one kind of job for a project; arguments are plain JSON."""

    kind: JobKind
    project_id: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One execution, queued, running or ended; progress is in 0..1."""

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


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Callback by which a running job reports its progress. report: takes the fraction done, in 0..1, and a message."""

    report: Callable[[float, str], None]

    def __call__(self, fraction: float, message: str) -> None:
        """Report the fraction done, in 0..1, and the present step."""
        self.report(fraction, message)

    def part(self, low: float, high: float) -> "Progress":
        """Return the progress of one step: its 0..1 is low..high of the whole job."""
        return Progress(report=lambda fraction, message: self(low + (high - low) * fraction, message))
