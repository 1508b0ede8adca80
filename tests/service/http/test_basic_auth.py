"""Requests with and without the right user name and password."""

import base64
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.service.assembled import World, a_png
from tests.service.http.serving import files, problem_of, serve

LOGIN = ("ada", "pässword")


@pytest.fixture
def client() -> Iterator[TestClient]:
    world = World(basic_auth_user=LOGIN[0], basic_auth_pass=LOGIN[1])
    world.add_project()
    with serve(world) as client:
        yield client


@pytest.mark.parametrize("path", ["/live", "/ready"])
def test_watchers_need_no_password(path: str, client: TestClient) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/health"),
        ("GET", "/metrics"),
        ("POST", "/setup"),
        ("POST", "/predict"),
        ("POST", "/webhook"),
        ("GET", "/v1/projects"),
        ("GET", "/v1/jobs"),
        ("POST", "/v1/embed"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("GET", "/no-such-path"),
    ],
)
def test_everybody_else_does(method: str, path: str, client: TestClient) -> None:
    answer = client.request(method, path)

    assert problem_of(answer, 401) == "unauthorized"
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Margin"'


def test_with_the_password_every_route_answers(client: TestClient) -> None:
    assert client.get("/v1/projects", auth=LOGIN).status_code == 200
    assert client.post("/v1/embed", auth=LOGIN, files=files(a_png())).status_code == 200


@pytest.mark.parametrize("login", [("ada", "wrong"), ("bob", LOGIN[1]), ("", ""), (LOGIN[1], "ada")])
def test_a_wrong_login_is_refused(login: tuple[str, str], client: TestClient) -> None:
    assert problem_of(client.get("/v1/projects", auth=login), 401) == "unauthorized"


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic YWRh", "Bearer abc", "Basic " + "=" * 5, "Basic 4pyT/w=="]
)
def test_a_header_that_makes_no_sense_is_refused(header: str, client: TestClient) -> None:
    answer = client.get("/v1/projects", headers={"Authorization": header})

    assert problem_of(answer, 401) == "unauthorized"


def test_a_stranger_is_refused_before_the_request_is_read(client: TestClient) -> None:
    answer = client.post("/v1/projects", content=b"{", headers={"Content-Type": "application/json"})

    assert problem_of(answer, 401) == "unauthorized"


def test_the_header_that_label_studios_webhook_gets_opens_the_door(client: TestClient) -> None:
    header = "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()

    assert client.get("/v1/projects", headers={"Authorization": header}).status_code == 200


def test_without_a_login_in_the_settings_nobody_is_asked() -> None:
    with serve(World()) as client:
        assert client.get("/v1/projects").status_code == 200
