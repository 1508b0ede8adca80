"""What the environment says becomes settings."""

import pytest

from service.settings import Settings


@pytest.mark.parametrize(
    ("said", "understood"),
    [("10.0.0.0/8", ("10.0.0.0/8",)), ("10.0.0.0/8, 127.0.0.0/8", ("10.0.0.0/8", "127.0.0.0/8")), ("", ())],
)
def test_allowed_networks_are_separated_by_commas(
    said: str, understood: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARGIN_ALLOWED_NETWORKS", said)

    assert Settings().allowed_networks == understood
