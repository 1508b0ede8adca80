"""Renders a report as one HTML page that opens from disk: it loads nothing from outside, and every name is escaped."""

from importlib.resources import files

from service.reports.data_address import data_address
from service.reports.forms.form import Form
from service.reports.report import Plot, Report

# Limits the size of the page: the JSON has all of it, and a larger matrix is not readable.
MOST_LEFT_OUT_ON_PAGE, MOST_PICTURES_ON_PAGE, MOST_CLASSES_ON_PAGE = 200, 200, 40


def render_html(report: Report) -> bytes:
    """Render the page; the plots are drawn now, which takes seconds."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  only pages need it, and commands list all forms

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files(__package__).joinpath("page.html.j2").read_text(encoding="utf-8"))
    page = template.render(
        report=report,
        kind_of=lambda block: type(block).__name__,
        drawn=_drawn,
        limits={"left_out": MOST_LEFT_OUT_ON_PAGE, "pictures": MOST_PICTURES_ON_PAGE, "classes": MOST_CLASSES_ON_PAGE},
    )
    return page.encode()


def _drawn(plot: Plot) -> str:
    return data_address(plot.draw(), "image/png")


HTML = Form(
    name="html",
    media_type="text/html",
    purpose="File for a page that needs no other file.",
    render=render_html,
)
