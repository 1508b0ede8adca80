"""`margin audit`: replays a project's own labels, to see what its strategy is worth and whether more labels pay."""

from typing import Annotated

import typer

from service.cli.options import DEFAULT_URL, DataOption, ProjectAt
from service.cli.report_outputs import ReportOutputs, with_report_options
from service.domain.experiments.audit_request import (
    DEFAULT_LABELS_PER_CLASS,
    DEFAULT_RIVALS,
    DEFAULT_RUNS,
    FEWEST_RUNS,
    MOST_LABELS_PER_CLASS,
    MOST_RUNS,
)

ProjectOption = Annotated[str, typer.Option(help="Id of a project of a running Margin.")]
MarginUrlOption = Annotated[str, typer.Option(help="Address of that Margin.")]
StrategiesOption = Annotated[
    list[str] | None,
    typer.Option(help="Strategies beside random and the project's own, for example margin entropy; default: margin."),
]
RunsOption = Annotated[
    int, typer.Option(min=FEWEST_RUNS, max=MOST_RUNS, help="Number of replays, each with other test images.")
]
StartOption = Annotated[
    int, typer.Option(min=0, max=MOST_LABELS_PER_CLASS, help="Labels per class to start with, or 0.")
]
SeedOption = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same figures.")]


@with_report_options
def audit(
    *,
    project: ProjectOption,
    url: MarginUrlOption = DEFAULT_URL,
    strategies: StrategiesOption = None,
    runs: RunsOption = DEFAULT_RUNS,
    labels_per_class: StartOption = DEFAULT_LABELS_PER_CLASS,
    seed: SeedOption = 0,
    outputs: ReportOutputs,
    data: DataOption = None,
) -> None:
    """Replay a project's labels: what its strategy saved compared to random choice, and what more labels will bring."""
    from service.cli.audit.run import new_audit, show_new_audit

    wanted = new_audit(strategies or DEFAULT_RIVALS, runs=runs, labels_per_class=labels_per_class, seed=seed)
    show_new_audit(ProjectAt(id=project, url=url), wanted, outputs, data=data)
