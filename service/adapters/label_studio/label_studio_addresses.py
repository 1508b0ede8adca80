"""Decides which image addresses are Label Studio's own, and the URL at which it serves them."""

from base64 import urlsafe_b64encode
from urllib.parse import SplitResult, unquote, urlsplit

from service.adapters.label_studio.label_studio_tokens import LabelStudioAccess
from service.domain.errors import ImageUnavailable
from service.domain.images.image import Source

# Cloud addresses as Label Studio writes them; only Label Studio has the credentials, and it passes the bytes on.
_CLOUD_SCHEMES = frozenset({"s3", "gs", "azure-blob"})
# Where Label Studio serves uploads, local files and cloud storage; its token is sent for nothing else.
_IMAGE_PATHS = ("/data/", "/storage-data/", "/tasks/", "/projects/")


def label_studio_url(source: Source, access: LabelStudioAccess | None) -> tuple[str, bool]:
    """Return the URL to fetch a source from, and whether it is Label Studio's own and so gets its token.

    Raises: ImageUnavailable: only Label Studio could serve the source, and none is known.
    """
    try:
        parts = urlsplit(source.address)
    except ValueError as error:
        raise ImageUnavailable(f"{source.address[:80]}: not a valid address: {error}") from error
    if parts.scheme.lower() in _CLOUD_SCHEMES:
        return _proxied(source, _known(source, access)), True
    if not parts.scheme and source.address.startswith("/") and not parts.netloc:
        return _on_label_studio(parts, _known(source, access))
    if access is not None and any(_is_under(parts, base) for base in (access.base_url, *access.hostnames)):
        return _on_label_studio(parts, access)
    return source.address, False


def _known(source: Source, access: LabelStudioAccess | None) -> LabelStudioAccess:
    if access is None:
        raise ImageUnavailable(
            f"{source.address[:80]}: only Label Studio can serve it; set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY"
        )
    return access


def _proxied(source: Source, access: LabelStudioAccess) -> str:
    if source.task_id is None:
        raise ImageUnavailable(
            f"{source.address[:80]}: cloud storage is read through Label Studio, but none of its tasks has this image"
        )
    encoded = urlsafe_b64encode(source.address.encode()).decode()
    return f"{access.base_url.rstrip('/')}/tasks/{source.task_id}/resolve/?fileuri={encoded}"


def _on_label_studio(parts: SplitResult, access: LabelStudioAccess) -> tuple[str, bool]:
    """Move an address to the base URL by which Margin reaches Label Studio, with the path prefix once."""
    prefixes = [urlsplit(base).path.rstrip("/") for base in (access.base_url, *access.hostnames)]
    path = parts.path
    for prefix in sorted(prefixes, key=len, reverse=True):
        if prefix and path.startswith(f"{prefix}/"):
            path = path[len(prefix) :]
            break
    is_image_path = path.startswith(_IMAGE_PATHS) and ".." not in unquote(path).split("/")
    query = f"?{parts.query}" if parts.query else ""
    return f"{access.base_url.rstrip('/')}{path}{query}", is_image_path


def _is_under(parts: SplitResult, base: str) -> bool:
    """Compare host and path only: behind a proxy, Label Studio often takes https for http."""
    wanted = urlsplit(base)
    return parts.netloc.lower() == wanted.netloc.lower() and parts.path.startswith(wanted.path.rstrip("/") + "/")
