"""Forms of the Retry-After header."""

from datetime import UTC, datetime

import pytest

from service.cli.client.retry_after import seconds_to_wait


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("Wed, 21 Oct 2026 07:28:09 GMT", 9),
        ("Wed, 21 Oct 2026 07:00:00 GMT", 0),
        ("Wed, 21 Oct 2026 07:28:09", 9),
        ("Wed, 21 Oct 2099 07:28:09 GMT", 60),
        ("9999999999999999999999", 60),
        ("-1", 0),
        ("nan", 1),
        ("soon", 1),
        ("", 1),
    ],
)
def test_when_to_come_again_is_read_in_both_forms_and_bounded(said: str, seconds: float) -> None:
    assert seconds_to_wait(said, now=datetime(2026, 10, 21, 7, 28, tzinfo=UTC)) == seconds
