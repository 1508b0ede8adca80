"""Images that had no part in what is reported, as the /v1 routes send them."""

from pydantic import BaseModel


class LeftOutView(BaseModel):
    """An image that was left out of a comparison, and why."""

    image: str
    reason: str
