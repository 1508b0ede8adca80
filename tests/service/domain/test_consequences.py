"""A change of a project has the work done anew that it makes stale, and no more."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.consequences import jobs_after_change
from service.domain.job import JobKind
from tests.contracts.storing import a_project

BEFORE = a_project(current_version=1)


@pytest.mark.parametrize(
    ("change", "jobs"),
    [
        ({"encoder": "openclip:tiny/tag"}, [JobKind.TRAIN]),
        ({"head": "another"}, [JobKind.TRAIN]),
        ({"multi_label": True}, [JobKind.TRAIN]),
        ({"strategy": "entropy"}, [JobKind.RANK]),
        ({"strategy": "entropy", "head": "another"}, [JobKind.TRAIN]),
        ({"title": "Birds of the coast"}, []),
    ],
)
def test_what_a_change_makes_stale_is_done_anew(change: dict[str, Any], jobs: list[JobKind]) -> None:
    assert jobs_after_change(BEFORE, replace(BEFORE, **change)) == jobs


def test_before_the_first_version_nothing_is_stale() -> None:
    new = replace(BEFORE, current_version=None)

    assert jobs_after_change(new, replace(new, strategy="entropy", head="another")) == []
