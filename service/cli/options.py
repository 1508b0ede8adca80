"""Options that several commands share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

HostOption = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")]
PortOption = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
DataOption = Annotated[
    Path | None, typer.Option(help="Folder for everything Margin keeps; default: the setting MARGIN_DATA.")
]
UrlOption = Annotated[str, typer.Option(help="Address of the web service.")]
PrintJsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 9090
DEFAULT_URL = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"


@dataclass(frozen=True, kw_only=True)
class ProjectAt:
    """A project of a running Margin."""

    id: str
    url: str
