"""Planning from Python."""

from collections.abc import Callable, Iterable
from functools import cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vingui.api.checks import checked_path, checked_text, checked_whole, plain_values
from vingui.api.file_options import figure_options, plan_file
from vingui.api.maps import map_of
from vingui.api.model import Model, model_of
from vingui.api.progress import OnProgress, reporting
from vingui.core.diagnosis import diagnose
from vingui.core.diagnosis_text import explain
from vingui.core.engine import Engine
from vingui.core.files import name_of
from vingui.core.grid import Cell, GridMap
from vingui.core.planner_protocol import PolicyReadout
from vingui.core.recipe import Recipe, versions_here
from vingui.core.rollout import Outcome, Trajectory
from vingui.core.run import Run
from vingui.core.value_history import MOST_MEMORY

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Plan:
    """The plan of a model on a map: every V_k, and what follows from it.

    `k = None` means the last iteration. In a notebook it shows its figure. A pickle or a copy of it
    is planned again, which gives the same plan.

    Args:
        model: the model that made it.
        run: what the model computed.
        name: what the map is called in figures.
    """

    def __init__(self, model: Model, run: Run, *, name: str = "") -> None:
        self.model = model
        self.run = run
        self.name = name

    def __repr__(self) -> str:
        reached = sum(outcome is Outcome.REACHED for outcome in self.outcomes)
        return (
            f"<vingui.Plan of {self.model.name}, K = {self.iterations}, on {self.map.rows}x"
            f"{self.map.cols} cells, {reached} of {len(self.map.starts)} starts reach the goal>"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _planned, (self.model, self.map, self.iterations, self.name)

    @property
    def map(self) -> GridMap:
        """The map, with the goal and the starts of the plan; of a search, the one it began at."""
        return self.run.grid

    @property
    def iterations(self) -> int:
        """K, the number of Bellman backups, or of a search's expansions."""
        return self.run.latest

    @property
    def converged(self) -> bool:
        """Whether another backup would change nothing."""
        return self.run.converged

    def values(self, k: int | None = None) -> NDArray[np.float32]:
        """`(rows, cols)` float32: V_k, `-inf` where no value has arrived; not to be changed.

        Raises:
            VinguiError: k is not from 1 to K, here and below.

        Example:
            >>> plan.values(1).shape
            (40, 60)
        """
        return self.run.values_at(self._k(k))[1]

    def q(self, k: int | None = None) -> NDArray[np.float32]:
        """`(rows, cols, latent actions)` float32: the q-values that follow from V_k."""
        return self._readout(k, lambda band: band.q)

    def rewards(self) -> NDArray[np.float32]:
        """`(rows, cols, 1 or latent actions)` float32: the rewards that the network gives."""
        return self._readout(None, lambda band: band.reward)

    def policy(self, k: int | None = None) -> NDArray[np.float32]:
        """`(rows, cols, actions)` float32: the probabilities of the moves; 0 on walls."""
        return self._readout(k, lambda band: band.policy)

    def actions(self, k: int | None = None) -> NDArray[np.int8]:
        """`(rows, cols)` int8: the greedy moves, indices of `model.rule.moves`; -1 for none."""
        actions = self.run.readouts.actions(self._k(k))
        assert actions is not None  # noqa: S101 - the run has a reader
        return actions

    @property
    def costs_to_go(self) -> NDArray[np.float64]:
        """`(rows, cols)` float64: the exact cost of the best path to the goal; `inf` for none."""
        oracle = self.run.oracle
        assert oracle is not None  # noqa: S101 - the run is finished
        return oracle.cost_to_go

    @property
    def trajectories(self) -> tuple[Trajectory, ...]:
        """The greedy trajectory from each start under V_K, with its path, cost and outcome.

        Example:
            >>> plan.trajectories[0].path[-1]
            array([16, 39])
        """
        return self.trajectories_at(None)

    def trajectories_at(self, k: int | None) -> tuple[Trajectory, ...]:
        """The greedy trajectory from each start under V_k."""
        return self.run.trajectories(self.map.starts, self._k(k))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How the trajectory from each start ends.

        Example:
            >>> plan.outcomes
            (<Outcome.REACHED: 'reached'>,)
        """
        return tuple(trajectory.outcome for trajectory in self.trajectories)

    def explain(self) -> tuple[str, ...]:
        """Why the trajectory from each start fails or costs more than the best one, as a sentence.

        Empty where it does neither, or where no reason could be found.
        """
        found = []
        for trajectory in self.trajectories:
            diagnosis = diagnose(trajectory, self.run, self.iterations, self._training)
            found.append("" if diagnosis is None else explain(diagnosis, self.run) or "")
        return tuple(found)

    def figure(self, **options: Any) -> "Figure":
        """Draw the plan.

        Args:
            **options: of `vingui.figure.options.FigureOptions`, such as `width=174`, or
                `panels="value@5,value@20,value"` as on the command line.

        Returns:
            A Matplotlib figure of its own, which a notebook shows and no window does.

        Raises:
            VinguiError: an option is out of its range.
        """
        from vingui.figure.compose import draw_figure

        figure = figure_options(plain_values(options), self.model.rule)
        return draw_figure(self.run, figure, name=self.name, training=self._training).figure

    @property
    def _training(self) -> dict[str, Any] | None:
        """The settings of the model's training; `None` if unknown."""
        return self.model.card.settings if self.model.card else None

    def save(
        self,
        path: str | PathLike[str],
        *,
        progress: bool = True,
        on_progress: OnProgress | None = None,
        **options: Any,
    ) -> None:
        """Write a figure, a film or the data of the plan, whole or not at all.

        `vingui reproduce` makes the file again, from what is embedded in it.

        Args:
            path: the file: a figure (`.png`, `.webp`, `.svg`, `.pdf`), a film (`.gif`, `.mp4`),
                all arrays (`.npz`), a table (`.csv`) or the results (`.json`).
            progress: whether to show a bar, in a notebook or at a terminal, if it takes a while.
            on_progress: called instead, with how many frames of a film, or bytes of arrays, are
                done, and of how many.
            **options: of figures as for `figure`; of films also those of
                `vingui.figure.film_options.FilmOptions`; for `.csv` `table="values"` and `k`, for
                `.npz` `values="all"`.

        Raises:
            VinguiError: the file cannot be written, or an option is out of its range.

        Example:
            >>> plan.save("plan.pdf", panels="map,value@10,value", width=174)
        """
        from vingui.figure.writing import write_file

        path = checked_path(path)
        file = plan_file(str(path), plain_values(options), self.model.rule)
        if file.kind == "data":
            self._k(file.options.get("k"))
        recipe = self.recipe(file.kind, file.suffix, file.options)
        doing = f"Writing {name_of(path)}"
        with reporting(doing, progress=progress, on_progress=on_progress) as report:
            write_file(self.run, path, recipe, card=self.model.card, on_progress=report)

    def _repr_png_(self) -> bytes:
        from vingui.figure.page import png_of

        return png_of(self.figure())

    def _k(self, k: int | None) -> int:
        return self.iterations if k is None else checked_whole(k, "k", 1, self.iterations)

    def _readout(
        self, k: int | None, part: Callable[[PolicyReadout], NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        return np.concatenate([part(band) for band in self.run.readouts.bands(self._k(k))])

    def recipe(
        self,
        kind: str,
        suffix: str,
        options: dict[str, Any],
        snapshots: tuple[tuple[int, str], ...] = (),
    ) -> Recipe:
        """What is needed to make a file of the plan again.

        Args:
            kind: the file's kind, one of `vingui.core.recipe.KINDS`.
            suffix: its suffix in lower case, with the dot.
            options: the record of its options.
            snapshots: as of `Recipe`.
        """
        return Recipe(
            kind=kind,
            grid=self.map,
            name=self.name,
            model=self.run.model,
            sha256=self.model.sha256,
            rule=self.run.rule.name,
            iterations=self.iterations,
            memory=MOST_MEMORY,
            options=options,
            versions=_versions(self.run.model),
            suffix=suffix,
            engine=self.run.engine,
            snapshots=snapshots,
        )


@cache
def _versions(model: str) -> dict[str, str]:
    # Looking up the installed packages takes longer than a small plan.
    return versions_here(model=model)


def plan(
    source: GridMap | ArrayLike | str | PathLike[str],
    *,
    goal: Cell | Iterable[Cell] | None = None,
    starts: Cell | Iterable[Cell] | None = None,
    model: Model | str | PathLike[str] | None = None,
    moves: str | None = None,
    iterations: int | Literal["own", "auto"] = "own",
    engine: Engine | None = None,
    name: str = "",
    progress: bool = True,
    on_progress: OnProgress | None = None,
) -> Plan:
    """Plan on a map.

    Args:
        source: a map, `(rows, cols)` walls of which whatever is not 0 is one, or a map's file.
        goal: a goal's `(row, col)` or those of several, in place of the map's own.
        starts: a start's `(row, col)` or those of several, in place of the map's own.
        model: a model that was loaded, or as of `load_model`.
        moves: the movement rule, as of `load_model`.
        iterations: K; "auto" iterates until no value changes; "own" for what suits the model: the
            K of its training for the paper's networks, otherwise "auto".
        engine: as of `load_model`.
        name: what figures call the map; a file's name by default.
        progress: whether to show a bar, in a notebook or at a terminal, if it takes a while.
        on_progress: called instead, with how many iterations are done, and of how many; 0 for
            "auto", where that is not known.

    Raises:
        VinguiError: the map or the model cannot be read, the map has no goal, or the plan would
            take more memory than there is.

    Example:
        >>> import numpy as np
        >>> walls = np.zeros((8, 8), bool)
        >>> walls[4, :6] = True
        >>> vingui.plan(walls, goal=(7, 0), starts=[(0, 0)]).outcomes
        (<Outcome.REACHED: 'reached'>,)
    """
    grid = map_of(source, goal=goal, starts=starts)
    chosen = model_of(model, moves=moves, engine=engine, progress=progress and on_progress is None)
    if not checked_text(name, "name") and isinstance(source, str | PathLike):
        name = Path(source).stem
    wanted = chosen.planner.iterations_for(iterations)
    with reporting("Planning", progress=progress, on_progress=on_progress) as report:
        run = chosen.planner.plan(grid, iterations=wanted, on_progress=report)
    return Plan(chosen, run, name=name)


def _planned(model: Model, grid: GridMap, iterations: int, name: str) -> Plan:
    return plan(grid, model=model, iterations=iterations, name=name, progress=False)
