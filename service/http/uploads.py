"""Reads the files of a multipart request, with limits on their number and size."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from service.domain.errors import InvalidInput
from service.settings import Settings
from service.usecases.images.add_images import Upload


@dataclass(frozen=True, kw_only=True)
class UploadForm:
    """The files under "files" and the text fields of a form, in the order sent."""

    uploads: list[Upload]
    fields: dict[str, list[str]]


def files_form(**fields: dict[str, Any]) -> dict[str, Any]:
    """Describe a form with files and these further fields for the API description."""
    files = {"type": "array", "items": {"type": "string", "format": "binary"}}
    schema = {"type": "object", "properties": {"files": files, **fields}, "required": ["files"]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


async def read_uploads(request: Request, settings: Settings) -> UploadForm:
    """Read a form whose files are images.

    A file that is too large is read only one byte past the limit, which is enough to see that it is too large.

    Raises: InvalidInput: not a form, no files, or too many.
    """
    content_type = request.headers.get("content-type", "")
    if not content_type.startswith("multipart/form-data"):
        raise InvalidInput(f"send images as multipart/form-data under the name 'files', not as {content_type!r}")
    async with request.form(max_files=settings.max_batch + 1, max_fields=2 * settings.max_batch + 16) as form:
        files = [entry for entry in form.getlist("files") if isinstance(entry, UploadFile)]
        if not files:
            raise InvalidInput("no file came under the name 'files'")
        if len(files) > settings.max_batch:
            raise InvalidInput(f"too many files: send at most {settings.max_batch} in one request")
        uploads = [
            Upload(name=without_nul(file.filename or "upload"), content=await file.read(settings.max_image_bytes + 1))
            for file in files
        ]
        return UploadForm(uploads=uploads, fields=_text_fields(form))


def without_nul(text: str) -> str:
    """Remove NUL, the only character that PostgreSQL does not store."""
    return text.replace("\0", "")


def _text_fields(form: FormData) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, entry in form.multi_items():
        if isinstance(entry, str):
            fields.setdefault(name, []).append(without_nul(entry))
    return fields
