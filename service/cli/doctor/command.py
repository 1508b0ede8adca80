"""`margin doctor`: checks one part after another, and says how to repair each that is wrong."""

from service.cli.options import DEFAULT_URL, DataOption, PrintJsonOption, UrlOption


def doctor(data: DataOption = None, url: UrlOption = DEFAULT_URL, as_json: PrintJsonOption = False) -> None:
    """Check that everything Margin needs is there; exit status 1 if something is missing or wrong."""
    from service.cli.doctor.run import examine_everything

    examine_everything(url, data=data, as_json=as_json)
