"""The functions that RQ runs; each hands over to a use case."""

from typing import Any

from rq import get_current_job

from workers.application import application
from workers.progress import RqProgress


def embed(project_id: str, **arguments: Any) -> dict[str, Any]:
    """Embed images of a project that the cache does not hold yet, and rank them before the first version."""
    return application().embed_then_rank.embed(project_id, progress=_progress(), **arguments)


def train(project_id: str, **arguments: Any) -> dict[str, Any]:
    """Train a version of a project, evaluate it, and promote it or not."""
    return application().train_version.train(project_id, progress=_progress(), **arguments)


def rank(project_id: str, **arguments: Any) -> dict[str, Any]:
    """Rank the pool of a project."""
    return application().rank_pool.rank(project_id, progress=_progress(), **arguments)


def push(project_id: str, **arguments: Any) -> dict[str, Any]:
    """Send a project's predictions to Label Studio."""
    return application().push_predictions.push(project_id, progress=_progress(), **arguments)


def reconcile(project_id: str, **arguments: Any) -> dict[str, Any]:
    """Fetch what Label Studio knows of a project and Margin does not."""
    return application().reconcile.reconcile(project_id, progress=_progress(), **arguments)


def compare(project_id: str, **arguments: Any) -> dict[str, Any]:
    """Compare heads and encoders on a project's labels."""
    return application().compare_heads.compare(project_id, progress=_progress(), **arguments)


def audit(project_id: str, **arguments: Any) -> dict[str, Any]:
    """Replay a project's labels by several strategies."""
    return application().audit_strategies.audit(project_id, progress=_progress(), **arguments)


def finetune(project_id: str, **arguments: Any) -> dict[str, Any]:
    """Fine-tune the encoder of a project, and promote what is not worse with it."""
    return application().finetune_encoder.finetune(project_id, progress=_progress(), **arguments)


def _progress() -> RqProgress:
    job = get_current_job()
    if job is None:
        raise RuntimeError("a job function was called outside a worker")
    return RqProgress(job)
