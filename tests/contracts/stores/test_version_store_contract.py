"""Contract of all version stores."""

import pytest

from service.domain.errors import AlreadyExists, NotFound
from tests.contracts.storing import Stores, a_version


def test_a_version_comes_back_as_it_was_added(stores: Stores) -> None:
    version = a_version(1, promoted=False, reasons=("worse", "by far"), evaluation={"accuracy": 0.5, "per": [1, 2]})

    stores.versions.add(version)

    assert stores.versions.get("birds", 1) == version


def test_a_version_is_never_written_over(stores: Stores) -> None:
    stores.versions.add(a_version(1))

    with pytest.raises(AlreadyExists):
        stores.versions.add(a_version(1, head="other"))

    assert stores.versions.get("birds", 1).head == "softmax-regression"


def test_an_unknown_version_is_not_found(stores: Stores) -> None:
    stores.versions.add(a_version(1, project_id="fish"))

    with pytest.raises(NotFound):
        stores.versions.get("birds", 1)


def test_numbers_start_at_one_and_are_never_given_twice(stores: Stores) -> None:
    numbers = [stores.versions.next_number("birds") for _ in range(3)]

    assert numbers == [1, 2, 3]
    assert stores.versions.next_number("fish") == 1


def test_pages_are_newest_first(stores: Stores) -> None:
    for number in (1, 2, 3, 4):
        stores.versions.add(a_version(number))

    first = stores.versions.page("birds", before=None, limit=2)
    second = stores.versions.page("birds", before=first[-1].number, limit=9)

    assert [v.number for v in first] == [4, 3]
    assert [v.number for v in second] == [2, 1]
