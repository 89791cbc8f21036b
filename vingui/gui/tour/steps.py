"""The steps of the tour: each says what to do, and knows when it is done."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractButton

from vingui.core.map_edits import WALL
from vingui.core.rollout import Outcome
from vingui.gui import settings as entries
from vingui.gui.tour.edits import goal_elsewhere, wall_across
from vingui.gui.tour.stage import Stage
from vingui.gui.tour.step import Step, visible

PAPER_MODEL: Final = "vin-8x8"
"""The paper's network of the tour. Trained on 8x8 maps, it fails on most larger ones."""

_SECONDS: Final = 5.0
"""How long the iterations are played."""


class Watch(Step):
    """The first plan is played, from V_1 to V_K. Nothing has to be done."""

    title = "Value iteration"
    pause = 2500

    def begin(self) -> None:
        """Play it."""
        self.session.playback.play_once(_SECONDS)

    def text(self) -> str:
        """What is seen."""
        return (
            "In each iteration the values (the colours) spread one step further from the goal, and "
            "a path becomes right once they have reached its start."
        )

    def is_done(self) -> bool:
        """Whether it has been played to its end, or paused."""
        return not self.session.playback.playing

    def do(self) -> None:
        """Go to the end."""
        self.session.playback.end()


class PlayAgain(Step):
    """Play the iterations."""

    title = "Play it again"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._played = False

    def is_possible(self) -> bool:
        """Whether there can be a plan."""
        return bool(self.session.document.grid.goals)

    def text(self) -> str:
        """What to do."""
        arrow = " (its arrow)" if self.session.arrowed is not None else ""
        return (
            "Press P to play the iterations again: in each cell the policy takes the action of the "
            f"highest value{arrow}, and a path follows these actions from its start."
        )

    def areas(self) -> list[QRect]:
        """The button."""
        return visible(self.stage.area("transport-play"))

    def is_done(self) -> bool:
        """Whether the iterations were played to the end, or paused."""
        playback = self.session.playback
        iterating = playback.playing and not playback.walking
        self._played = self._played or iterating
        return self._played and not iterating

    def do(self) -> None:
        """Play them."""
        self.session.playback.play_once(_SECONDS)

    def end(self) -> None:
        """Show the last iteration; dots may go on walking."""
        if not self.session.playback.live:
            self.session.playback.end()


class DragGoal(Step):
    """Move a goal."""

    title = "Drag the goal"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._goals = self.session.document.grid.goals

    def begin(self) -> None:
        """Pan to the goal."""
        if self._goals:
            self.session.camera.show_cell(*self._goals[0])

    def text(self) -> str:
        """What to do."""
        if not self._goals:
            return "Move the mouse to a cell and press G to put a goal there: the network plans."
        return "Drag the goal with the mouse: the network plans anew at every cell that it crosses."

    def areas(self) -> list[QRect]:
        """The goal, or the map to put one on."""
        goal = self.session.document.grid.goal
        return visible(
            self.stage.area("map-view") if goal is None else self.stage.area_of_cell(goal)
        )

    def is_done(self) -> bool:
        """Whether a goal is elsewhere, and not being dragged."""
        document = self.session.document
        return document.grid.goals != self._goals and not document.in_stroke

    def do(self) -> None:
        """Move it."""
        grid = self.session.document.grid
        self.session.document.apply(
            "Move the goal", goal_elsewhere(grid, self.session.trajectories)
        )


class DrawWall(Step):
    """Draw a wall."""

    title = "Draw a wall"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._walls = self.session.document.grid.walls

    def begin(self) -> None:
        """Choose what draws walls."""
        self.session.settings.set(entries.TOOL, "pencil")
        self.session.choose_material(WALL)

    def text(self) -> str:
        """What to do."""
        return (
            "Draw a wall across a path with the left mouse button (the right one erases, and "
            "Ctrl+Z undoes it): the path finds a way around."
        )

    def areas(self) -> list[QRect]:
        """The map."""
        return visible(self.stage.area("map-view"))

    def is_done(self) -> bool:
        """Whether there are more walls or other ones, and none is being drawn."""
        document = self.session.document
        walls = document.grid.walls
        if document.in_stroke or walls is self._walls:
            return False
        return walls.shape != self._walls.shape or bool((walls & ~self._walls).any())

    def do(self) -> None:
        """Draw one."""
        grid = self.session.document.grid
        self.session.document.apply("Draw walls", wall_across(grid, self.session.trajectories))


class FewerIterations(Step):
    """Move the playhead to where some starts fail, or lower K."""

    title = "Fewer iterations"
    pause = 2500

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._iterations = self.session.settings.get(entries.ITERATIONS)

    def is_possible(self) -> bool:
        """Whether there are starts that can fail."""
        grid = self.session.document.grid
        return bool(grid.goals and grid.starts)

    def text(self) -> str:
        """What to do."""
        return (
            "Drag this playhead to the left: with so few iterations (a small K) the values have "
            "not reached the far starts, and their paths fail."
        )

    def areas(self) -> list[QRect]:
        """The slider."""
        return visible(self.stage.area("scrubber"))

    def is_done(self) -> bool:
        """Whether the playhead was left where a path fails, or as far left as it goes."""
        playback = self.session.playback
        lowered = self.session.settings.get(entries.ITERATIONS) != self._iterations
        if playback.playing or self.stage.scrubber.isSliderDown():
            return False
        if playback.k >= playback.last and not lowered:
            return False
        return playback.k == 1 or _failing(self.stage) is not None

    def do(self) -> None:
        """Move it to where the values have come half the way to the farthest start."""
        steps = max((one.steps for one in self.session.trajectories), default=0)
        self.session.playback.pause()
        self.session.playback.seek(min(steps // 2, self.session.playback.last - 1))

    def end(self) -> None:
        """Show the last iteration again."""
        self.session.settings.set(entries.ITERATIONS, self._iterations)
        self.session.playback.end()


class PaperNetwork(Step):
    """Choose the paper's network."""

    title = "The network of 2016"
    pause = 1500

    def is_possible(self) -> bool:
        """Whether there are starts that can fail."""
        grid = self.session.document.grid
        return bool(grid.goals and grid.starts)

    def begin(self) -> None:
        """Show the panel."""
        self.stage.show_panel("model")
        self.stage.scroll_to("model", "model-box")

    def text(self) -> str:
        """What to do."""
        return (
            f"In the Model panel, choose {PAPER_MODEL}, the paper's network: on 8x8 maps it "
            "learned where an action leads, once for all cells."
        )

    def areas(self) -> list[QRect]:
        """The box of models."""
        return visible(self.stage.area("model-box"))

    def is_done(self) -> bool:
        """Whether its plan is shown."""
        run = self.session.run
        return (
            self.session.model == PAPER_MODEL
            and run is not None
            and run.model == PAPER_MODEL
            and run.finished
            and bool(self.session.trajectories)
        )

    def do(self) -> None:
        """Choose it."""
        self.session.choose_model(PAPER_MODEL)


class Explain(Step):
    """Read why a start fails, and return to the other model.

    Args:
        stage: what it acts on.
        model: the other model.
    """

    title = "Why does it fail?"

    def __init__(self, stage: Stage, model: str) -> None:
        super().__init__(stage)
        self._model = model
        self._selected = self.session.selected_start
        self._iterations = self.session.settings.get(entries.ITERATIONS)

    def is_possible(self) -> bool:
        """Whether the paper's network was chosen."""
        return self.session.model == PAPER_MODEL

    def begin(self) -> None:
        """Select a start that fails, whose reason is then shown."""
        if (failing := _failing(self.stage)) is not None:
            self.session.select_start(failing)

    def text(self) -> str:
        """What to do."""
        back = f"choose {_short(self._model)} again"
        if self._model == entries.MODEL.default:
            back += ", which learned where actions lead for each arrangement of walls"
        failing = self.session.selected_start
        if failing is None:
            return f"On this map no start fails that has a path to the goal: {back}."
        return (
            f"Read below the map why start {failing + 1} fails (the mark is its first wrong step), "
            f"then {back}."
        )

    def areas(self) -> list[QRect]:
        """The reason, and the box of models."""
        return visible(self.stage.area("outcome"), self.stage.area("model-box"))

    def is_done(self) -> bool:
        """Whether the plan of another model is shown."""
        run = self.session.run
        return self.session.model != PAPER_MODEL and run is not None and run.model != PAPER_MODEL

    def do(self) -> None:
        """Return to the model."""
        self.session.choose_model(self._model)

    def end(self) -> None:
        """Return to the model, its K, and the start that was selected."""
        self.session.settings.set(entries.ITERATIONS, self._iterations)
        if self.session.model == PAPER_MODEL:
            self.do()
        self.session.select_start(self._selected)


class WatchLearning(Step):
    """Open the panel in which networks are trained."""

    title = "Watch one learn"

    def text(self) -> str:
        """What to do."""
        if self.is_done():
            # It is there if the network of the preset is for smaller maps.
            opening = self.stage.window.findChild(QAbstractButton, "train-open-map")
            first = opening.text() if opening is not None and opening.isVisible() else ""
            press = f"“{first}” (undo brings yours back), then Play" if first else "Play"
            return (
                f"Press {press}, and arrows that point everywhere turn into a plan; the guide (F1) "
                "has the rest."
            )
        return (
            "Press Ctrl+L (Plan > Train a network) to open the panel in which a network learns "
            "while your map shows what it makes of it."
        )

    def areas(self) -> list[QRect]:
        """The panel, or the menu that opens it."""
        shown = self.is_done()
        return visible(self.stage.area("dock-train") if shown else self.stage.area_of_menu("Plan"))

    def is_done(self) -> bool:
        """Whether the panel is shown."""
        return self.stage.panel_is_shown("train")

    def do(self) -> None:
        """Open it."""
        self.stage.show_panel("train")


def _failing(stage: Stage) -> int | None:
    """The first start that has a path to a goal and whose trajectory does not reach it."""
    for number, trajectory in enumerate(stage.session.trajectories):
        if trajectory.outcome not in (Outcome.REACHED, Outcome.UNREACHABLE):
            return number
    return None


def _short(model: str) -> str:
    """The name of a model, without its folder."""
    return Path(model).stem
