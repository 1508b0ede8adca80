"""A comparison as figures."""

from service.reports.comparison.figures import FIGURE_COLUMNS, comparison_figures
from tests.service.reports.comparison.reported import a_comparison, untrained


def test_there_is_a_line_for_each_combination() -> None:
    lines = comparison_figures(a_comparison().comparison)

    assert [(line["head"], line["labels_per_class"], line["accuracy"]) for line in lines] == [
        ("linear", 5, 0.8),
        ("linear", "all", 0.9),
        ("knn(k=10)", "all", 0.92),
        ("nested", "all", None),
    ]
    assert (lines[2]["difference"], lines[1]["difference"]) == (0.02, None)
    assert lines[3]["refusal"] == "no parents are known"


def test_columns_are_the_same_whatever_could_be_trained() -> None:
    for record in (a_comparison(), untrained()):
        assert {tuple(line) for line in comparison_figures(record.comparison)} == {FIGURE_COLUMNS}
