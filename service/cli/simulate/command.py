"""`margin simulate`: how many labels a strategy would have saved on somebody's own labeled images."""

from pathlib import Path
from typing import Annotated, Any

import typer

from service.cli.options import DataOption

STANDARD_OUTPUT = "-"


def _only_standard_output(given: str | None) -> str | None:
    """Refuse anything but "-". Raises: typer.BadParameter."""
    if given not in (None, STANDARD_OUTPUT):
        raise typer.BadParameter("expected - for standard output; a file is in --out")
    return given


FolderArgument = Annotated[Path, typer.Argument(help="A folder with one folder of images for each class.")]
OutOption = Annotated[Path | None, typer.Option(help="Folder for all results; the same command goes on in it.")]
ConfigOption = Annotated[Path | None, typer.Option(help="YAML file with these options as keys; the command line wins.")]
TestOption = Annotated[
    Path | None, typer.Option(help="A folder like the first one to test on, instead of a share of the first.")
]
StrategiesOption = Annotated[
    list[str] | None, typer.Option(help='As margin "margin(random_share=0.1)"; random is always added.')
]
HeadsOption = Annotated[list[str] | None, typer.Option(help='As softmax-regression "knn(k=10)".')]
EncodersOption = Annotated[list[str] | None, typer.Option(help="The one of the settings when not given.")]
RunsOption = Annotated[int | None, typer.Option(help="How often, each from another start; 10 when not given.")]
IterationsOption = Annotated[int | None, typer.Option(help="How many batches are asked for; 10 when not given.")]
BatchSizeOption = Annotated[
    list[int] | None,
    typer.Option(help="Labels of each batch, or of the first, the second and so on; 10 when not given."),
]
LabelsPerClassOption = Annotated[
    int | None, typer.Option(help="Labels of each class to start with, or 0; 1 when not given.")
]
TestShareOption = Annotated[float | None, typer.Option(help="Of each class's images; .3 when not given.")]
SeedOption = Annotated[int | None, typer.Option(help="The same seed gives the same figures, times apart.")]
ProcessesOption = Annotated[
    int | None, typer.Option(help="At once; when not given, one for each core, memory permitting.")
]
AccuraciesOption = Annotated[
    list[float] | None,
    typer.Option(help="In 0..1, whose labels are counted; 80, 90 and 95 % of what all labels reach when not given."),
]
JsonOption = Annotated[
    str | None,
    typer.Option("--json", callback=_only_standard_output, help="- prints the summary as JSON and nothing else."),
]


def simulate(
    folder: FolderArgument,
    *,
    out: OutOption = None,
    config: ConfigOption = None,
    test: TestOption = None,
    strategies: StrategiesOption = None,
    heads: HeadsOption = None,
    encoders: EncodersOption = None,
    runs: RunsOption = None,
    iterations: IterationsOption = None,
    batch_size: BatchSizeOption = None,
    labels_per_class: LabelsPerClassOption = None,
    test_share: TestShareOption = None,
    seed: SeedOption = None,
    processes: ProcessesOption = None,
    accuracies: AccuraciesOption = None,
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """Replay labeling on images whose labels are known: how good each strategy gets with how many labels."""
    from service.cli.simulate.config import simulation_config
    from service.cli.simulate.run import show_new_simulation

    # Under the keys of a config file.
    given: dict[str, Any] = {
        "out": out,
        "test": test,
        "strategies": strategies,
        "heads": heads,
        "encoders": encoders,
        "runs": runs,
        "iterations": iterations,
        "batch_size": batch_size,
        "labels_per_class": labels_per_class,
        "test_share": test_share,
        "seed": seed,
        "processes": processes,
        "accuracies": accuracies,
    }
    show_new_simulation(folder, simulation_config(config, given), as_json=json is not None, data=data)
