"""`margin evaluate`: compares heads and encoders on the user's own labels: which is best, and by how much."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.evaluate.subject import subject
from service.cli.options import DEFAULT_URL, DataOption
from service.cli.report_outputs import ReportOutputs, with_report_options

FolderArgument = Annotated[Path | None, typer.Argument(help="A folder with one folder of images per class.")]
ProjectOption = Annotated[str | None, typer.Option(help="Id of a project of a running Margin, instead of a folder.")]
MarginUrlOption = Annotated[str, typer.Option(help="Address of that Margin.")]
HeadsOption = Annotated[
    list[str] | None, typer.Option(help='Heads, for example softmax-regression "knn(k=10)"; default: all kinds.')
]
EncodersOption = Annotated[
    list[str] | None, typer.Option(help="Encoders; default: the one of the settings or of the project.")
]
SizesOption = Annotated[
    list[str] | None, typer.Option(help="Labels per class to train on, for example 5 20 all; default: all.")
]
RepeatsOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=100, help="Repeats of five-fold cross-validation; default: depends on the number of images."
    ),
]
SeedOption = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of the splits and of the training.")]
HierarchyOption = Annotated[
    Path | None, typer.Option(help='JSON file with the labels of each parent: {"animal": ["cat", "dog"]}.')
]


@with_report_options
def evaluate(
    folder: FolderArgument = None,
    *,
    project: ProjectOption = None,
    url: MarginUrlOption = DEFAULT_URL,
    heads: HeadsOption = None,
    encoders: EncodersOption = None,
    labels_per_class: SizesOption = None,
    repeats: RepeatsOption = None,
    seed: SeedOption = 0,
    hierarchy: HierarchyOption = None,
    outputs: ReportOutputs,
    data: DataOption = None,
) -> None:
    """Compare heads and encoders on a labeled folder, or on a project of a running Margin."""
    from service.cli.evaluate.comparison_options import comparison_request
    from service.cli.evaluate.run import show_new_comparison

    compared_on = subject(folder, project=project, url=url, hierarchy=hierarchy)
    request = comparison_request(
        heads=heads, encoders=encoders, labels_per_class=labels_per_class, repeats=repeats, seed=seed
    )
    show_new_comparison(compared_on, request, outputs, data=data)
