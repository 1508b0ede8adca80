"""A step's progress is a part of its job's."""

import pytest

from service.domain.job import Progress


def test_a_part_reports_within_its_bounds() -> None:
    said: list[tuple[float, str]] = []
    report = Progress(report=lambda fraction, message: said.append((fraction, message))).part(0.2, 0.6)

    report(0.0, "begins")
    report(0.5, "half")
    report(1.0, "ends")

    assert [fraction for fraction, _ in said] == pytest.approx([0.2, 0.4, 0.6])
    assert [message for _, message in said] == ["begins", "half", "ends"]
