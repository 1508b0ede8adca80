"""Reads the options of a simulation from a YAML file, from the command line, or from both."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationError

from ml.encoders.registry import check_encoder_name
from ml.heads.registry import head_recipe
from ml.messages import unknown_name
from ml.simulation.grid import GridPlan
from ml.strategies.registry import strategy
from service.cli.known_names import require_known, wrong_value

# A config is about a screen long; a larger file is something else.
MOST_CONFIG_BYTES = 64 * 1024


def _one_or_many(given: object) -> object:
    return given if isinstance(given, list | tuple) else (given,)


def _without_nul(path: Path) -> Path:
    if "\0" in str(path):
        raise ValueError("a file name cannot contain a NUL character")
    return path


# Strict, since "yes" is not a number of runs.
Whole = Annotated[int, Strict()]
Share = Annotated[float, Strict()]
Place = Annotated[Path, AfterValidator(_without_nul)]
Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many), Field(min_length=1, max_length=100)]
BatchSize = Annotated[Whole, Field(ge=1, le=1_000_000)]
Accuracy = Annotated[Share, Field(gt=0, le=1)]


class SimulationConfig(BaseModel):
    """The keys of the file, which are also the options of the command; None if the default comes from elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    strategies: Names | None = None
    heads: Names | None = None
    encoders: Names | None = None
    runs: Whole = Field(default=10, ge=1, le=1_000)
    iterations: Whole = Field(default=10, ge=1, le=10_000)
    batch_size: Annotated[tuple[BatchSize, ...], BeforeValidator(_one_or_many), Field(min_length=1)] = (10,)
    labels_per_class: Whole = Field(default=1, ge=0, le=1_000_000)
    test_share: Share = Field(default=0.3, gt=0, lt=1)
    test: Place | None = None
    seed: Whole = Field(default=0, ge=0, le=2**32 - 1)
    processes: Whole | None = Field(default=None, ge=1, le=1_024)
    accuracies: Annotated[tuple[Accuracy, ...], BeforeValidator(_one_or_many), Field(min_length=1)] | None = None
    out: Place | None = None

    def plan(self, *, strategy: str, head: str, encoder: str) -> GridPlan:
        """Make the plan of the grid.

        Args: defaults for the parts that the config leaves open.
        """
        return GridPlan(
            strategies=self.strategies or (strategy,),
            heads=self.heads or (head,),
            encoders=self.encoders or (encoder,),
            runs=self.runs,
            iterations=self.iterations,
            batch_sizes=self.batch_size,
            labels_per_class=self.labels_per_class,
            test_share=self.test_share,
            seed=self.seed,
        )


def simulation_config(file: Path | None, given: Mapping[str, Any]) -> SimulationConfig:
    """Read the file, override it with the command line, and look up all names.

    Args: given: values by key; None or no values stand for "not given".

    Raises: typer.BadParameter: the key and its error.
    """
    on_the_line = {key: value for key, value in given.items() if value not in (None, [])}
    in_the_file = {} if file is None else _read(file)
    config = _validated(in_the_file, "--config")
    if on_the_line:
        config = _validated(in_the_file | on_the_line, "the command line")
    require_known_names(config.strategies or (), config.heads or (), config.encoders or ())
    return config


def require_known_names(strategies: Sequence[str], heads: Sequence[str], encoders: Sequence[str]) -> None:
    """Look up every name.

    Raises: typer.BadParameter: names the first unknown one and the nearest known ones.
    """
    require_known(strategies, strategy, wrong=wrong_value("strategies"))
    require_known(heads, head_recipe, wrong=wrong_value("heads"))
    require_known(encoders, check_encoder_name, wrong=wrong_value("encoders"))


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as content:
            text = content.read(MOST_CONFIG_BYTES + 1)
    except OSError as error:
        raise _wrong(f"{file} cannot be read: {error.strerror or error}") from error
    if len(text) > MOST_CONFIG_BYTES:
        raise _wrong(f"{file} is larger than {MOST_CONFIG_BYTES // 1024} KiB, which no grid needs")
    try:
        _check_form(text)
        found = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise _wrong(f"{file} is not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise _wrong(f"{file} is nested too deeply") from error
    if not isinstance(found, dict):
        raise _wrong(f'{file} has no keys: expected lines such as "runs: 10", known keys are {_known()}')
    return {_as_key(key): value for key, value in found.items()}


def _check_form(text: bytes) -> None:
    """Refuse YAML features that no grid needs: aliases and repeated keys.

    Raises: typer.BadParameter, yaml.YAMLError.
    """
    # This comes first: it stops at a depth for which yaml.parse takes a minute.
    tree = yaml.compose(text, yaml.SafeLoader)
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
        raise _wrong("the file has anchors or aliases (&, *), which no grid needs")
    keys = [_as_key(key.value) for key, _ in tree.value] if isinstance(tree, yaml.MappingNode) else []
    for key in keys:
        if keys.count(key) > 1:
            raise _wrong(f'the key "{key}" occurs twice')


def _as_key(found: object) -> str:
    return str(found).replace("-", "_")


def _validated(given: Mapping[str, Any], where: str) -> SimulationConfig:
    for key in given:
        if key not in SimulationConfig.model_fields:
            raise _wrong(unknown_name("key", key, tuple(SimulationConfig.model_fields)), where)
    try:
        return SimulationConfig.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise _wrong(f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}", where) from error


def _known() -> str:
    return ", ".join(SimulationConfig.model_fields)


def _wrong(sentence: str, where: str = "--config") -> typer.BadParameter:
    return typer.BadParameter(sentence, param_hint=where)
