"""Turns a drawn figure into a PNG, also where there is no screen."""

import io
from typing import TYPE_CHECKING, Literal

from ml.warnings_filter import without_warnings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_AN_INCH = 110


def new_figure(*, width_inches: float, height_inches: float, layout: Literal["constrained"] | None = None) -> "Figure":
    """Make an empty figure.

    Args: layout: matplotlib's name of the layout that keeps plots apart.
    """
    # Without pyplot nothing stays in the process, and no screen is looked for.
    from matplotlib.figure import Figure  # noqa: PLC0415  takes seconds, and only reports draw

    return Figure(figsize=(width_inches, height_inches), dpi=DOTS_AN_INCH, layout=layout)


def figure_to_png(figure: "Figure") -> bytes:
    """Write the figure as PNG, with parts outside of the plots, such as legends."""
    from matplotlib import rc_context  # noqa: PLC0415

    content = io.BytesIO()
    # Names are not formulas, and a letter that the font lacks must not cause a warning. Both settings belong to the
    # whole process: the first one lets only one thread draw at a time.
    with without_warnings(), rc_context({"text.parse_math": False}):
        figure.savefig(content, format="png", bbox_inches="tight")
    return content.getvalue()
