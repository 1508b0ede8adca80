"""Creates, lists, changes and deletes projects."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field

from service.api.project import ProjectView
from service.domain.projects.project import LEAST_COVERAGE, MOST_COVERAGE, RetrainingRule
from service.domain.projects.wanted_project import WantedProject
from service.http.dependencies import (
    WITHOUT_NUL,
    ImageUseCasesDependency,
    Limit,
    ProjectDependency,
    ProjectUseCasesDependency,
)

router = APIRouter(prefix="/v1/projects", tags=["projects"])

# Ten years: longer periods overflow dates.
LONGEST_SECONDS = 10 * 365 * 24 * 3600
MOST_ANNOTATIONS = 2**31 - 1

LabelName = Annotated[str, Field(min_length=1, max_length=200, pattern=WITHOUT_NUL)]
LabelNames = Annotated[list[LabelName], Field(min_length=1, max_length=10_000)]
Prompt = Annotated[str, Field(min_length=1, max_length=500, pattern=WITHOUT_NUL)]

COVERAGE = "Fraction of answers whose plausible labels must contain the right one"
ABSTAIN_BELOW = "An answer with a lower probability than this gets no label; 0 never abstains"
Coverage = Annotated[float, Field(ge=LEAST_COVERAGE, le=MOST_COVERAGE, description=COVERAGE)]
AbstainBelow = Annotated[float, Field(ge=0, le=1, description=ABSTAIN_BELOW)]
ParentsField = Annotated[
    dict[LabelName, LabelNames],
    Field(
        max_length=10_000,
        description="The labels of each parent; every label belongs to one parent. Empty for no hierarchy",
    ),
]
Prompts = Annotated[
    dict[LabelName, Annotated[list[Prompt], Field(min_length=1, max_length=100)]],
    Field(max_length=10_000, description="Texts that describe each label; default: made from its name by templates"),
]


class RetrainingRequest(BaseModel):
    """Rule for automatic retraining; fields that are left out keep their value."""

    model_config = ConfigDict(extra="forbid")

    after_annotations: int = Field(default=1, ge=1, le=MOST_ANNOTATIONS)
    after_seconds: int = Field(default=1, ge=1, le=LONGEST_SECONDS)
    cron: str | None = Field(default=None, max_length=200, description="Schedule as in crontab, in UTC")

    def changed(self, rule: RetrainingRule) -> RetrainingRule:
        """Return the rule with the sent fields replaced."""
        return replace(rule, **self.model_dump(include=self.model_fields_set))


class NewProject(BaseModel):
    """A project to create; fields that are left out are taken from the service's settings."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"id": "scenes", "title": "Kinds of scene", "labels": ["Coast", "Forest"]}},
    )

    id: str = Field(min_length=1, max_length=64, description="Only a-z, 0-9 and -")
    title: str | None = Field(default=None, max_length=500, pattern=WITHOUT_NUL)
    labels: LabelNames
    multi_label: bool = False
    encoder: str | None = Field(default=None, max_length=1000)
    head: str | None = Field(default=None, max_length=200)
    strategy: str | None = Field(default=None, max_length=200)
    seed: int = Field(default=0, ge=0, lt=2**32)
    coverage: Coverage | None = None
    abstain_below: AbstainBelow | None = None
    parents: ParentsField = Field(default_factory=dict)
    prompts: Prompts = Field(default_factory=dict)
    retraining: RetrainingRequest = Field(default_factory=RetrainingRequest)

    def wanted(self, rule: RetrainingRule) -> WantedProject:
        """Return the project to create.

        Args: rule: the retraining rule of projects that do not set their own.
        """
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return WantedProject(**values | {"labels": tuple(self.labels), "retraining": self.retraining.changed(rule)})


class ProjectChanges(BaseModel):
    """Fields of a project to change. Labels that leave the label set keep their annotations, but those are not used."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"labels": ["Coast", "Forest", "Office"]}})

    title: str = Field(default="", max_length=500, pattern=WITHOUT_NUL)
    labels: LabelNames = Field(default_factory=list)
    encoder: str = Field(default="", max_length=1000)
    head: str = Field(default="", max_length=200)
    strategy: str = Field(default="", max_length=200)
    coverage: Coverage = LEAST_COVERAGE
    abstain_below: AbstainBelow = 0.0
    parents: ParentsField = Field(default_factory=dict)
    prompts: Prompts = Field(default_factory=dict)
    retraining: RetrainingRequest = Field(default_factory=RetrainingRequest)


class ProjectPage(BaseModel):
    """Projects in order of id; `next` is the cursor of the next page."""

    projects: list[ProjectView]
    next: str | None


@router.post("", status_code=status.HTTP_201_CREATED)
def create_project(body: NewProject, projects: ProjectUseCasesDependency) -> ProjectView:
    """Create a project."""
    wanted = body.wanted(projects.defaults.retraining)
    return ProjectView.from_project(projects.change_projects.create(wanted))


@router.get("")
def list_projects(
    projects: ProjectUseCasesDependency,
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Limit = 100,
) -> ProjectPage:
    """List projects."""
    page = projects.store.page(after=after, limit=limit)
    return ProjectPage(
        projects=[ProjectView.from_project(project) for project in page],
        next=page[-1].id if len(page) == limit else None,
    )


@router.get("/{project}")
def get_project(project: ProjectDependency, images: ImageUseCasesDependency) -> ProjectView:
    """Return one project, with the number of images in each state."""
    counts = images.store.count(project.id)
    return ProjectView.from_project(project, {state.value: count for state, count in counts.items()})


@router.patch("/{project}")
def change_project(
    project: ProjectDependency, body: ProjectChanges, projects: ProjectUseCasesDependency
) -> ProjectView:
    """Change a project."""
    changes = {name: getattr(body, name) for name in body.model_fields_set - {"labels", "retraining"}}
    if "retraining" in body.model_fields_set:
        changes["retraining"] = body.retraining.changed(project.retraining)
    labels = tuple(body.labels) if "labels" in body.model_fields_set else None
    return ProjectView.from_project(projects.change_projects.change(project, labels=labels, **changes))


@router.delete("/{project}", status_code=status.HTTP_204_NO_CONTENT)
def delete_project(project: ProjectDependency, projects: ProjectUseCasesDependency) -> None:
    """Delete a project with its annotations, versions and rankings."""
    projects.change_projects.delete(project)
