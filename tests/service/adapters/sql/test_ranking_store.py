"""Pages of rankings as the database stores them."""

import json

from service.adapters.sql.ranking_store import decode_page, encode_page
from service.domain.ranking.ranking import RankedImage


def test_a_page_of_an_earlier_release_is_read() -> None:
    (image,) = decode_page('[["a", 0.5, "between owl (50 %) and jay (50 %)"]]')

    assert image == RankedImage(image_id="a", worth=0.5, reason="between owl (50 %) and jay (50 %)")


def test_nothing_more_is_written_of_images_that_were_not_picked() -> None:
    assert json.loads(encode_page([RankedImage(image_id="a", worth=0.5, reason="")])) == [["a", 0.5, ""]]
