"""A simulation as one HTML page that opens from disk: nothing in it points outside, every name is escaped."""

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from service.reports.simulation_plots import MOST_SETTINGS, draw_differences
from service.reports.simulation_report import SimulationReport
from service.reports.simulation_verdict import accuracy, chance, gain, name_of_setting, saved
from service.reports.thumbnails import data_address

# A page stays a page: more are in the JSON.
MOST_LEFT_OUT = 200


def simulation_to_html(report: SimulationReport, curves: bytes) -> str:
    """Args: curves: the drawn curves, as PNG."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files(__package__).joinpath("simulation.html.j2").read_text(encoding="utf-8"))
    plots = [curves]
    if any(len(setting.arms) > 1 for setting in report.settings):
        plots.append(draw_differences(report.settings))
    return template.render(
        report=report,
        plan=report.plan,
        plots=[data_address(plot, "image/png") for plot in plots],
        accuracy=accuracy,
        chance=chance,
        gain=gain,
        name_of_setting=name_of_setting,
        saved=saved,
        most_left_out=MOST_LEFT_OUT,
        most_settings=MOST_SETTINGS,
    )
