"""Cells that a spreadsheet shows instead of running them as formulas."""

from pathlib import Path

import pytest

from service.reports.spreadsheet_cells import harmless


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_path_that_starts_as_a_formula_is_the_same_path_below_here(start: str) -> None:
    path = Path(f"{start}HYPERLINK(1).png")

    cell = harmless(path)

    assert cell == f"./{start}HYPERLINK(1).png"
    assert Path(str(cell)) == path


@pytest.mark.parametrize("text", ["=1+1", "@SUM(1)", "-1+cmd", "+a"])
def test_a_text_that_starts_as_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", [-0.5, "-1", "+1.5", "coast", "", Path("red/=1.png"), 3])
def test_what_is_no_formula_stays(cell: object) -> None:
    assert harmless(cell) == cell
