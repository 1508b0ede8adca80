"""Shows the first screen of `margin up`: what runs, where its data is, and the addresses to copy."""

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
from rich.console import Console
from rich.text import Text

# The first answer of /ready waits for the encoder to load.
PROBE_TIMEOUT_SECONDS = 10.0
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  compared with, not listened on


@dataclass(frozen=True, kw_only=True)
class HostAndPort:
    """The address at which the web service listens, and its URLs."""

    host: str
    port: int

    @property
    def local_url(self) -> str:
        """Return the URL for programs on this machine."""
        return self._url("127.0.0.1" if self.host in ANY_ADDRESS else self.host)

    @property
    def public_url(self) -> str:
        """Return the URL for a Label Studio on any machine."""
        return self._url(socket.gethostname() if self.host in ANY_ADDRESS else self.host)

    @property
    def is_private(self) -> bool:
        """True if Label Studio refuses to call it by default."""
        try:
            return not ipaddress.ip_address(self.host).is_global
        except ValueError:
            return True

    def _url(self, host: str) -> str:
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def answers(url: str) -> bool:
    """Return True if a GET of this URL is answered with 200."""
    try:
        return httpx.get(url, timeout=PROBE_TIMEOUT_SECONDS).status_code == HTTPStatus.OK
    except httpx.TransportError:
        return False


def show_welcome(console: Console, *, address: HostAndPort, data: Path, redis: str, database: str) -> None:
    """Print the first screen; long lines are not wrapped, so that they can be copied."""
    console.rule("[bold]Margin is up", align="left")
    for name, value in (
        ("API", f"{address.local_url} (routes: {address.local_url}/docs)"),
        ("Runs", "web service; one worker each for encode, train, rank and label-studio; scheduler"),
        ("Data", str(data)),
        ("Redis", redis),
        ("Database", database),
        ("Label Studio", f"Settings > Model > Connect Model > Backend URL: {address.public_url}"),
        *_hints(address),
    ):
        console.print(Text(f"{name:<14}", style="bold") + Text(value, style="default"), soft_wrap=True)
    console.rule("Ctrl-C stops everything; jobs in progress continue at the next start", align="left")


def _hints(address: HostAndPort) -> Iterator[tuple[str, str]]:
    if address.is_private:
        yield "", "start it with ML_BLOCK_LOCAL_IP=false SSRF_PROTECTION_ENABLED=false, or it refuses private addresses"
    body = """'{"id": "pets", "labels": ["cat", "dog"]}'"""
    yield "Try it", f"curl {address.local_url}/v1/projects -H 'Content-Type: application/json' -d {body}"
    yield "", f"curl {address.local_url}/v1/projects/pets/images -F files=@photo.jpg -F labels=cat"
