"""One name means one thing: nobody who searches for a class or a function finds two."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
# What reads these modules decides their names: routes and commands are the glossary's verbs, as what they call in ml
# is, and Alembic wants an upgrade in each migration.
NAMED_BY_READERS = ("service/adapters/sql/migrations/versions/", "service/cli/", "service/http/routes/")
PROGRAMS = {"main"}


def modules() -> dict[str, ast.Module]:
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text())
        for package in ("ml", "service", "workers")
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def classes(module: ast.Module) -> Iterator[str]:
    return (node.name for node in ast.walk(module) if isinstance(node, ast.ClassDef))


def functions(module: ast.Module) -> Iterator[str]:
    return (node.name for node in module.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"))


def places_of(names: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Modules by name, of names that several have."""
    places = defaultdict(list)
    for name, module in names:
        places[name].append(module)
    return {name: found for name, found in places.items() if len(found) > 1}


def test_no_two_classes_share_a_name() -> None:
    names = [(name, path) for path, module in modules().items() for name in classes(module)]

    assert places_of(names) == {}


def test_no_two_functions_share_a_name() -> None:
    names = [
        (name, path)
        for path, module in modules().items()
        if not path.startswith(NAMED_BY_READERS)
        for name in functions(module)
        if name not in PROGRAMS
    ]

    assert places_of(names) == {}
