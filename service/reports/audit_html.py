"""An audit as one HTML page that opens from disk: nothing in it points outside, every name is escaped."""

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from ml.audit_verdict import points, share, strategy_verdict
from ml.verdict import percent
from service.reports.audit_plots import draw_audit
from service.reports.audit_report import AuditReport
from service.reports.thumbnails import data_address

# A page stays a page: more are in the JSON.
MOST_LEFT_OUT = 200


def audit_to_html(report: AuditReport) -> str:
    """The page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files(__package__).joinpath("audit.html.j2").read_text(encoding="utf-8"))
    return template.render(
        report=report,
        audit=report.audit,
        plot=data_address(draw_audit(report.audit), "image/png"),
        percent=percent,
        points=points,
        share=share,
        strategy_verdict=strategy_verdict,
        most_left_out=MOST_LEFT_OUT,
    )
