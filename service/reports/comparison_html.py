"""A comparison as one HTML page that opens from disk: nothing in it points outside, every name is escaped."""

from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from ml.verdict import name_of, noise_of, percent, points
from service.reports.comparison_plots import draw_accuracies, draw_costs, measured_rows
from service.reports.comparison_report import ComparisonReport
from service.reports.refusals import refusals
from service.reports.thumbnails import data_address

# A page stays a page: more mistakes are in the JSON, more classes than this in no readable matrix.
MOST_MISTAKES, MOST_PICTURES, MOST_LEFT_OUT, MOST_CLASSES = 200, 48, 200, 40


def to_html(report: ComparisonReport, pictures: Mapping[str, str]) -> str:
    """Args: pictures: data addresses of mistaken images, by name, where there are any."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files(__package__).joinpath("comparison.html.j2").read_text(encoding="utf-8"))
    comparison = report.comparison
    measured = measured_rows(comparison)
    plots = [draw_accuracies(comparison), draw_costs(comparison)] if measured else []
    return template.render(
        report=report,
        comparison=comparison,
        measured=measured,
        refused=refusals(comparison),
        several_encoders=len(comparison.encoders) > 1,
        plots=[data_address(plot, "image/png") for plot in plots],
        pictures=pictures,
        has_parents=any(measures.quality.parent_accuracy is not None for _, measures in measured),
        figure=_figure,
        name_of=name_of,
        noise_of=noise_of,
        percent=percent,
        points=points,
        limits={
            "mistakes": MOST_MISTAKES,
            "left_out": MOST_LEFT_OUT,
            "classes": MOST_CLASSES,
        },
    )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
