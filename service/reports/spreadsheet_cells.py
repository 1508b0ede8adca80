"""Keeps spreadsheets from running what stands in a cell as a formula: names of files come from anywhere."""

from pathlib import Path

# What Excel and LibreOffice take for the start of a formula (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: object) -> object:
    """The cell as no spreadsheet runs it: a path still leads to its file, a text starts with an apostrophe.

    Numbers stay, and so do texts that are numbers, as a label -1 may be.
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
