"""Keeps spreadsheets from running a cell as a formula: file names may come from anywhere."""

from pathlib import Path

# Characters that Excel and LibreOffice take for the start of a formula (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: object) -> object:
    """Return the cell in a form that no spreadsheet runs: a path gets "./" before it, a text gets an apostrophe.

    Numbers stay unchanged, and so do texts that are numbers, such as a label -1.
    """
    if not isinstance(cell, str | Path) or not str(cell).startswith(FORMULA_STARTS):
        return cell
    if isinstance(cell, Path):
        return f"./{cell}"
    return cell if _is_number(cell) else f"'{cell}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
