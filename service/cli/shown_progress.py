"""Shows in a terminal how far a use case is."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from service import ports


@contextmanager
def shown_progress() -> Iterator[ports.Progress]:
    """A bar on standard error; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("starting", total=1)

        def report(fraction: float, message: str) -> None:
            bars.update(bar, completed=fraction, description=message)

        yield report
