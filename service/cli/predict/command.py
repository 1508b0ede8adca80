"""`margin predict`: has a folder's images classified by a running Margin, and writes what it says."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.options import DEFAULT_URL, PrintJsonOption, ProjectAt, UrlOption
from service.cli.predict.folder_run import FolderRun, Truth

FolderArgument = Annotated[Path, typer.Argument(help="Folder of images; those in folders below it too.")]
ProjectOption = Annotated[str, typer.Option(help="Id of the project whose current version answers.")]
CsvOption = Annotated[Path, typer.Option("--csv", help="CSV file to write, a row for each image.")]
ThumbnailsOption = Annotated[Path | None, typer.Option(help="HTML page to write, with thumbnails by predicted class.")]
TruthOption = Annotated[
    Truth | None,
    typer.Option(
        help="The images lie in folders named after their labels: print the accuracy, and list what is wrong"
        " beside the CSV file."
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
    """Classify the images of a folder with a running Margin; exit status 1 when none could be."""
    from service.cli.predict.run import predict_folder

    project_at = ProjectAt(id=project, url=url)
    run = FolderRun(folder=folder, project=project_at, csv=csv, thumbnails=thumbnails, truth=truth)
    predict_folder(run, as_json=as_json)
