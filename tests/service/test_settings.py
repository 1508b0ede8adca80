"""What the environment says becomes settings."""

import pytest
from pydantic import ValidationError

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


@pytest.mark.parametrize(
    "half",
    [{"basic_auth_user": "ada"}, {"basic_auth_pass": "secret"}, {"basic_auth_user": "ada", "basic_auth_pass": ""}],
)
def test_a_user_name_without_a_password_is_refused_instead_of_leaving_the_service_open(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="only work together"):
        Settings(**half)  # type: ignore[arg-type]


def test_a_key_without_the_address_it_is_for_is_refused() -> None:
    with pytest.raises(ValidationError, match="LABEL_STUDIO_URL only"):
        Settings(label_studio_api_key="secret")  # type: ignore[arg-type]
