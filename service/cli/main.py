"""The command line: `margin up` runs everything; the other commands run or check one part."""

import typer

from service.cli.api import api
from service.cli.audit.run import audit
from service.cli.doctor.run import doctor
from service.cli.evaluate.run import evaluate
from service.cli.many_values import ManyValuesCommand
from service.cli.predict.run import predict
from service.cli.schedule import schedule
from service.cli.simulate.run import simulate
from service.cli.up.run import up
from service.cli.worker import worker

app = typer.Typer(
    help="Image classification with people in the loop.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (up, api, worker, schedule, predict, doctor):
    app.command()(command)
app.command(cls=ManyValuesCommand)(evaluate)
app.command(cls=ManyValuesCommand)(simulate)
app.command(cls=ManyValuesCommand)(audit)

if __name__ == "__main__":
    app()
