"""Prints to a terminal: tables at its width, progress bars, and names without control characters."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from service.domain import job

# Output to a file or a pipe is not folded at a width that nobody chose.
PLAIN_WIDTH = 200


def table_console() -> Console:
    """Make a console for standard output, at the terminal's width or PLAIN_WIDTH."""
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


@contextmanager
def shown_progress() -> Iterator[job.Progress]:
    """Show a progress bar on standard error, or nothing if that is no terminal."""
    console = Console(stderr=True)
    columns = (BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("starting", total=1)

        def report(fraction: float, message: str) -> None:
            bars.update(bar, completed=fraction, description=message)

        yield job.Progress(report=report)


def printable(name: object) -> str:
    """Escape unprintable characters as Python does: a file name must not move the cursor or change colours."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in str(name))
