"""Sources that are reported more than once."""

from dataclasses import replace

import pytest

from service.domain.images.image import Source, SourceKind
from service.domain.images.source import source_identity, update_source

KNOWN = Source(
    id=1, project_id="p", kind=SourceKind.LABEL_STUDIO, address="/a.jpg", task_id=7, image_id="aa", error=None
)


def test_a_task_is_the_same_wherever_its_image_lies() -> None:
    kind = SourceKind.LABEL_STUDIO

    assert source_identity(kind, "/a.jpg", 7) == source_identity(kind, "/b.jpg", 7)
    assert source_identity(kind, "/a.jpg", 7) != source_identity(kind, "/a.jpg", 8)


def test_without_a_task_kind_and_address_decide() -> None:
    identities = {source_identity(kind, address, None) for kind in SourceKind for address in ("/a.jpg", "/b.jpg")}

    assert len(identities) == 2 * len(SourceKind)


def test_reported_again_alike_it_stays_as_it_is() -> None:
    assert update_source(KNOWN, address="/a.jpg") == KNOWN
    assert update_source(KNOWN, address="/a.jpg", image_id="aa", error="damaged") == KNOWN


def test_another_address_forgets_the_image() -> None:
    assert update_source(KNOWN, address="/b.jpg") == replace(KNOWN, address="/b.jpg", image_id=None)


@pytest.mark.parametrize("known", [replace(KNOWN, image_id=None, error="not found"), replace(KNOWN, image_id="bb")])
def test_bytes_that_are_known_now_clear_an_error(known: Source) -> None:
    assert update_source(known, address="/a.jpg", image_id="aa") == KNOWN


def test_an_error_is_noted() -> None:
    assert update_source(KNOWN, address="/a.jpg", error="not found") == replace(KNOWN, error="not found")
