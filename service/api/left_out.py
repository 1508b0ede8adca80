"""Images that had no part in what is reported, as the /v1 routes send them."""

from pydantic import BaseModel


class LeftOutView(BaseModel):
    """An image that was not compared on, and why."""

    image: str
    reason: str
