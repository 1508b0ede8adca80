"""Turns settings into the values that other parts receive."""

import base64

from pydantic import SecretStr

from ml.image import ImageLimits
from service.domain.project import RetrainingRule
from service.domain.project_defaults import ProjectDefaults
from service.settings import Settings


def project_defaults(settings: Settings) -> ProjectDefaults:
    """What new projects are made of where nobody says otherwise."""
    return ProjectDefaults(
        encoder=settings.encoder,
        strategy=settings.strategy,
        coverage=settings.coverage,
        abstain_below=settings.abstain_below,
        retraining=RetrainingRule(
            after_annotations=settings.retrain_after_annotations, after_seconds=settings.retrain_after_seconds
        ),
        single_label_head=settings.head,
    )


def image_limits(settings: Settings) -> ImageLimits:
    """What one image may cost."""
    return ImageLimits(max_bytes=settings.max_image_bytes, max_pixels=settings.max_image_pixels)


def backend_login(settings: Settings) -> tuple[str, str] | None:
    """The user name and password that our own routes ask for."""
    password = secret(settings.basic_auth_pass)
    return None if settings.basic_auth_user is None or password is None else (settings.basic_auth_user, password)


def basic_auth_header(settings: Settings) -> str | None:
    """What Label Studio's webhook must send when our side asks for a user name and password."""
    login = backend_login(settings)
    return None if login is None else "Basic " + base64.b64encode(":".join(login).encode()).decode()


def secret(value: SecretStr | None) -> str | None:
    """A secret setting in the clear, None when it is empty."""
    return value.get_secret_value() if value is not None and value.get_secret_value() else None
