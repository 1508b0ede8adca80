"""Writes openapi/openapi.json, the generated contract of the routes; a test fails if it is stale."""

import json
from pathlib import Path

from service.http.app import build_bare_app

CONTRACT = Path(__file__).parent.parent / "openapi" / "openapi.json"


def contract() -> str:
    """Return the contract as it should be in the file."""
    return json.dumps(build_bare_app().openapi(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the file."""
    CONTRACT.write_text(contract(), encoding="utf-8")
    print(f"wrote {CONTRACT.name}")


if __name__ == "__main__":
    main()
