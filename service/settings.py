"""Every setting of Margin: read from the environment (`MARGIN_*`) or `.env`, here and nowhere else."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ml.encoders.base import Precision
from service.domain.projects.project import LEAST_COVERAGE, MOST_COVERAGE


def _also_bare(name: str) -> AliasChoices:
    """Label Studio's users know these names without the prefix."""
    return AliasChoices(f"MARGIN_{name}", name)


class Settings(BaseSettings):
    """Settings of one Margin process; field descriptions make the table in docs/guides/settings.md."""

    model_config = SettingsConfigDict(
        env_prefix="MARGIN_", env_file=".env", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    data: Path = Field(
        default=Path("margin-data"), description="Folder for the database, embeddings, artifacts and Redis"
    )
    database_url: str | None = Field(
        default=None, description="SQLAlchemy address; SQLite in the data folder when empty, else PostgreSQL"
    )
    redis_url: str | None = Field(
        default=None, description="Redis address; an embedded Redis in the data folder when empty"
    )
    artifacts_url: str | None = Field(
        default=None,
        description="Where uploads and versions are kept: a folder, s3://, gs:// or az://; the data folder when empty",
    )
    embeddings_url: str | None = Field(
        default=None,
        description="Where the embedding cache is kept: a folder or an object store; the data folder when empty",
    )

    encoder: str = Field(default="efficientnet-lite0", description="Encoder of new projects")
    head: str = Field(
        default="softmax-regression", description="Head of new projects; auto chooses one at each training"
    )
    strategy: str = Field(default="auto", description="Strategy of new projects")
    coverage: float = Field(
        default=0.9,
        ge=LEAST_COVERAGE,
        le=MOST_COVERAGE,
        description="Share of answers of new projects that must have the right label among their plausible labels",
    )
    abstain_below: float = Field(
        default=0.0, ge=0, le=1, description="Probability under which new projects give no label; 0 never abstains"
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
    schedule_seconds: int = Field(default=5, ge=1, description="How often the scheduler looks for projects to retrain")

    max_image_bytes: int = Field(default=32 * 1024 * 1024, ge=1, description="Largest image file accepted, in bytes")
    max_image_pixels: int = Field(default=64_000_000, ge=1, description="Largest image accepted, in pixels")
    max_form_bytes: int = Field(default=512 * 1024 * 1024, ge=1, description="Largest form with files, in bytes")
    max_json_bytes: int = Field(default=16 * 1024 * 1024, ge=1, description="Largest other request body, in bytes")
    max_batch: int = Field(default=256, ge=1, description="Most images in one request to /v1")
    max_waiting_images: int = Field(
        default=256, ge=1, description="Images that may wait for the encoder before requests get 429"
    )
    fetch_timeout_seconds: float = Field(default=15.0, gt=0, description="Longest wait for one image's address")
    allowed_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Private networks that image addresses may point into, comma-separated, as 10.0.0.0/8"
    )

    label_studio_url: str | None = Field(
        default=None,
        validation_alias=_also_bare("LABEL_STUDIO_URL"),
        description="Address of Label Studio; the one that Label Studio hands over when empty",
    )
    label_studio_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=_also_bare("LABEL_STUDIO_API_KEY"),
        description="Legacy token or personal access token; the one that Label Studio hands over when empty",
    )
    label_studio_order: bool = Field(
        default=True,
        description="Make Label Studio serve tasks in the order of our ranking, and push it after each ranking",
    )
    label_studio_keep_old_predictions: bool = Field(
        default=False, description="Leave the predictions of earlier versions in Label Studio"
    )
    label_studio_predict_seconds: float = Field(
        default=80.0, gt=0, description="Answer /predict within this time; Label Studio gives up after 100 s"
    )
    basic_auth_user: str | None = Field(
        default=None,
        validation_alias=_also_bare("BASIC_AUTH_USER"),
        description="User name that every route but /live and /ready asks for",
    )
    basic_auth_pass: SecretStr | None = Field(
        default=None, validation_alias=_also_bare("BASIC_AUTH_PASS"), description="Password that goes with it"
    )
    mlflow_url: str | None = Field(
        default=None,
        description="MLflow that records each trained version, as http://mlflow:5000; none when empty",
    )
    log_level: str = Field(default="INFO", description="Least severe log lines shown")

    @model_validator(mode="after")
    def _check_label_studio(self) -> Self:
        # Whoever reaches /setup names a host: the key must not follow there.
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
