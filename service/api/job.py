"""Jobs as the /v1 routes send them."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from service.domain.job import Job


class JobView(BaseModel):
    """One job; progress is in 0..1."""

    id: str
    kind: str
    project: str
    state: str
    progress: float
    message: str | None
    error: str | None
    result: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def from_job(cls, job: Job) -> Self:
        """Make the view of a job."""
        return cls(
            id=job.id,
            kind=job.kind,
            project=job.project_id,
            state=job.state,
            progress=job.progress,
            message=job.message,
            error=job.error,
            result=job.result,
            created_at=job.created_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
        )
