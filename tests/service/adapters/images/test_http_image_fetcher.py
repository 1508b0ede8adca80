"""Fetches images over real sockets: answers, refusals and time limits."""

import base64
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ml.images.image import ImageLimits
from service.adapters.images.address_policy import AddressPolicy
from service.adapters.images.http_image_fetcher import HttpImageFetcher
from service.adapters.label_studio.label_studio_tokens import LabelStudioAccess, label_studio_auth
from service.domain.errors import ImageUnavailable
from service.domain.images.image import Source, SourceKind

IMAGE = b"\xff\xd8\xff\xe0 not really a picture"
MAX_BYTES = 1000
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A web server on loopback that gives each path a prepared answer, and records its requests."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append((self.path, self.headers.get("Authorization")))
                site.answers.get(self.path, status(404))(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def log_message(self, *args: object) -> None:
                pass

        return Handler


def serve() -> Iterator[Site]:
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), site.handler())
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


site = pytest.fixture(serve, name="site")
other_site = pytest.fixture(serve, name="other_site")


def content(body: bytes, content_type: str = "image/jpeg") -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", content_type)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def status(code: int, location: str | None = None) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        if location is not None:
            request.send_header("Location", location)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def source(address: str, *, kind: SourceKind = SourceKind.ADDRESS, task_id: int | None = None) -> Source:
    return Source(id=1, project_id="p", kind=kind, address=address, task_id=task_id)


def fetch(
    address: str,
    *,
    access: LabelStudioAccess | None = None,
    allowed: tuple[str, ...] = ("127.0.0.1/32",),
    task_id: int | None = None,
    timeout_seconds: float = 5.0,
) -> bytes:
    made = HttpImageFetcher(
        label_studio=lambda _project_id: access,
        policy=AddressPolicy(allowed),
        limits=ImageLimits(max_bytes=MAX_BYTES),
    )
    try:
        return made.fetch(source(address, task_id=task_id), timeout_seconds=timeout_seconds)
    finally:
        made.close()


def access_to(site: Site, *, prefix: str = "", hostnames: tuple[str, ...] = ()) -> LabelStudioAccess:
    base_url = f"{site.url}{prefix}"
    return LabelStudioAccess(base_url=base_url, auth=label_studio_auth(base_url, "secret"), hostnames=hostnames)


def test_an_image_comes_back_as_it_is(site: Site) -> None:
    site.answers["/a.jpg"] = content(IMAGE)

    assert fetch(f"{site.url}/a.jpg") == IMAGE


def test_a_redirect_is_followed(site: Site) -> None:
    site.answers["/old"] = status(302, "/a.jpg")
    site.answers["/a.jpg"] = content(IMAGE)

    assert fetch(f"{site.url}/old") == IMAGE


def test_a_sixth_redirect_is_refused(site: Site) -> None:
    site.answers["/round"] = status(302, "/round")

    with pytest.raises(ImageUnavailable, match="more than 5 redirects"):
        fetch(f"{site.url}/round")

    assert len(site.asked) == 6


def test_a_private_address_is_refused_before_anything_is_sent(site: Site) -> None:
    with pytest.raises(ImageUnavailable, match="MARGIN_ALLOWED_NETWORKS"):
        fetch(f"{site.url}/a.jpg", allowed=())

    assert site.asked == []


def test_a_redirect_into_a_private_network_is_refused(site: Site) -> None:
    site.answers["/out"] = status(302, f"http://127.0.0.2:{site.port}/secret")
    site.answers["/secret"] = content(IMAGE)

    with pytest.raises(ImageUnavailable, match=r"127\.0\.0\.2"):
        fetch(f"{site.url}/out")

    assert [path for path, _ in site.asked] == ["/out"]


def test_an_ipv4_address_dressed_as_ipv6_is_refused(site: Site) -> None:
    with pytest.raises(ImageUnavailable, match="not a public address"):
        fetch(f"http://[::ffff:127.0.0.1]:{site.port}/a.jpg", allowed=())


def test_a_redirect_to_a_file_is_refused(site: Site) -> None:
    site.answers["/out"] = status(302, "file:///etc/passwd")

    with pytest.raises(ImageUnavailable, match="only http and https"):
        fetch(f"{site.url}/out")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.com/a.jpg", "//example.com/a", "a.jpg", ""])
def test_other_schemes_are_refused(address: str) -> None:
    with pytest.raises(ImageUnavailable, match="only http and https"):
        fetch(address)


@pytest.mark.parametrize("address", ["http://[::1/a", "http://exa mple\x00/", "http://" + "a" * 70 + ".example/"])
def test_a_broken_address_is_an_unavailable_image(address: str) -> None:
    with pytest.raises(ImageUnavailable):
        fetch(address)


def test_a_server_that_hangs_is_given_up(site: Site) -> None:
    site.answers["/hang"] = lambda _request: _wait(site)

    with pytest.raises(ImageUnavailable, match=r"no complete answer within 0\.2 s"):
        fetch(f"{site.url}/hang", timeout_seconds=0.2)


def test_a_server_that_drips_its_content_is_given_up_at_the_deadline(site: Site) -> None:
    site.answers["/drip"] = lambda request: _drip(site, request, b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
    started = time.monotonic()

    with pytest.raises(ImageUnavailable, match="no complete answer"):
        fetch(f"{site.url}/drip", timeout_seconds=0.3)

    assert time.monotonic() - started < 10


def test_a_server_that_drips_its_headers_is_given_up_at_the_deadline(site: Site) -> None:
    site.answers["/drip"] = lambda request: _drip(site, request, b"HTTP/1.1 200 OK\r\nX-Long: ")
    started = time.monotonic()

    with pytest.raises(ImageUnavailable, match="no complete answer"):
        fetch(f"{site.url}/drip", timeout_seconds=0.3)

    assert time.monotonic() - started < 10


def test_an_address_where_nobody_listens_is_an_unavailable_image() -> None:
    with pytest.raises(ImageUnavailable, match=r"127\.0\.0\.1"):
        fetch("http://127.0.0.1:1/a.jpg")


@pytest.mark.parametrize("code", [400, 401, 403, 404, 429, 500, 503])
def test_a_refusal_says_its_status(site: Site, code: int) -> None:
    site.answers["/a.jpg"] = status(code)

    with pytest.raises(ImageUnavailable, match=f"answered {code}"):
        fetch(f"{site.url}/a.jpg")


def test_an_error_never_shows_a_login_or_a_signature(site: Site) -> None:
    site.answers["/a.jpg?signature=abc"] = status(404)

    with pytest.raises(ImageUnavailable) as refusal:
        fetch(f"http://user:word@127.0.0.1:{site.port}/a.jpg?signature=abc")

    assert "word" not in str(refusal.value)
    assert "abc" not in str(refusal.value)


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "image/jpeg"])
def test_a_page_of_html_is_no_image(site: Site, content_type: str) -> None:
    site.answers["/a.jpg"] = content(b"\n<!DOCTYPE html><html>Log in</html>", content_type)

    with pytest.raises(ImageUnavailable, match="an HTML page came"):
        fetch(f"{site.url}/a.jpg")


def test_an_image_announced_too_large_is_refused(site: Site) -> None:
    site.answers["/a.jpg"] = content(b"x" * (MAX_BYTES + 1))

    with pytest.raises(ImageUnavailable, match="MARGIN_MAX_IMAGE_BYTES"):
        fetch(f"{site.url}/a.jpg")


def test_an_endless_image_is_cut_off(site: Site) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        request.close_connection = True
        for _ in range(100):
            request.wfile.write(b"x" * MAX_BYTES)

    site.answers["/a.jpg"] = endless

    with pytest.raises(ImageUnavailable, match="larger than 1000 bytes"):
        fetch(f"{site.url}/a.jpg")


def test_an_upload_of_label_studio_is_fetched_with_its_token(site: Site) -> None:
    site.answers["/data/upload/1/a.jpg"] = content(IMAGE)

    assert fetch("/data/upload/1/a.jpg", access=access_to(site), allowed=()) == IMAGE
    assert site.asked == [("/data/upload/1/a.jpg", "Token secret")]


@pytest.mark.parametrize("address", ["/data/upload/1/a.jpg", "/label/data/upload/1/a.jpg"])
def test_a_path_prefix_of_label_studio_is_kept_once(site: Site, address: str) -> None:
    site.answers["/label/data/upload/1/a.jpg"] = content(IMAGE)

    assert fetch(address, access=access_to(site, prefix="/label/")) == IMAGE


def test_a_local_file_is_fetched_where_margin_reaches_label_studio(site: Site) -> None:
    site.answers["/data/local-files/?d=a/b.jpg"] = content(IMAGE)
    access = access_to(site, hostnames=("http://label-studio.invalid:8080",))

    assert fetch("http://label-studio.invalid:8080/data/local-files/?d=a/b.jpg", access=access) == IMAGE
    assert site.asked == [("/data/local-files/?d=a/b.jpg", "Token secret")]


def test_cloud_storage_is_read_through_label_studio_and_its_token_stays_there(site: Site, other_site: Site) -> None:
    encoded = base64.urlsafe_b64encode(b"s3://bucket/a.jpg").decode()
    site.answers[f"/tasks/7/resolve/?fileuri={encoded}"] = status(303, f"{other_site.url}/signed")
    other_site.answers["/signed"] = content(IMAGE)

    assert fetch("s3://bucket/a.jpg", access=access_to(site), task_id=7) == IMAGE
    assert [authorization for _, authorization in site.asked] == ["Token secret"]
    assert other_site.asked == [("/signed", None)]


def test_the_token_does_not_come_back_after_a_detour(site: Site, other_site: Site) -> None:
    site.answers["/data/upload/1/a.jpg"] = status(302, f"{other_site.url}/detour")
    other_site.answers["/detour"] = status(302, f"{site.url}/data/upload/2/b.jpg")
    site.answers["/data/upload/2/b.jpg"] = content(IMAGE)

    fetch("/data/upload/1/a.jpg", access=access_to(site))

    assert site.asked == [("/data/upload/1/a.jpg", "Token secret"), ("/data/upload/2/b.jpg", None)]


@pytest.mark.parametrize("path", ["/api/projects/1/", "/data/../api/projects/1/", "/data/%2e%2e/api/projects/1/"])
def test_the_token_is_for_images_only(site: Site, path: str) -> None:
    with pytest.raises(ImageUnavailable):
        fetch(path, access=access_to(site))

    assert all(authorization is None for _, authorization in site.asked)


def test_the_token_is_not_sent_to_other_hosts(site: Site, other_site: Site) -> None:
    other_site.answers["/data/upload/1/a.jpg"] = content(IMAGE)

    fetch(f"{other_site.url}/data/upload/1/a.jpg", access=access_to(site))

    assert other_site.asked == [("/data/upload/1/a.jpg", None)]


def test_a_refused_token_says_which_setting_helps(site: Site) -> None:
    site.answers["/data/upload/1/a.jpg"] = status(401)

    with pytest.raises(ImageUnavailable, match="LABEL_STUDIO_API_KEY"):
        fetch("/data/upload/1/a.jpg", access=access_to(site))


def test_a_personal_token_is_swapped_before_the_image_is_fetched(site: Site) -> None:
    site.answers["/api/token/refresh"] = content(b'{"access": "short"}', "application/json")
    site.answers["/data/upload/1/a.jpg"] = content(IMAGE)
    access = LabelStudioAccess(base_url=site.url, auth=label_studio_auth(site.url, "a.b.c"))

    assert fetch("/data/upload/1/a.jpg", access=access, allowed=()) == IMAGE
    assert site.asked[-1] == ("/data/upload/1/a.jpg", "Bearer short")


def test_a_refused_personal_token_is_an_unavailable_image(site: Site) -> None:
    site.answers["/api/token/refresh"] = status(401)
    access = LabelStudioAccess(base_url=site.url, auth=label_studio_auth(site.url, "a.b.c"))

    with pytest.raises(ImageUnavailable, match="personal access token") as refusal:
        fetch("/data/upload/1/a.jpg", access=access)

    assert "a.b.c" not in str(refusal.value)


@pytest.mark.parametrize("address", ["/data/upload/1/a.jpg", "gs://bucket/a.jpg"])
def test_without_label_studio_its_addresses_say_what_is_missing(address: str) -> None:
    with pytest.raises(ImageUnavailable, match="set LABEL_STUDIO_URL"):
        fetch(address, task_id=3)


def test_cloud_storage_without_a_task_cannot_be_read(site: Site) -> None:
    with pytest.raises(ImageUnavailable, match="none of its tasks"):
        fetch("gs://bucket/a.jpg", access=access_to(site))


@pytest.mark.parametrize(
    "address", ["data:image/png;base64," + base64.b64encode(IMAGE).decode(), "data:,%FF%D8%FF%E0 not really a picture"]
)
def test_a_data_address_holds_the_image_itself(address: str) -> None:
    assert fetch(address) == IMAGE


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("data:image/png;base64,&&&", "damaged"),
        ("data:image/png", "comma"),
        ("data:image/png;base64," + "A" * 4 * MAX_BYTES, "larger than"),
        ("data:," + "A" * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_a_bad_data_address_is_refused(address: str, why: str) -> None:
    with pytest.raises(ImageUnavailable, match=why):
        fetch(address)


def test_one_fetcher_serves_several_threads_with_a_deadline_each(site: Site) -> None:
    site.answers["/a.jpg"] = content(IMAGE)
    site.answers["/hang"] = lambda _request: _wait(site)
    made = HttpImageFetcher(
        label_studio=lambda _project_id: None, policy=AddressPolicy(["127.0.0.1/32"]), limits=ImageLimits()
    )
    failures: list[ImageUnavailable] = []

    def hang() -> None:
        try:
            made.fetch(source(f"{site.url}/hang"), timeout_seconds=0.3)
        except ImageUnavailable as failure:
            failures.append(failure)

    slow = threading.Thread(target=hang)
    slow.start()
    images = [made.fetch(source(f"{site.url}/a.jpg"), timeout_seconds=5) for _ in range(5)]
    slow.join()
    made.close()

    assert images == [IMAGE] * 5
    assert len(failures) == 1


def test_an_upload_is_not_fetched_here() -> None:
    made = HttpImageFetcher(label_studio=lambda _project_id: None, policy=AddressPolicy(), limits=ImageLimits())

    with pytest.raises(ValueError, match="artifact store"):
        made.fetch(source("uploads/1", kind=SourceKind.UPLOAD), timeout_seconds=1)

    made.close()


def _wait(site: Site) -> None:
    site.released.wait(10)


def _drip(site: Site, request: BaseHTTPRequestHandler, beginning: bytes) -> None:
    request.close_connection = True
    try:
        request.wfile.write(beginning)
        while not site.released.wait(0.02):
            request.wfile.write(b"x")
    except (BrokenPipeError, ConnectionResetError):
        return
