"""Images of a project, and their annotations."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from service.api.image import AnnotationView, ImageView
from service.api.problem import Problem
from service.bootstrap.groups.images import ImageUseCases
from service.domain.errors import InvalidInput
from service.domain.images.image import ImageFilter, ImageState, SourceKind
from service.domain.projects.project import Project
from service.http.dependencies import (
    WITHOUT_NUL,
    ImageUseCasesDependency,
    Limit,
    ProjectDependency,
    SettingsDependency,
    TrainingUseCasesDependency,
)
from service.http.problems import problem_of
from service.http.uploads import UploadForm, files_form, read_uploads
from service.usecases.images.add_images import AddedImage
from service.usecases.images.annotate_images import AnnotateImages
from service.usecases.training.queue_retrainings import QueueRetrainings

router = APIRouter(prefix="/v1/projects/{project}/images", tags=["images"])

DEFAULT_ANNOTATOR = "api"


class ImageAddress(BaseModel):
    """An image by address, with its label if that is known."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(min_length=1, max_length=10_000, pattern=WITHOUT_NUL)
    label: str | None = Field(default=None, max_length=200)
    labels: list[str] = Field(default_factory=list, max_length=10_000)

    def chosen(self) -> tuple[str, ...]:
        """Return the labels, none if they are not known."""
        return all_labels(self.label, self.labels)


class AddedView(BaseModel):
    """The outcome for one item: the image's id, or for an address the source that will be fetched, or a problem."""

    image: str | None = None
    source: int | None = None
    problem: Problem | None = None


class AddedBatch(BaseModel):
    """One answer per item, in order, and the job that embeds the images; `job` is null while the queue is not
    available.
    """

    items: list[AddedView]
    job: str | None


class ImagePage(BaseModel):
    """Images in order of id; `next` is the cursor of the next page."""

    images: list[ImageView]
    next: str | None


class NewAnnotation(BaseModel):
    """One person's decision: a label, several labels in a multi-label project, or that the image was skipped."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"label": "Coast", "annotator": "ada"}})

    label: str | None = Field(default=None, max_length=200)
    labels: list[str] = Field(default_factory=list, max_length=10_000)
    skipped: bool = False
    annotator: str = Field(default=DEFAULT_ANNOTATOR, min_length=1, max_length=200, pattern=WITHOUT_NUL)

    def chosen(self) -> tuple[str, ...]:
        """Return the labels, none if the image was skipped.

        Raises: InvalidInput: neither a label nor `skipped`, or both.
        """
        chosen = all_labels(self.label, self.labels)
        if self.skipped == bool(chosen):
            raise InvalidInput("send either a label, labels, or skipped: true")
        return chosen


IMAGES_FORM = files_form(
    labels={
        "type": "array",
        "items": {"type": "string"},
        "description": "One per file in the same order, empty for none; in a multi-label project several, joined by |",
    },
    annotator={"type": "string"},
)
IMAGES_FORM["requestBody"]["content"]["application/json"] = {
    "schema": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "address": {"type": "string"},
                "label": {"type": "string"},
                "labels": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["address"],
        },
    },
    "example": [{"address": "https://example.org/coast.jpg"}],
}


@router.post("", status_code=status.HTTP_202_ACCEPTED, openapi_extra=IMAGES_FORM)
async def add_images(
    project: ProjectDependency,
    request: Request,
    images: ImageUseCasesDependency,
    training: TrainingUseCasesDependency,
    settings: SettingsDependency,
) -> AddedBatch:
    """Add images as files or by address. Each item gets its own answer; a job embeds the images later."""
    if request.headers.get("content-type", "").startswith("application/json"):
        addresses = read_addresses(await request.body(), most=settings.max_batch)
        items = await run_in_threadpool(add_addresses, images, project, addresses)
    else:
        form = await read_uploads(request, settings)
        items = await run_in_threadpool(add_uploads, images, project, form)
    return AddedBatch(items=items, job=await run_in_threadpool(embed_added, images, training.retraining, project))


@router.get("")
def list_images(
    *,
    project: ProjectDependency,
    images: ImageUseCasesDependency,
    state: ImageState | None = None,
    label: str | None = None,
    source: SourceKind | None = None,
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Limit = 100,
) -> ImagePage:
    """List images."""
    wanted = ImageFilter(state=state, label=label, source=source)
    page = images.store.page(project.id, wanted, after=after, limit=limit)
    return ImagePage(
        images=[ImageView.from_image(image) for image in page], next=page[-1].id if len(page) == limit else None
    )


@router.get("/{image}")
def get_image(project: ProjectDependency, image: str, images: ImageUseCasesDependency) -> ImageView:
    """Return one image with all its annotations."""
    found = images.store.get(project.id, image)
    return ImageView.from_image(found, images.annotations.of_image(project.id, image))


@router.put("/{image}/annotation")
def annotate(
    *,
    project: ProjectDependency,
    image: str,
    body: NewAnnotation,
    background: BackgroundTasks,
    images: ImageUseCasesDependency,
    training: TrainingUseCasesDependency,
) -> AnnotationView:
    """Store one person's annotation of an image. The next one by the same person replaces it."""
    annotation = images.annotate_images.annotate(project, image, labels=body.chosen(), annotator=body.annotator)
    # Runs after the answer: labels never wait for the queue.
    background.add_task(training.retraining.queue_if_due, project)
    return AnnotationView.from_annotation(annotation)


def add_uploads(images: ImageUseCases, project: Project, form: UploadForm) -> list[AddedView]:
    """Store the files, then annotate those that came with a label."""
    labels = [split_labels(field, project) for field in form.fields.get("labels", [])]
    if labels and len(labels) != len(form.uploads):
        raise InvalidInput(f"got {len(labels)} labels for {len(form.uploads)} files: send one per file, empty for none")
    annotator = form.fields.get("annotator", [DEFAULT_ANNOTATOR])[0]
    added = images.add_images.add_uploads(project, form.uploads)
    return _annotated(images.annotate_images, project, added, labels or [()] * len(added), annotator)


def add_addresses(images: ImageUseCases, project: Project, addresses: list[ImageAddress]) -> list[AddedView]:
    """Store the addresses as sources, then annotate those that came with a label."""
    added = images.add_images.add_addresses(project, [address.address for address in addresses])
    return _annotated(
        images.annotate_images, project, added, [address.chosen() for address in addresses], DEFAULT_ANNOTATOR
    )


def read_addresses(body: bytes, *, most: int) -> list[ImageAddress]:
    """Parse the body as a list of addresses.

    Raises: InvalidInput: not a JSON list of addresses, or too many.
    """
    try:
        addresses = ADDRESSES.validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            f"send a JSON list of {{address, label}}; at {where or 'the top'}: {first['msg']}"
        ) from error
    if not 0 < len(addresses) <= most:
        raise InvalidInput(f"send 1 to {most} addresses per request; got {len(addresses)}")
    return addresses


def _annotated(
    annotate_images: AnnotateImages,
    project: Project,
    added: list[AddedImage],
    labels: Sequence[tuple[str, ...]],
    annotator: str,
) -> list[AddedView]:
    return [
        _annotate_added(annotate_images, project, image, chosen, annotator)
        for image, chosen in zip(added, labels, strict=True)
    ]


def _annotate_added(
    annotate_images: AnnotateImages, project: Project, added: AddedImage, labels: tuple[str, ...], annotator: str
) -> AddedView:
    if added.error is not None:
        return AddedView(problem=problem_of(added.error))
    view = AddedView(image=added.image_id, source=added.source_id)
    try:
        if labels:
            annotate_images.annotate_added(project, added, labels=labels, annotator=annotator)
    except InvalidInput as error:
        return view.model_copy(update={"problem": problem_of(error)})
    return view


def embed_added(images: ImageUseCases, retraining: QueueRetrainings, project: Project) -> str | None:
    """Queue the job that embeds the new images, and return its id, or None while the queue is not available."""
    job = images.add_images.queue_embedding(project)
    if job is None:
        return None
    retraining.queue_if_due(project)
    return job.id


def all_labels(label: str | None, labels: list[str]) -> tuple[str, ...]:
    """Join the labels of a request's two fields."""
    return tuple(labels) + ((label,) if label is not None else ())


def split_labels(field: str, project: Project) -> tuple[str, ...]:
    """Split a form field into labels: one, several separated by "|" in a multi-label project, or none."""
    labels = field.split("|") if project.multi_label else [field]
    return tuple(label for label in labels if label)


ADDRESSES: TypeAdapter[list[ImageAddress]] = TypeAdapter(list[ImageAddress])
