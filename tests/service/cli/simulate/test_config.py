"""The options of a simulation: from a file, from the command line, and mistakes in either."""

from pathlib import Path
from typing import Any

import pytest
import typer

from service.cli.simulate.config import MOST_CONFIG_BYTES, SimulationConfig, simulation_config


def config(content: str | bytes, folder: Path, **given: Any) -> SimulationConfig:
    file = folder / "grid.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return simulation_config(file, given)


def test_a_file_says_what_is_simulated(tmp_path: Path) -> None:
    found = config(
        "strategies: [margin, 'margin(random_share=0.1)']\nheads: knn\nruns: 3\nbatch-size: [5, 10]\naccuracies: .9\n",
        tmp_path,
    )

    assert found.strategies == ("margin", "margin(random_share=0.1)")
    assert (found.heads, found.runs, found.batch_size, found.accuracies) == (("knn",), 3, (5, 10), (0.9,))


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    found = config("runs: 3\nseed: 7\n", tmp_path, runs=5, seed=None)

    assert (found.runs, found.seed) == (5, 7)


def test_what_nobody_says_is_as_the_help_says() -> None:
    plan = simulation_config(None, {}).plan(strategy="margin", head="knn", encoder="lite")

    assert (plan.strategies, plan.heads, plan.encoders) == (("margin",), ("knn",), ("lite",))
    assert (plan.runs, plan.iterations, plan.batch_sizes, plan.labels_per_class, plan.test_share) == (
        10, 10, (10,), 1, 0.3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("stratgies: [margin]", 'no key is called "stratgies": did you mean "strategies"'),
        ("runs: many", "runs: Input should be a valid integer"),
        ("runs: true", "runs: Input should be a valid integer"),
        ("batch_size: [5, yes]", "batch_size: Input should be a valid integer"),
        ("accuracies: true", "accuracies: Input should be a valid number"),
        ("runs: 2\nruns: 3", '"runs" occurs twice'),
        ("test_share: .2\ntest-share: .3", '"test_share" occurs twice'),
        ("runs: &a {<<: [*a, *a]}", "anchors or aliases (&, *), which no grid needs"),
        ('out: "a\\0b"', "out: "),
        ("runs: 0", "runs: Input should be greater than or equal to 1"),
        ("batch_size: [5, 0]", "batch_size: Input should be greater than or equal to 1"),
        ("batch_size: []", "batch_size: "),
        ("test_share: 1", "test_share: Input should be less than 1"),
        ("strategies: [margn]", 'did you mean "margin"'),
        ("strategies: [margin(random_shre=0.1)]", 'did you mean "random_share"'),
        ("heads: [sofmax-regression]", 'did you mean "softmax-regression"'),
        ("encoders: [efficientnet-lite9]", "efficientnet-lite"),
        ("- runs", "has no keys"),
        ("", "has no keys"),
        ("runs: [", "is not YAML"),
        ("!!python/object/apply:os.system [ls]", "is not YAML"),
        (b"\xff\xfe\x00", "is not YAML"),
        ("[" * 20_000 + "]" * 20_000, "nested too deep"),
        ("#" * (MOST_CONFIG_BYTES + 1), "is larger than 64 KiB"),
    ],
)
def test_a_mistake_in_the_file_is_told(content: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter) as caught:
        config(content, tmp_path)

    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="No such file"):
        simulation_config(tmp_path / "grid.yaml", {})
