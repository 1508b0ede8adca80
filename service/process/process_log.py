"""Sets up the log of a process: one line per event on stderr, each beginning with the process's name."""

import logging
import sys


def configure_log(process: str, *, level: str) -> None:
    """Log to stderr; third-party libraries log only warnings, unless the level is DEBUG."""
    logging.basicConfig(
        stream=sys.stderr,
        level=level.upper(),
        format=f"%(asctime)s {process:<12} %(levelname)-7s %(message)s",
        datefmt="%H:%M:%S",
        force=True,
    )
    if level.upper() != "DEBUG":
        for chatty in ("alembic", "httpx", "rq.worker", "rq.job", "rq.queue"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
