"""Left-out images as the /v1 routes send them."""

from pydantic import BaseModel


class LeftOutView(BaseModel):
    """An image that was left out, and why."""

    image: str
    reason: str
