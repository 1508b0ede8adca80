"""The request body of POST /v1/projects/{project}/audits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from service.domain.experiments.audit_request import (
    DEFAULT_LABELS_PER_CLASS,
    DEFAULT_RIVALS,
    DEFAULT_RUNS,
    FEWEST_RUNS,
    MOST_LABELS_PER_CLASS,
    MOST_RUNS,
    MOST_STRATEGIES,
)

StrategyName = Annotated[str, Field(min_length=1, max_length=200)]


class NewAudit(BaseModel):
    """The replays of an audit. Random choice and the project's own strategy are always among the strategies."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"strategies": ["margin"], "runs": 10, "seed": 0}}
    )

    strategies: list[StrategyName] = Field(default=list(DEFAULT_RIVALS), max_length=MOST_STRATEGIES)
    runs: int = Field(
        default=DEFAULT_RUNS,
        ge=FEWEST_RUNS,
        le=MOST_RUNS,
        description="Number of replays, each with other test images and other initial labels",
    )
    labels_per_class: int = Field(
        default=DEFAULT_LABELS_PER_CLASS,
        ge=0,
        le=MOST_LABELS_PER_CLASS,
        description="Labels per class that a replay starts with; 0: the strategy asks for the first images too",
    )
    seed: int = Field(default=0, ge=0, lt=2**32)
