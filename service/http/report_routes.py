"""Routes for the newest record of a project, for example an audit: one route per form in which a report can be read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from service.http.dependencies import ProjectDependency
from service.reports.forms.form import Form
from service.reports.forms.json_form import JSON
from service.reports.forms.registry import FORMS
from service.reports.report import Report
from service.usecases.stored_records import StoredRecords, Subject

Record = TypeVar("Record")


@dataclass(frozen=True, kw_only=True)
class Latest(Generic[Record]):
    """The newest record of a subject.

    Attributes:
        view: describes the record as JSON.
        stored: a dependency that returns where the records are kept.
        report: turns a record into a report, with the pictures that were stored beside it.
    """

    subject: Subject[Record]
    view: type[BaseModel]
    stored: Callable[..., StoredRecords[Record]]
    report: Callable[[Record, Mapping[str, str]], Report]

    def content(self, stored: StoredRecords[Record], project_id: str, form: Form) -> bytes:
        """Return the newest record in a form.

        Raises: NotFound.
        """
        if form is JSON:
            return stored.latest_json(project_id)
        before = stored.rendered_before(project_id, form.name)
        if before is not None:
            return before
        return form.render(self.report(stored.latest(project_id), stored.pictures(project_id)))


@dataclass(frozen=True, kw_only=True)
class Words:
    """The name and description of a route in the API. noun: the name of the form, for example "page"."""

    noun: str
    description: str


def add_latest(router: APIRouter, latest: Latest[Record], words: Mapping[str, Words]) -> None:
    """Add GET /latest for JSON, and /latest.csv and so on for the other forms.

    Args: words: by the name of the form.
    """
    name = latest.subject.name
    for form in FORMS:
        as_any = Words(noun=form.name, description=f"The newest {name} as {form.name}.")
        _add(router, latest, form, words.get(form.name, as_any))


def _add(router: APIRouter, latest: Latest[Record], form: Form, words: Words) -> None:
    def answer(project: ProjectDependency, stored: Annotated[StoredRecords[Any], Depends(latest.stored)]) -> Response:
        return Response(latest.content(stored, project.id, form), media_type=form.media_type)

    name = f"get_latest_{latest.subject.name}_{words.noun}".rstrip("_")
    if form is JSON:
        router.add_api_route("/latest", answer, name=name, description=words.description, response_model=latest.view)
        return
    router.add_api_route(
        f"/latest.{form.name}",
        answer,
        name=name,
        description=words.description,
        response_class=Response,
        responses={200: {"content": {form.media_type: {}}}},
    )
