"""`margin predict`: lets a running Margin classify the images of a folder, and writes the answers."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.options import DEFAULT_URL, PrintJsonOption, ProjectAt, UrlOption
from service.cli.predict.folder_run import FolderRun, Truth

FolderArgument = Annotated[Path, typer.Argument(help="Folder of images, with those in folders below it.")]
ProjectOption = Annotated[str, typer.Option(help="Id of the project whose current version answers.")]
CsvOption = Annotated[Path, typer.Option("--csv", help="CSV file to write, one row per image.")]
ThumbnailsOption = Annotated[Path | None, typer.Option(help="HTML page to write, with thumbnails by predicted class.")]
TruthOption = Annotated[
    Truth | None,
    typer.Option(
        help="The images lie in folders named after their labels: print the accuracy, and list the misclassified"
        " images in a second CSV file."
    ),
]


def predict(
    *,
    folder: FolderArgument,
    project: ProjectOption,
    csv: CsvOption,
    url: UrlOption = DEFAULT_URL,
    thumbnails: ThumbnailsOption = None,
    truth: TruthOption = None,
    as_json: PrintJsonOption = False,
) -> None:
    """Classify the images of a folder with a running Margin; exit status 1 if none could be classified."""
    from service.cli.predict.run import predict_folder

    project_at = ProjectAt(id=project, url=url)
    run = FolderRun(folder=folder, project=project_at, csv=csv, thumbnails=thumbnails, truth=truth)
    predict_folder(run, as_json=as_json)
