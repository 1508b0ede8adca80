"""Writes the settings table of docs/guides/settings.md from the field descriptions of `service.settings`."""

from pathlib import Path

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from service.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "guides" / "settings.md"
START = "<!-- table: written by `make docs` -->"
END = "<!-- end of table -->"


def main() -> None:
    """Write the table into the page, between its two marks."""
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def with_table(page: str) -> str:
    """Return the page with the current table between the marks."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


def table() -> str:
    """Make one row per setting, in the order of the class."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join(["| Variable | Default | Meaning |", "|---|---|---|", *rows])


def variables(name: str, field: FieldInfo) -> list[str]:
    """Return the environment variables that set a field, the preferred one first."""
    if isinstance(field.validation_alias, AliasChoices):
        return [str(choice) for choice in field.validation_alias.choices]
    return [f"MARGIN_{name.upper()}"]


def _row(name: str, field: FieldInfo) -> str:
    names = " or ".join(f"`{variable}`" for variable in variables(name, field))
    return f"| {names} | {_shown(field.default)} | {field.description} |"


def _shown(default: object) -> str:
    """Format a default as in `.env`; empty if there is none."""
    if default is None or default is PydanticUndefined or default == ():
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


if __name__ == "__main__":
    main()
