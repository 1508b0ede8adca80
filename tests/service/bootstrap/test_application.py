"""How an application is put together."""

import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from ml.encoders.base import Precision
from ml.encoders.runtime import computes_in_bf16
from service.adapters.sql.migration import migrate
from service.bootstrap.build import build_application, utc_now
from service.bootstrap.from_settings import backend_login, basic_auth_header
from service.domain.errors import QueueUnavailable
from service.domain.job import JobKind, JobRequest
from service.settings import Settings
from tests.service.assembled import World, a_png

TINY_CLIP = f"openclip:local-dir/{Path(__file__).parents[2] / 'fixtures' / 'tiny-clip'}"


def test_building_connects_and_loads_nothing(tmp_path: Path) -> None:
    application = build_application(Settings(data=tmp_path, redis_url="redis://127.0.0.1:1/0"))

    application.close()

    assert not (tmp_path / "margin.db").exists()


def test_a_redis_that_is_not_there_is_named_when_it_is_needed(tmp_path: Path) -> None:
    application = build_application(Settings(data=tmp_path, redis_url="redis://127.0.0.1:1/0"))

    with pytest.raises(QueueUnavailable):
        application.queue.enqueue(JobRequest(kind=JobKind.TRAIN, project_id="birds"))


def test_what_one_application_stores_the_next_one_finds(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, redis_url="redis://127.0.0.1:1/0")
    world = World()
    migrate(f"sqlite:///{tmp_path}/margin.db")
    build_application(settings).projects.store.add(world.add_project())

    found = build_application(settings).projects.store.get("birds")

    assert found == world.project()


@pytest.mark.parametrize("precision", ["fp32", "bf16"] if computes_in_bf16() else ["fp32"])
def test_encoders_compute_at_the_precision_of_the_settings(precision: Precision, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, redis_url="redis://127.0.0.1:1/0", encoder_precision=precision)

    encoder = build_application(settings).serving.embedder.encoder(TINY_CLIP)

    assert encoder.identity.preprocessing.endswith("bf16") == (precision == "bf16")


@pytest.mark.parametrize(("user", "password"), [(None, None), ("", None), (None, ""), ("", "")])
def test_an_empty_login_is_none(user: str | None, password: str | None, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, basic_auth_user=user, basic_auth_pass=secret_of(password))

    assert backend_login(settings) is None
    assert basic_auth_header(settings) is None


def test_a_login_signs_label_studios_webhook(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, basic_auth_user="ada", basic_auth_pass=SecretStr("secret"))

    assert basic_auth_header(settings) == "Basic YWRhOnNlY3JldA=="


def secret_of(password: str | None) -> SecretStr | None:
    return None if password is None else SecretStr(password)


def test_the_clock_knows_its_zone() -> None:
    assert utc_now().utcoffset() is not None


def test_each_use_case_and_store_is_in_one_group() -> None:
    application = World().application
    groups = [part for field in fields(application) if is_dataclass(part := getattr(application, field.name))]

    parts = [getattr(group, field.name) for group in groups for field in fields(group)]

    assert len(groups) == 8
    assert len({id(part) for part in parts}) == len(parts)


def test_closing_writes_what_requests_embedded() -> None:
    world = World()
    world.application.serving.embedder.embed(world.settings.encoder, [a_png()])

    world.application.close()

    assert world.cache._rows


def test_importing_the_web_application_loads_no_encoder_no_lance_and_nothing_to_train_with() -> None:
    heavy = ("torch", "openvino", "lance", "sklearn", "scipy.stats", "scipy.optimize")
    code = f"import sys, service.http.app; print(sorted(set({heavy}) & set(sys.modules)))"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"
