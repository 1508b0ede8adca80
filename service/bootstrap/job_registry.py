"""Registry of job kinds: the queue, time limit and use case of each. Add a new kind here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.domain.job import JobKind, JobRoute

if TYPE_CHECKING:
    from service.bootstrap.application import Application

# Called with the project's id, `progress`, and the arguments of the request; returns the job's result.
JobFunction = Callable[..., dict[str, Any]]
HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class JobDefinition(JobRoute):
    """The queue, time limit and use case of a kind of job.

    Args: use_case: finds the function of the use case in the worker's application.
    """

    use_case: "Callable[[Application], JobFunction]"


JOBS: Mapping[JobKind, JobDefinition] = {
    JobKind.EMBED: JobDefinition(
        queue="encode",
        timeout_seconds=6 * HOUR,
        use_case=lambda application: application.images.embed_then_rank.embed,
    ),
    JobKind.TRAIN: JobDefinition(
        queue="train",
        timeout_seconds=2 * HOUR,
        use_case=lambda application: application.training.train_version.train,
    ),
    JobKind.RANK: JobDefinition(
        queue="rank",
        timeout_seconds=2 * HOUR,
        use_case=lambda application: application.ranking.rank_pool.rank,
    ),
    JobKind.PUSH: JobDefinition(
        queue="label-studio",
        timeout_seconds=2 * HOUR,
        use_case=lambda application: application.label_studio.push_predictions.push,
    ),
    JobKind.RECONCILE: JobDefinition(
        queue="label-studio",
        timeout_seconds=2 * HOUR,
        use_case=lambda application: application.label_studio.reconcile.reconcile,
    ),
    JobKind.COMPARE: JobDefinition(
        queue="train",
        timeout_seconds=12 * HOUR,
        use_case=lambda application: application.comparison.compare_heads.compare,
    ),
    JobKind.AUDIT: JobDefinition(
        queue="train",
        timeout_seconds=12 * HOUR,
        use_case=lambda application: application.audit.audit_strategies.audit,
    ),
    JobKind.FINETUNE: JobDefinition(
        queue="train",
        timeout_seconds=12 * HOUR,
        use_case=lambda application: application.training.finetune_encoder.finetune,
    ),
}
QUEUES = tuple(dict.fromkeys(job.queue for job in JOBS.values()))
