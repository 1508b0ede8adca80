"""The command line: `margin up` runs everything; the other commands run or check one part.

The `command.py` of each package declares the options and imports almost nothing; the command's work is in `run.py`,
which is imported only when the command is called. So --help and a mistyped option get an answer at once, not after
seconds of imports.
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
