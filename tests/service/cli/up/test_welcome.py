"""The first screen shows addresses and places."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from service.cli.up.welcome import HostAndPort, show_welcome


@pytest.mark.parametrize(
    ("host", "local_url", "is_private"),
    [
        ("127.0.0.1", "http://127.0.0.1:9090", True),
        ("0.0.0.0", "http://127.0.0.1:9090", True),  # noqa: S104  not listened on
        ("::1", "http://[::1]:9090", True),
        ("192.168.1.5", "http://192.168.1.5:9090", True),
        ("8.8.8.8", "http://8.8.8.8:9090", False),
    ],
)
def test_address_knows_how_it_is_reached(host: str, local_url: str, is_private: bool) -> None:
    address = HostAndPort(host=host, port=9090)

    assert (address.local_url, address.is_private) == (local_url, is_private)


def test_long_lines_stay_whole_so_that_they_can_be_copied() -> None:
    screen = io.StringIO()

    show_welcome(
        Console(file=screen, width=40),
        address=HostAndPort(host="127.0.0.1", port=9090),
        data=Path("/a/rather/long/path/to/the/data/folder/of/margin"),
        redis="its own",
        database="sqlite:///x",
    )

    assert "/a/rather/long/path/to/the/data/folder/of/margin\n" in screen.getvalue()
    assert "ML_BLOCK_LOCAL_IP=false SSRF_PROTECTION_ENABLED=false" in screen.getvalue()
    assert "Backend URL: http://127.0.0.1:9090\n" in screen.getvalue()
