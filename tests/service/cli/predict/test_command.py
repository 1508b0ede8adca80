"""`margin predict` against the real application, over HTTP: its files, and its error sentences."""

import csv
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service.cli.main import app
from service.http.app import build_app
from tests.service.assembled import LABELS, World, a_png, png
from tests.service.cli.served import served
from tests.service.colour_encoder import mixed

NOBODY = "http://127.0.0.1:1"


pytestmark = pytest.mark.usefixtures("default_settings")


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    world.add_project()
    world.label_colours(4)
    world.train()
    world.add_project("untrained")
    return world


@pytest.fixture(scope="module")
def url(world: World) -> Iterator[str]:
    with served(build_app(world.application)) as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write three images in folders named after their labels, one in another folder, and a file that is no image."""
    folder = tmp_path / "photos"
    for place, content in {
        "red/1.png": a_png("red", 50),
        "red/2.png": a_png("blue", 51),
        "deeper/green/3.PNG": a_png("green", 52),
        "unsorted/4.png": a_png("blue", 53),
        "unsorted/notes.txt": b"bought in May",
        ".hidden/5.png": a_png("red", 54),
    }.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(content)
    return folder


def predict(folder: Path, url: str, *options: str, project: str = "birds") -> Result:
    """Run the command; it writes `out.csv` into the working folder."""
    return CliRunner().invoke(
        app, ["predict", str(folder), "--project", project, "--csv", "out.csv", "--url", url, *options]
    )


def rows(file: str = "out.csv") -> list[dict[str, str]]:
    with Path(file).open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def sentence(result: Result) -> str:
    """Return the error sentence of a command: one line."""
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    (line,) = result.stderr.splitlines()
    return line


def test_each_image_below_the_folder_gets_a_row(folder: Path, url: str) -> None:
    result = predict(folder, url)

    assert result.exit_code == 0, result.output
    assert {row["file"]: row["label"] for row in rows()} == {
        "deeper/green/3.PNG": "green",
        "red/1.png": "red",
        "red/2.png": "blue",
        "unsorted/4.png": "blue",
    }
    assert "4 images: 4 got a label, 0 none, 0 could not be classified" in result.stdout


def test_a_row_holds_all_that_the_version_said(folder: Path, url: str) -> None:
    predict(folder, url)

    row = next(row for row in rows() if row["file"] == "red/1.png")
    of_classes = [float(row[f"probability of {label}"]) for label in LABELS]
    assert list(row) == [
        *("file", "label", "plausible labels", "probability", "margin", "abstained", "version"),
        *(f"probability of {label}" for label in LABELS),
        "error",
    ]
    assert sum(of_classes) == pytest.approx(1)
    assert float(row["probability"]) == max(of_classes) == of_classes[LABELS.index("red")]
    assert float(row["margin"]) == pytest.approx(sorted(of_classes)[-1] - sorted(of_classes)[-2])
    assert row["plausible labels"].split("|")[0] == "red"
    assert (row["abstained"], row["version"], row["error"]) == ("false", "1", "")


def test_an_image_that_cannot_be_read_stops_no_other(folder: Path, url: str) -> None:
    (folder / "red" / "broken.png").write_bytes(a_png()[:60])
    (folder / "red" / "gone.png").symlink_to("nowhere.png")

    result = predict(folder, url)

    assert result.exit_code == 0
    errors = {row["file"]: row["error"] for row in rows() if row["error"]}
    assert errors.keys() == {"red/broken.png", "red/gone.png"}
    assert "No such file" in errors["red/gone.png"]
    assert sum(bool(row["label"]) for row in rows()) == 4
    assert "red/broken.png: " in result.stdout


def test_it_fails_when_no_image_could_be_classified(tmp_path: Path, url: str) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "broken.png").write_bytes(b"no image")

    result = predict(tmp_path / "photos", url)

    assert result.exit_code == 1
    assert [row["file"] for row in rows()] == ["broken.png"]


def test_an_image_that_nothing_is_sure_of_has_no_label(world: World, tmp_path: Path, url: str) -> None:
    world.add_project("careful", abstain_below=0.9)
    world.label_colours(4, project_id="careful")
    world.train("careful")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "both.png").write_bytes(png(mixed("red", "green")))

    result = predict(tmp_path / "photos", url, "--thumbnails", "page.html", project="careful")

    (row,) = rows()
    assert (row["label"], row["abstained"]) == ("", "true")
    assert {"red", "green"} <= set(row["plausible labels"].split("|"))
    assert "1 images: 0 got a label, 1 none" in result.stdout
    assert "<h2>no label</h2>" in Path("page.html").read_text()


def test_folders_named_after_labels_tell_how_often_it_is_right(folder: Path, url: str) -> None:
    result = predict(folder, url, "--truth", "folders")

    assert "accuracy 66.7 %: 2 of 3 match their folder" in result.stdout
    (wrong,) = rows("out-misclassified.csv")
    assert (wrong["file"], wrong["truth"], wrong["label"]) == ("red/2.png", "red", "blue")
    assert float(wrong["probability of label"]) > float(wrong["probability of truth"])


def test_folders_of_other_names_tell_nothing(tmp_path: Path, url: str) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.png").write_bytes(a_png())

    assert "no image lies in a folder named after a label" in sentence(
        predict(tmp_path / "photos", url, "--truth", "folders")
    )


def test_machines_get_one_piece_of_json(folder: Path, url: str) -> None:
    (folder / "red" / "broken.png").write_bytes(b"no image")

    result = predict(folder, url, "--json", "--truth", "folders")

    summary: dict[str, Any] = json.loads(result.stdout)
    assert (summary["images"], summary["predicted"], summary["without_label"]) == (5, 4, 0)
    assert summary["labels"] == {"blue": 2, "red": 1, "green": 1}
    assert [error["file"] for error in summary["errors"]] == ["red/broken.png"]
    assert summary["accuracy"] == {"share": pytest.approx(2 / 3), "images": 3}
    assert summary["written"] == ["out.csv", "out-misclassified.csv"]


def test_thumbnails_are_grouped_by_class_on_a_page_that_needs_nothing_else(folder: Path, url: str) -> None:
    predict(folder, url, "--thumbnails", "page.html")

    page = Path("page.html").read_text()
    assert re.findall(r"<h2>(.*?)</h2><p>(.*?)</p>", page) == [
        ("blue", "2 images"),
        ("green", "1 images"),
        ("red", "1 images"),
    ]
    assert page.count("<img ") == page.count('src="data:image/jpeg;base64,') == 4
    assert "http" not in page.replace("http-equiv", "")


def test_no_name_of_a_file_is_taken_for_html(tmp_path: Path, url: str) -> None:
    (tmp_path / "<i>").mkdir()
    (tmp_path / "<i>" / "<script>&.png").write_bytes(a_png("red", 50))

    predict(tmp_path / "<i>", url, "--thumbnails", "page.html")

    page = Path("page.html").read_text()
    assert "&lt;script&gt;&amp;.png" in page
    assert "&lt;i&gt; by birds" in page
    assert "<script>" not in page


def test_no_name_of_a_file_is_taken_for_a_formula(tmp_path: Path, url: str) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "=HYPERLINK(1).png").write_bytes(a_png("blue", 50))

    predict(tmp_path / "photos", url)

    assert [row["file"] for row in rows()] == ["./=HYPERLINK(1).png"]


def test_no_name_of_a_file_steers_the_terminal_or_stops_the_summary(tmp_path: Path, url: str) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "good.png").write_bytes(a_png())
    for name in (b"\xff.png", b"\x1b[31m.png", b"two\nlines.png"):
        (tmp_path / "photos" / os.fsdecode(name)).write_bytes(b"no image")

    result = predict(tmp_path / "photos", url)

    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines()[:3]] == [
        "\\x1b[31m.png",
        "two\\nlines.png",
        "\\udcff.png",
    ]


@pytest.mark.parametrize(
    ("place", "said"), [("nowhere", "is not a folder"), ("empty", "has no images"), ("notes", "has no images")]
)
def test_a_folder_without_images_is_told(place: str, said: str, tmp_path: Path, url: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "notes.txt").write_text("bought in May")

    assert said in sentence(predict(tmp_path / place, url))


@pytest.mark.parametrize(
    ("project", "said"), [("unheard-of", "no project 'unheard-of' here"), ("untrained", "has no version yet")]
)
def test_a_project_that_cannot_answer_is_told(project: str, said: str, folder: Path, url: str) -> None:
    assert said in sentence(predict(folder, url, project=project))


@pytest.mark.parametrize(
    ("address", "said"),
    [(NOBODY, "start `margin up`, or give --url"), ("127.0.0.1:9090", "is not an address"), ("ftp://x", "not an add")],
)
def test_a_service_that_is_not_there_is_told(address: str, said: str, folder: Path) -> None:
    assert said in sentence(predict(folder, address))
    assert not Path("out.csv").exists()


def test_a_file_that_cannot_be_written_is_told(folder: Path, url: str) -> None:
    Path("out.csv").mkdir()

    assert "out.csv cannot be written" in sentence(predict(folder, url))


def test_a_password_is_sent_from_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(basic_auth_user="ann", basic_auth_pass="secret")
    world.add_project()
    world.label_colours(2)
    world.train()

    with served(build_app(world.application)) as url:
        refused = predict(folder, url)
        monkeypatch.setenv("BASIC_AUTH_USER", "ann")
        monkeypatch.setenv("BASIC_AUTH_PASS", "secret")
        let_in = predict(folder, url)

    assert "set BASIC_AUTH_USER and BASIC_AUTH_PASS" in sentence(refused)
    assert let_in.exit_code == 0


def test_more_than_the_service_takes_at_once_is_sent_in_parts(folder: Path) -> None:
    (folder / "red" / "large.png").write_bytes(a_png("red", 1, size=80))
    world = World(max_form_bytes=700)
    world.add_project()
    world.label_colours(2)
    world.train()

    with served(build_app(world.application)) as url:
        result = predict(folder, url)

    assert result.exit_code == 0, result.output
    assert [row["file"] for row in rows() if row["error"]] == ["red/large.png"]
