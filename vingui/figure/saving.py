"""Figures as files."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib.style
from matplotlib.figure import Figure

from vingui import __version__
from vingui.core.files import replacing
from vingui.core.plan import Plan
from vingui.core.rollout import Trajectory
from vingui.figure.options import FigureOptions
from vingui.figure.page import caption
from vingui.figure.plan_figure import plan_figure


def save_png(
    plan: Plan,
    trajectories: Sequence[Trajectory],
    path: Path,
    *,
    options: FigureOptions | None = None,
) -> None:
    """Draw a plan and write the picture as PNG, whole or not at all.

    The same plan, trajectories and options make the same bytes.

    Args:
        plan: the plan.
        trajectories: greedy rollouts of its policy.
        path: the file.
        options: what can be chosen about the figure.

    Raises:
        VinguiError: the file cannot be written.
    """
    options = options or FigureOptions()
    said = "\n".join(caption(plan, trajectories, options))
    write_png(plan_figure(plan, trajectories, options=options), path, description=said)


def write_png(figure: Figure, path: Path, *, description: str) -> None:
    """Write a figure as PNG, whole or not at all.

    Args:
        figure: the figure, written at its own resolution.
        path: the file.
        description: what it shows, kept in the file.

    Raises:
        VinguiError: the file cannot be written.
    """
    metadata = {"Software": f"vingui {__version__}", "Description": description}
    with replacing(path) as temporary, matplotlib.style.context("default"):
        figure.savefig(temporary, format="png", dpi=figure.dpi, metadata=metadata)
