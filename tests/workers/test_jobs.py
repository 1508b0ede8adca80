"""The names by which jobs in Redis call their functions."""

import pytest
from rq.utils import import_attribute

from service.bootstrap.job_registry import JOBS
from service.domain.job import JobKind

# Jobs that an older release has queued use these names, and run after an upgrade.
NAMES = ("embed", "train", "rank", "push", "reconcile", "compare", "audit", "finetune")


@pytest.mark.parametrize("name", NAMES)
def test_jobs_that_wait_since_an_older_release_find_their_function(name: str) -> None:
    assert callable(import_attribute(f"workers.jobs.{name}"))


def test_every_kind_is_registered() -> None:
    assert set(JOBS) == set(JobKind)


def test_no_other_name_is_a_function() -> None:
    with pytest.raises(ValueError, match="forget"):
        import_attribute("workers.jobs.forget")


def test_a_job_is_run_by_workers_only() -> None:
    with pytest.raises(RuntimeError, match="outside a worker"):
        import_attribute("workers.jobs.train")("birds")
