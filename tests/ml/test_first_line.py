"""What is left of a library's message."""

import pytest

from ml.first_line import first_line


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no such key\n\nDebug source: ..."), "no such key"),
        (ValueError(), "ValueError"),
        (ValueError("a" * 1000), "a" * 300),
    ],
    ids=["first line", "kind", "cut"],
)
def test_says_the_first_line(error: ValueError, said: str) -> None:
    assert first_line(error) == said
