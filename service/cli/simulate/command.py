"""`margin simulate`: measures how many labels each strategy would have saved on the user's own labeled images."""

from pathlib import Path
from typing import Annotated, Any

import typer

from service.cli.options import DataOption

_STANDARD_OUTPUT = "-"


def _only_standard_output(given: str | None) -> str | None:
    """Refuse any value but "-".

    Raises: typer.BadParameter.
    """
    if given not in (None, _STANDARD_OUTPUT):
        raise typer.BadParameter("expected - for standard output; --out has the files")
    return given


FolderArgument = Annotated[Path, typer.Argument(help="A folder with one folder of images per class.")]
OutOption = Annotated[Path | None, typer.Option(help="Folder for all results; the same command continues there.")]
ConfigOption = Annotated[Path | None, typer.Option(help="YAML file with these options as keys; the command line wins.")]
TestOption = Annotated[
    Path | None, typer.Option(help="A folder like the first one to test on, instead of a share of the first one.")
]
StrategiesOption = Annotated[
    list[str] | None,
    typer.Option(help='Strategies, for example margin "margin(random_share=0.1)"; random is always added.'),
]
HeadsOption = Annotated[list[str] | None, typer.Option(help='Heads, for example softmax-regression "knn(k=10)".')]
EncodersOption = Annotated[list[str] | None, typer.Option(help="Encoders; default: the one of the settings.")]
RunsOption = Annotated[int | None, typer.Option(help="Number of runs, each with other initial labels; default: 10.")]
IterationsOption = Annotated[int | None, typer.Option(help="Number of batches to ask for; default: 10.")]
BatchSizeOption = Annotated[
    list[int] | None,
    typer.Option(help="Labels per batch, or of the first batch, the second and so on; default: 10."),
]
LabelsPerClassOption = Annotated[int | None, typer.Option(help="Labels per class to start with, or 0; default: 1.")]
TestShareOption = Annotated[float | None, typer.Option(help="Share of each class's images to test on; default: 0.3.")]
SeedOption = Annotated[int | None, typer.Option(help="The same seed gives the same figures, except for times.")]
ProcessesOption = Annotated[
    int | None, typer.Option(help="Number of parallel processes; default: one per core if memory allows.")
]
AccuraciesOption = Annotated[
    list[float] | None,
    typer.Option(
        help="Target accuracies in 0..1 for the count of labels; default: 80, 90 and 95 % of that of all labels."
    ),
]
JsonOption = Annotated[
    str | None,
    typer.Option("--json", callback=_only_standard_output, help="- prints the summary as JSON, and nothing else."),
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
    """Replay labeling on images whose labels are known: the accuracy of each strategy by the number of labels."""
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
