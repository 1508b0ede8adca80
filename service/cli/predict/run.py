"""Lets a running Margin classify the images of a folder, and writes the answers."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress

from service.bootstrap.from_settings import backend_login, image_limits
from service.cli.client.margin_client import MarginClient, open_client
from service.cli.failing import errors_as_sentences, read_settings
from service.cli.predict.answer_table import AnswerTable, opened_rows
from service.cli.predict.file_answers import FILES_AT_ONCE, FileAnswer, classify_files
from service.cli.predict.folder_run import FolderRun
from service.cli.predict.folder_truth import TruthCheck, folder_truths
from service.cli.predict.image_folder import images_under
from service.cli.predict.summary import Summary, as_plain, lines
from service.cli.predict.thumbnail_page import ThumbnailPage
from service.settings import Settings


def predict_folder(run: FolderRun, *, as_json: bool) -> None:
    """Classify the folder's images and print a summary.

    Raises: typer.Exit: none could be classified.
    """
    settings = read_settings()
    with errors_as_sentences(), open_client(run.project.url, backend_login(settings)) as http:
        summary = carry_out(run, MarginClient(http), settings, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(as_plain(summary)))
    else:
        for line in lines(summary):
            typer.echo(line)
    if summary.predicted == 0:
        raise typer.Exit(1)


def carry_out(run: FolderRun, client: MarginClient, settings: Settings, *, quiet: bool) -> Summary:
    """Classify the images and write the answers.

    Raises: InvalidInput, ServiceRefused, StorageUnavailable.
    """
    files = images_under(run.folder)
    labels = client.project(run.project.id).labels
    page = ThumbnailPage(run.folder, title=f"{run.folder.name} by {run.project.id}", limits=image_limits(settings))
    summary = Summary(written=[run.csv])
    with ExitStack() as opened:
        check = _truth_check(run, files, labels, opened)
        table = AnswerTable(opened.enter_context(opened_rows(run.csv)), labels)
        for answer in _with_progress(_answers(run, client, files, settings), total=len(files), quiet=quiet):
            table.write(answer)
            summary.add(answer)
            page.add(answer)
            if check is not None:
                check.check(answer)
    if check is not None:
        summary.accuracy = check.accuracy
        summary.written.append(run.misclassified)
    if run.thumbnails is not None:
        page.write(run.thumbnails)
        summary.written.append(run.thumbnails)
    return summary


def _answers(run: FolderRun, client: MarginClient, files: Sequence[Path], settings: Settings) -> Iterator[FileAnswer]:
    at_once = min(FILES_AT_ONCE, settings.max_batch)
    return classify_files(client, run.project.id, run.folder, files, files_at_once=at_once)


def _truth_check(run: FolderRun, files: Sequence[Path], labels: Sequence[str], opened: ExitStack) -> TruthCheck | None:
    if run.truth is None:
        return None
    truths = folder_truths(files, labels)
    return TruthCheck(truths, opened.enter_context(opened_rows(run.misclassified)))


def _with_progress(answers: Iterator[FileAnswer], *, total: int, quiet: bool) -> Iterator[FileAnswer]:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        yield from progress.track(answers, total=total, description="classifying")
