"""`margin api`: the web service alone."""

import uvicorn

from service.bootstrap.database import migrate_database
from service.cli.failing import errors_as_sentences, read_settings
from service.cli.options import DEFAULT_HOST, DEFAULT_PORT, HostOption, PortOption
from service.process_log import configure_log

# Requests under way may end; Label Studio's are short, a large batch may be cut.
GRACEFUL_SECONDS = 3


def api(host: HostOption = DEFAULT_HOST, port: PortOption = DEFAULT_PORT) -> None:
    """Run the web service alone; workers, scheduler and Redis run elsewhere."""
    settings = read_settings()
    configure_log("api", level=settings.log_level)
    with errors_as_sentences():
        migrate_database(settings)
    uvicorn.run(
        "service.http.app:create_app",
        factory=True,
        host=host,
        port=port,
        log_config=None,
        access_log=settings.log_level.upper() == "DEBUG",
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
