"""Registers the forms in which every report can be read; a new form is one file and one line here.

There is a route and a command option per form, and a simulation writes each form to its folder.
"""

from service.reports.forms.csv_form import CSV
from service.reports.forms.form import Form
from service.reports.forms.html_form import HTML
from service.reports.forms.json_form import JSON

FORMS: tuple[Form, ...] = (
    JSON,
    CSV,
    HTML,
)
