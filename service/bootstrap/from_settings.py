"""Turns settings into the values that other parts need."""

import base64

from pydantic import SecretStr

from ml.images.image import ImageLimits
from service.settings import Settings


def image_limits(settings: Settings) -> ImageLimits:
    """Return the limits on the size of one image."""
    return ImageLimits(max_bytes=settings.max_image_bytes, max_pixels=settings.max_image_pixels)


def backend_login(settings: Settings) -> tuple[str, str] | None:
    """Return the user name and password that our own routes require, if any."""
    password = secret(settings.basic_auth_pass)
    return None if settings.basic_auth_user is None or password is None else (settings.basic_auth_user, password)


def basic_auth_header(settings: Settings) -> str | None:
    """Return the header that Label Studio's webhook must send if our routes require a user name and password."""
    login = backend_login(settings)
    return None if login is None else "Basic " + base64.b64encode(":".join(login).encode()).decode()


def secret(value: SecretStr | None) -> str | None:
    """Return a secret setting as plain text, or None if it is empty."""
    return value.get_secret_value() if value is not None and value.get_secret_value() else None
