"""Fetches an image's bytes from any form of address, with limits on bytes and time, and not from private networks."""

import base64
import binascii
import time
from collections.abc import Callable
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import unquote_to_bytes

import httpx

from ml.images.image import ImageLimits
from service.adapters.images.address_policy import AddressPolicy, ForbiddenAddress
from service.adapters.images.guarded_transport import GuardedTransport
from service.adapters.label_studio.label_studio_addresses import label_studio_url
from service.adapters.label_studio.label_studio_tokens import LabelStudioAccess
from service.domain.errors import ImageUnavailable, LabelStudioError
from service.domain.images.image import Source, SourceKind

_MAX_REDIRECTS = 5
_MAX_SHOWN = 160
_NO_ENTRY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class HttpImageFetcher:
    """Implements the ImageFetcher port over HTTP; one instance serves many threads.

    Args: label_studio: returns the Label Studio of the project with this id, or None. Its token is sent to its own
        addresses only, never after a redirect to another origin.
    """

    def __init__(
        self,
        *,
        label_studio: Callable[[str], LabelStudioAccess | None],
        policy: AddressPolicy,
        limits: ImageLimits,
    ) -> None:
        self._label_studio = label_studio
        self._max_bytes = limits.max_bytes
        self._transport = GuardedTransport(policy)
        self._client = httpx.Client(
            transport=self._transport,
            # A proxy from the environment would connect for us and so bypass the address policy.
            trust_env=False,
            follow_redirects=False,
            # One project must not use the cookies of another.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": "margin", "Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch(self, source: Source, *, timeout_seconds: float) -> bytes:
        """Fetch the bytes of an image.

        Raises: ImageUnavailable: the message says what to do about it.
        """
        if source.kind is SourceKind.UPLOAD:
            raise ValueError(f"source {source.id} is an upload: read it from the artifact store")
        if source.address.startswith("data:"):
            return self._decode_data_uri(source.address)
        access = self._label_studio(source.project_id)
        url, belongs_to_label_studio = label_studio_url(source, access)
        deadline = time.monotonic() + timeout_seconds
        try:
            return self._follow(url, access if belongs_to_label_studio else None, deadline)
        except httpx.TimeoutException as error:
            raise _unavailable(url, f"no complete answer within {timeout_seconds:g} s") from error
        except httpx.HTTPError as error:
            raise _unavailable(url, str(error) or type(error).__name__) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise _unavailable(url, f"not a valid address: {error}") from error
        except (ForbiddenAddress, LabelStudioError) as error:
            raise _unavailable(url, str(error)) from error

    def _decode_data_uri(self, address: str) -> bytes:
        header, comma, payload = address.partition(",")
        # Base64 takes four characters for three bytes, a percent-encoded byte takes three.
        if len(payload) > 3 * self._max_bytes:
            raise self._too_large(header)
        if not comma:
            raise _unavailable(header, "a data address without a comma")
        try:
            content = (
                base64.b64decode(payload, validate=True) if header.endswith(";base64") else unquote_to_bytes(payload)
            )
        except (binascii.Error, ValueError) as error:
            raise _unavailable(header, f"its base64 is damaged: {error}") from error
        if len(content) > self._max_bytes:
            raise self._too_large(header)
        return content

    def _follow(self, url: str, access: LabelStudioAccess | None, deadline: float) -> bytes:
        here = httpx.URL(url)
        for _ in range(_MAX_REDIRECTS + 1):
            if here.scheme not in ("http", "https") or not here.host:
                raise _unavailable(str(here), "only http and https addresses are fetched")
            content = self._get(here, access, deadline)
            if isinstance(content, bytes):
                return content
            # After the first redirect away from Label Studio its token is never sent again, whatever follows.
            if access is not None and _origin(content) != _origin(here):
                access = None
            here = content
        raise _unavailable(url, f"more than {_MAX_REDIRECTS} redirects")

    def _get(self, url: httpx.URL, access: LabelStudioAccess | None, deadline: float) -> bytes | httpx.URL:
        """Request one address and return the content, or the address that it redirects to."""
        trusted = None if access is None else _origin(url)[1:]
        request = self._client.build_request("GET", url, timeout=max(deadline - time.monotonic(), 0.001))
        with self._transport.guard(deadline=deadline, label_studio_host=trusted):
            response = self._client.send(request, stream=True, auth=None if access is None else access.auth)
            try:
                if response.has_redirect_location:
                    return url.join(response.headers["Location"])
                _check_status(response, access)
                return self._read(response)
            finally:
                response.close()

    def _read(self, response: httpx.Response) -> bytes:
        url = str(response.url)
        if int(_digits(response.headers.get("Content-Length"))) > self._max_bytes:
            raise self._too_large(url)
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > self._max_bytes:
                raise self._too_large(url)
        if _is_html(response, content):
            raise _unavailable(
                url,
                "an HTML page came instead of an image, often a login page: is this the address of an image, and is"
                " LABEL_STUDIO_API_KEY accepted?",
            )
        return bytes(content)

    def _too_large(self, address: str) -> ImageUnavailable:
        return _unavailable(address, f"larger than {self._max_bytes} bytes (MARGIN_MAX_IMAGE_BYTES)")


def _check_status(response: httpx.Response, access: LabelStudioAccess | None) -> None:
    if response.is_success:
        return
    status = response.status_code
    raise _unavailable(str(response.url), f"answered {status}{_advice(status, access)}")


def _advice(status: int, access: LabelStudioAccess | None) -> str:
    if status in _NO_ENTRY and access is not None:
        return (
            "; set LABEL_STUDIO_API_KEY to a token that may read this project (a personal access token, unless the"
            " organization allows legacy tokens)"
        )
    if status in _NO_ENTRY:
        return "; Margin has no login there: make the image readable, or serve it through Label Studio's cloud storage"
    if status == HTTPStatus.NOT_FOUND and access is not None:
        return "; was the file or its storage connection removed from Label Studio?"
    return ""


def _is_html(response: httpx.Response, content: bytearray) -> bool:
    if response.headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml")):
        return True
    return content[:256].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _digits(header: str | None) -> str:
    return header if header is not None and header.isascii() and header.isdigit() else "0"


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host.lower(), url.port or (443 if url.scheme == "https" else 80)


def _unavailable(address: str, why: str) -> ImageUnavailable:
    """Make the error, and leave the address's query and login out of it: they hold signatures and passwords."""
    shown = address.partition("?")[0]
    scheme, slashes, rest = shown.partition("://")
    host, slash, path = rest.partition("/")
    shown = f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}" if slashes else shown
    return ImageUnavailable(f"{shown[:_MAX_SHOWN]}: {why}")
