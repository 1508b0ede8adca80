"""Every setting of Margin; only this module reads them from the environment (`MARGIN_*`) or `.env`."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ml.encoders.base import Precision
from service.domain.projects.project import LEAST_COVERAGE, MOST_COVERAGE


def _also_bare(name: str) -> AliasChoices:
    """Accept the name without the prefix too, since Label Studio's users know it that way."""
    return AliasChoices(f"MARGIN_{name}", name)


class Settings(BaseSettings):
    """Settings of one Margin process; the field descriptions make the table in docs/guides/settings.md."""

    model_config = SettingsConfigDict(
        env_prefix="MARGIN_", env_file=".env", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    data: Path = Field(
        default=Path("margin-data"), description="Folder for the database, embeddings, artifacts and Redis"
    )
    database_url: str | None = Field(
        default=None, description="SQLAlchemy address of SQLite or PostgreSQL; if empty, SQLite in the data folder"
    )
    redis_url: str | None = Field(
        default=None, description="Redis address; if empty, `margin up` runs a private Redis in the data folder"
    )
    artifacts_url: str | None = Field(
        default=None,
        description="Where uploads and versions are kept: a folder, s3://, gs:// or az://; if empty, the data folder",
    )
    embeddings_url: str | None = Field(
        default=None,
        description="Where the embedding cache is kept: a folder or an object store; if empty, the data folder",
    )

    encoder: str = Field(default="efficientnet-lite0", description="Encoder of new projects")
    head: str = Field(
        default="softmax-regression", description="Head of new projects; `auto` chooses one at each training"
    )
    strategy: str = Field(default="auto", description="Strategy of new projects")
    coverage: float = Field(
        default=0.9,
        ge=LEAST_COVERAGE,
        le=MOST_COVERAGE,
        description="New projects: fraction of answers whose plausible labels must contain the right one",
    )
    abstain_below: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="New projects: an answer with a lower probability than this gets no label; 0 never abstains",
    )
    device: str = Field(default="cpu", description="Where encoders run: cpu, or cuda (not run on a GPU yet)")
    encoder_threads: int = Field(default=0, ge=0, description="Threads of one encoder; 0 lets the runtime choose")
    encoder_precision: Precision = Field(
        default="fp32",
        description="fp32 is exact; bf16 is faster if the processor supports it; a change embeds all images again",
    )

    retrain_after_annotations: int = Field(
        default=10, ge=1, description="New projects retrain after this many new annotations"
    )
    retrain_after_seconds: int = Field(
        default=60, ge=1, description="New projects retrain this long after the last annotation"
    )
    schedule_seconds: int = Field(
        default=5, ge=1, description="Seconds between two looks of the scheduler for projects to retrain"
    )

    max_image_bytes: int = Field(default=32 * 1024 * 1024, ge=1, description="Largest image file accepted, in bytes")
    max_image_pixels: int = Field(default=64_000_000, ge=1, description="Largest image accepted, in pixels")
    max_form_bytes: int = Field(default=512 * 1024 * 1024, ge=1, description="Largest form with files, in bytes")
    max_json_bytes: int = Field(default=16 * 1024 * 1024, ge=1, description="Largest other request body, in bytes")
    max_batch: int = Field(default=256, ge=1, description="Largest number of images in one request to /v1")
    max_waiting_images: int = Field(
        default=256, ge=1, description="Number of images that may wait for the encoder; further requests get 429"
    )
    fetch_timeout_seconds: float = Field(default=15.0, gt=0, description="Longest time to fetch one image, in seconds")
    allowed_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Private networks from which images may be fetched, comma-separated, for example 10.0.0.0/8",
    )

    label_studio_url: str | None = Field(
        default=None,
        validation_alias=_also_bare("LABEL_STUDIO_URL"),
        description="Address of Label Studio; if empty, the one that Label Studio sends",
    )
    label_studio_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=_also_bare("LABEL_STUDIO_API_KEY"),
        description="Legacy token or personal access token; if empty, the one that Label Studio sends",
    )
    label_studio_order: bool = Field(
        default=True,
        description="Let Label Studio serve tasks in the order of our rankings, and push the order after each ranking",
    )
    label_studio_keep_old_predictions: bool = Field(
        default=False, description="Keep the predictions of earlier versions in Label Studio"
    )
    label_studio_predict_seconds: float = Field(
        default=80.0, gt=0, description="Answer /predict within this many seconds; Label Studio gives up after 100 s"
    )
    basic_auth_user: str | None = Field(
        default=None,
        validation_alias=_also_bare("BASIC_AUTH_USER"),
        description="User name that every route except /live and /ready requires",
    )
    basic_auth_pass: SecretStr | None = Field(
        default=None,
        validation_alias=_also_bare("BASIC_AUTH_PASS"),
        description="Password that goes with the user name",
    )
    mlflow_url: str | None = Field(
        default=None,
        description="MLflow that records each trained version, for example http://mlflow:5000; if empty, none",
    )
    log_level: str = Field(default="INFO", description="Lowest level of the log lines that are shown")

    @model_validator(mode="after")
    def _check_label_studio(self) -> Self:
        # Any client of /setup can name a host: the key must not be sent there.
        if self.label_studio_api_key is not None and not self.label_studio_url:
            raise ValueError("LABEL_STUDIO_API_KEY is sent to LABEL_STUDIO_URL only: set that too")
        return self

    @model_validator(mode="after")
    def _check_login(self) -> Self:
        password = self.basic_auth_pass.get_secret_value() if self.basic_auth_pass is not None else ""
        if bool(self.basic_auth_user) != bool(password):
            raise ValueError("BASIC_AUTH_USER and BASIC_AUTH_PASS only work together: set both, or neither")
        return self

    @field_validator("allowed_networks", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allowed_networks")
    @classmethod
    def _check_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ip_network(network, strict=False)
        return value
