"""The forms in which every report can be read: routes, commands and files offer each of them."""

from service.reports.forms.csv_form import CSV
from service.reports.forms.form import Form
from service.reports.forms.html_form import HTML
from service.reports.forms.json_form import JSON

FORMS: tuple[Form, ...] = (
    JSON,
    CSV,
    HTML,
)
