"""`margin up`: runs everything on this machine, in one foreground command."""

from service.cli.options import DEFAULT_HOST, DEFAULT_PORT, DataOption, HostOption, PortOption


def up(host: HostOption = DEFAULT_HOST, port: PortOption = DEFAULT_PORT, data: DataOption = None) -> None:
    """Run everything on this machine: web service, workers, scheduler and, unless MARGIN_REDIS_URL is set, Redis."""
    from service.cli.up.run import run_everything

    run_everything(host=host, port=port, data=data)
