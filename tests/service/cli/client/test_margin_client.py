"""Requests to a service that is busy, or that is not Margin."""

from pathlib import Path

import httpx
import pytest

from service.cli.client.margin_client import MarginClient, ServiceRefused
from service.cli.predict.file_answers import classify_files
from tests.service.assembled import a_png


def test_a_service_that_is_asked_too_much_is_asked_again_when_it_says(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(a_png())
    answers = iter([httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(200, json={"predictions": [{}]})])
    waited: list[float] = []
    http = httpx.Client(base_url="http://margin", transport=httpx.MockTransport(lambda _: next(answers)))

    (answer,) = classify_files(MarginClient(http, sleep=waited.append), "birds", tmp_path, [Path("1.png")])

    assert answer.prediction is not None
    assert waited == [7]


def test_a_date_to_come_again_at_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(a_png())
    busy = httpx.Response(429, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})
    answers = iter([busy, httpx.Response(200, json={"predictions": [{}]})])
    waited: list[float] = []
    http = httpx.Client(base_url="http://margin", transport=httpx.MockTransport(lambda _: next(answers)))

    list(classify_files(MarginClient(http, sleep=waited.append), "birds", tmp_path, [Path("1.png")]))

    assert waited == [0]


def test_what_is_no_margin_is_told() -> None:
    http = httpx.Client(
        base_url="http://other", transport=httpx.MockTransport(lambda _: httpx.Response(200, text="<html>"))
    )

    with pytest.raises(ServiceRefused, match="not one of this Margin version"):
        MarginClient(http).project("birds")
