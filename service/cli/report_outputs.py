"""Writes a report to files, or one form of it to standard output."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from service.domain.errors import InvalidInput, StorageUnavailable
from service.reports.forms.form import Form
from service.reports.forms.registry import FORMS

# Stands for standard output.
STANDARD_OUTPUT = Path("-")
# The name of the command's parameter that receives all its outputs.
OUTPUTS = "outputs"


@dataclass(frozen=True, kw_only=True)
class ReportOutputs:
    """Paths to write to, by the name of the form; None for a form that is not wanted."""

    paths: Mapping[str, Path | None]

    @property
    def are_wanted(self) -> bool:
        """True if anything is to be written."""
        return any(path is not None for path in self.paths.values())

    @property
    def fill_standard_output(self) -> bool:
        """True if a report goes to standard output: then nothing else is printed there."""
        return STANDARD_OUTPUT in self.paths.values()

    def check(self) -> None:
        """Find mistakes now that would otherwise show after long work.

        Raises: InvalidInput.
        """
        wanted = [path for path in self.paths.values() if path is not None]
        if wanted.count(STANDARD_OUTPUT) > 1:
            *others, last = (f"--{form.name}" for form in FORMS)
            raise InvalidInput(f"only one of {', '.join(others)} and {last} can go to standard output")
        for path in wanted:
            if path != STANDARD_OUTPUT and (path.is_dir() or not path.parent.is_dir()):
                raise InvalidInput(f"{path} cannot be written: name a file in a folder that exists")

    def write(self, render: Callable[[Form], bytes]) -> None:
        """Write the wanted forms.

        Args: render: makes a form; called only for wanted ones.

        Raises: StorageUnavailable.
        """
        for form in FORMS:
            path = self.paths.get(form.name)
            if path is not None:
                _write(path, render(form))


def with_report_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command one option per form, for example --csv; the command gets all of them together, as `outputs`."""
    options = {form.name: _option(form) for form in FORMS}

    @wraps(command)
    def with_options(**given: Any) -> None:
        paths = {name: given.pop(name) for name in options}
        command(**given, **{OUTPUTS: ReportOutputs(paths=paths)})

    # typer reads options from the signature and the annotations.
    own = inspect.signature(command, eval_str=True).parameters
    parameters = [parameter for parameter in own.values() if parameter.name != OUTPUTS] + [*options.values()]
    with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return with_options


def _option(form: Form) -> inspect.Parameter:
    annotation = Annotated[Path | None, typer.Option(f"--{form.name}", help=form.purpose)]
    return inspect.Parameter(form.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _write(path: Path, content: bytes) -> None:
    if path == STANDARD_OUTPUT:
        typer.echo(content.decode())
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StorageUnavailable(f"{path} cannot be written: {error.strerror or error}") from error
