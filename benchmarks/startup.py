"""Measures how long --help takes, compared to the imports that any command with typer and rich needs."""

import argparse
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track
from rich.table import Table
from typer.main import get_group

from service.cli.main import app

BARE = ("-c", "import typer, rich.console, rich.table, rich.markdown")
# Typer loads pydantic before it shows the help of a command, and draws it: none of our commands can be faster.
EMPTY = ("-c", "import typer; app = typer.Typer(); app.command()(lambda: None); app.command('b')(lambda: None); app()")
MARGIN = ("-m", "service.cli.main")


@dataclass(frozen=True, kw_only=True)
class Started:
    """A program, and the shortest time in which it started, answered and ended, in seconds."""

    name: str
    seconds: float


def main() -> None:
    """Start each program equally often, in turns, so that other work of the machine affects all of them alike."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--times", type=int, default=7, help="starts of each program; the best one counts")
    arguments = parser.parse_args()
    programs = {
        "typer and rich alone": BARE,
        "b --help, of a typer app that does nothing": (*EMPTY, "b", "--help"),
        "margin --help": (*MARGIN, "--help"),
        **{f"margin {name} --help": (*MARGIN, name, "--help") for name in get_group(app).commands},
    }
    bare, empty, whole, *commands = start_each(programs, times=arguments.times)
    print_ratios(bare, [empty, whole, *commands])
    slowest = max(commands, key=lambda each: each.seconds)
    print(f"beside typer and rich alone: margin --help {ratio(whole, bare)}, {slowest.name} {ratio(slowest, bare)}")


def start_each(programs: Mapping[str, Sequence[str]], *, times: int) -> list[Started]:
    """Time a number of starts of each program, and return the best of each, in order."""
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for _ in track(range(times), description="starting"):
        for name, program in programs.items():
            seconds[name].append(_start(program))
    return [Started(name=name, seconds=min(each)) for name, each in seconds.items()]


def print_ratios(bare: Started, started: Sequence[Started]) -> None:
    """Print a table with one row per program."""
    table = Table("", "ms", "times as long", title="from the start of Python to its end")
    for each in (bare, *started):
        table.add_row(each.name, f"{1000 * each.seconds:.0f}", ratio(each, bare))
    Console().print(table)


def ratio(started: Started, bare: Started) -> str:
    """Format how many times as long it took."""
    return f"{started.seconds / bare.seconds:.2f}x"


def _start(program: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *program], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
