"""The body of every error answer of the /v1 routes: RFC 9457 problem details."""

from pydantic import BaseModel, ConfigDict


class Problem(BaseModel):
    """An RFC 9457 problem: `code` is for programs, `detail` for people."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "no project 'birds' here",
                "code": "not-found",
            }
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[str] | None = None
