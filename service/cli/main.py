"""The command line: `margin up` runs everything; the other commands run or check one part.

A room's `command.py` declares what may be typed and imports next to nothing; what the command does, in `run.py`, is
imported once it is called. So a --help, or a mistyped option, is answered at once instead of after seconds of imports.
"""

import typer

from service.cli.audit.command import audit
from service.cli.doctor.command import doctor
from service.cli.evaluate.command import evaluate
from service.cli.many_values import ManyValuesCommand
from service.cli.predict.command import predict
from service.cli.processes import api, schedule, worker
from service.cli.simulate.command import simulate
from service.cli.up.command import up

app = typer.Typer(
    help="Image classification with people in the loop.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (up, api, worker, schedule, predict, doctor):
    app.command()(command)
for command_with_lists in (evaluate, simulate, audit):
    app.command(cls=ManyValuesCommand)(command_with_lists)

if __name__ == "__main__":
    app()
