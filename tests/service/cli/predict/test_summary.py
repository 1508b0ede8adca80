"""The summary that a user reads at the end."""

from pathlib import Path

from service.api.prediction import PredictionView
from service.cli.predict.file_answers import FileAnswer
from service.cli.predict.summary import Summary, lines


def test_no_name_of_a_class_or_message_steers_the_terminal() -> None:
    summary = Summary(written=[Path("\x1b[1m.csv")])
    summary.add(FileAnswer(file=Path("1.png"), prediction=PredictionView(labels=["\x1b[31mred"])))
    summary.add(FileAnswer(file=Path("2.png"), error="\x1b[31mbroken"))

    said = list(lines(summary))

    assert all(line.isprintable() for line in said)
    assert any(line.endswith("\\x1b[31mred") for line in said)
