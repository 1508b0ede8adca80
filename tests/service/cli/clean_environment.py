"""The environment without Margin's settings, for commands in a separate process."""

import os

from service.settings import Settings


def clean_environment() -> dict[str, str]:
    ours = {variable for name in Settings.model_fields for variable in (f"MARGIN_{name.upper()}", name.upper())}
    return {name: value for name, value in os.environ.items() if name not in ours}
