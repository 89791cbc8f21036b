"""The inspector: one cell's place on the map, its value, q-values and policy."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from vingui.core.grid import Cell, GridMap
from vingui.core.map_edits import WALL, material_at
from vingui.core.moves import ACTION_NAMES
from vingui.core.phrases import place
from vingui.core.planner_protocol import PolicyReadout
from vingui.core.run import Run
from vingui.core.ticks import minus
from vingui.gui.docks.compass import (
    ARROWS,
    MOST_ROWS,
    ActionList,
    Compass,
    Direction,
    Row,
)
from vingui.gui.docks.panel import DockPanel, empty_page, quiet_label, tabular
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import Label
from vingui.gui.session import Session

_EMPTY: Final = "Move the mouse over the map, or use the arrow keys."
_HOW_TO_PIN: Final = "Click in the value view, or press Enter, to pin a cell here."
_HOW_TO_UNPIN: Final = "Pinned. Click the cell again, or press Escape, to unpin it."
_UNKNOWN: Final = "…"
_NONE: Final = "–"
_TIE: Final = 1e-4

_ABOUT_EXACT: Final = (
    "The exact cost-to-go: the length of a shortest path, in cells, and in metres if the map "
    "has a resolution; with terrain, what the best path costs"
)
_ABOUT_DIFFERENCE: Final = (
    "V plus the exact cost-to-go: 0 where V is exact. Only the values of a network with a dynamic "
    "kernel are costs; those of the paper's VIN are on another scale."
)
_FIELDS: Final = (
    ("terrain", "Terrain", "The kind of terrain of the cell, and its cost per unit of length"),
    ("worth", "Goal's value", "What reaching the goal in this cell is worth"),
    ("value", "V", "The value of the cell at the iteration under the playhead"),
    ("exact", "Cost-to-go", _ABOUT_EXACT),
    ("difference", "Difference", _ABOUT_DIFFERENCE),
    ("optimal", "Optimal", "Every action that is the first of a shortest path"),
    ("greedy", "Greedy", "The action that the policy takes at this iteration"),
)
_ON_SOME_MAPS: Final = ("terrain", "worth")
"""Fields that are only shown where the map has terrain or goals of different value."""


@dataclass(frozen=True)
class Inspection:
    """The texts and numbers that the inspector shows for a cell.

    Attributes:
        title: the cell's place and what is there.
        k: the iteration of the values; 0 if there are none.
        terrain: the cell's kind and its cost; "" on a map without terrain.
        worth: the value of the goal in the cell; "" on a map whose goals have none.
        value: V_k.
        number: V_k as a number; `nan` if there is none.
        exact: the exact cost-to-go.
        difference: V_k plus the exact cost-to-go.
        optimal: the optimal actions.
        greedy: the policy's action.
        directions: what the compass shows.
        header: the titles of the list's columns.
        rows: the rows of the list.
    """

    title: str
    k: int = 0
    terrain: str = ""
    worth: str = ""
    value: str = _NONE
    number: float = math.nan
    exact: str = _NONE
    difference: str = _NONE
    optimal: str = _NONE
    greedy: str = _NONE
    directions: tuple[Direction, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def inspect(grid: GridMap, run: Run | None, k: int, cell: Cell) -> Inspection | None:
    """Describe a cell.

    Args:
        grid: the map.
        run: the plan that is shown, which may be of an older map.
        k: the iteration under the playhead.
        cell: the cell.

    Returns:
        `None` for a cell outside the map.
    """
    if not (cell[0] < grid.rows and cell[1] < grid.cols):
        return None
    where = place(cell)
    title = f"{where[0].upper()}{where[1:]} · {_kind(grid, cell)}"
    terrain, worth = _terrain(grid, cell), _worth(grid, cell)
    known = (
        run is not None
        and run.grid.walls.shape == grid.walls.shape
        and run.grid.walls[cell] == grid.walls[cell]
    )
    if run is None or not known or grid.walls[cell] or not 1 <= k <= run.latest:
        return Inspection(title, terrain=terrain, worth=worth)
    kept, value, readout = run.nearest(k), run.value(cell, k), run.readouts.of_cell(k, cell)
    costs = values_are_costs(run)
    directions = _directions(run, readout, cell)
    latent = _latent_rows(readout, cell) if costs is False else ()
    return Inspection(
        title=title,
        k=kept,
        terrain=terrain,
        worth=worth,
        number=value if np.isfinite(value) else math.nan,
        value=_number(value) if np.isfinite(value) else "not reached yet",
        exact=_exact(run, cell),
        difference=_difference(run, costs, value, cell),
        optimal=_optimal(run, directions, cell),
        greedy=_greedy(run, readout, cell),
        directions=directions,
        header=("latent", "q") if costs is False else ("", "q", "p %"),
        rows=latent if costs is False else tuple(_row(one) for one in directions),
    )


def compared(other: Inspection, pinned: Inspection) -> str:
    """Describe a second cell in two short lines, comparing its value with the pinned one's."""
    cell = other.title.split(" · ")[0]
    if not other.k:
        return f"{cell}: no value"
    difference = other.number - pinned.number
    against = f" ({_signed(difference)})" if math.isfinite(difference) else ""
    return f"{cell}: V {other.value}{against}\ncost-to-go {other.exact}, greedy {other.greedy}"


def _kind(grid: GridMap, cell: Cell) -> str:
    if cell in grid.goals:
        return "goal"
    if cell in grid.starts:
        return f"start {grid.starts.index(cell) + 1}"
    return "wall" if grid.walls[cell] else "free"


def _terrain(grid: GridMap, cell: Cell) -> str:
    if grid.terrain is None and not grid.has_costs:
        return ""
    material = material_at(grid, cell)
    if material == WALL:
        return _NONE
    kind = grid.palette[material]
    return f"{kind.name}, cost {kind.cost:zg}"


def _worth(grid: GridMap, cell: Cell) -> str:
    if not grid.goal_values:
        return ""
    value = grid.valued_goals.get(cell)
    return _NONE if value is None else minus(f"{value:zg}")


def values_are_costs(run: Run) -> bool | None:
    """Whether V is minus a cost and each latent action is a move, as with a dynamic kernel.

    A dynamic kernel's reward has a channel per action, the paper's VIN has a single channel.

    Returns:
        `None` while unknown.
    """
    channels = run.readouts.reward_channels
    return channels == run.rule.n_actions if channels else None


def _number(number: float) -> str:
    size = abs(number)
    text = f"{number:z.2f}" if size < 100 else f"{number:z.1f}" if size < 1000 else f"{number:z.0f}"
    return minus(text)


def _signed(difference: float) -> str:
    # Adding 0.0 turns -0.0, which would be shown as "−0.00", into 0.0.
    difference = round(difference, 2) + 0.0
    return f"{'+' if difference > 0 else ''}{_number(difference)}"


def _exact(run: Run, cell: Cell) -> str:
    if run.oracle is None:
        return _UNKNOWN
    cost, frame = float(run.oracle.cost_to_go[cell]), run.grid.frame
    if not np.isfinite(cost):
        return "no path"
    if frame is None or run.grid.is_costly:
        return _number(cost)
    metres = f" ({_number(cost * frame.resolution)} m)"
    return f"{_number(cost)}{metres}"


def _difference(run: Run, costs: bool | None, value: float, cell: Cell) -> str:
    if run.oracle is None or costs is None:
        return _UNKNOWN
    if not costs:
        return "on another scale"
    cost = float(run.oracle.cost_to_go[cell])
    if not (np.isfinite(cost) and np.isfinite(value)):
        return _NONE
    return _signed(value + cost)


def _optimal(run: Run, directions: tuple[Direction, ...], cell: Cell) -> str:
    if run.oracle is None:
        return _UNKNOWN
    if cell in run.grid.goals:
        return "at the goal"
    names = [direction.name for direction in directions if direction.optimal]
    return "  ".join(f"{ARROWS[name]} {name}" for name in names) or _NONE


def _greedy(run: Run, readout: PolicyReadout | None, cell: Cell) -> str:
    if readout is None:
        return _UNKNOWN
    _, policy = readout.at(cell)
    if not policy.any():
        return "at the goal" if cell in run.grid.goals else "none yet"
    name = ACTION_NAMES[policy.argmax()]
    return f"{ARROWS[name]} {name}"


def _directions(run: Run, readout: PolicyReadout | None, cell: Cell) -> tuple[Direction, ...]:
    row, col = cell
    around = run.grid.walls[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2]
    legal = run.rule.legal(around)[min(row, 1), min(col, 1)]
    optimal = run.oracle.optimal[cell] if run.oracle is not None else np.zeros_like(legal)
    q, policy = readout.at(cell) if readout is not None else (None, None)
    if not values_are_costs(run):
        q = None
    likely = policy.max() - _TIE if policy is not None and policy.any() else np.inf
    return tuple(
        Direction(
            name=ACTION_NAMES[action],
            legal=bool(legal[action]),
            optimal=bool(optimal[action]),
            likeliest=policy is not None and bool(policy[action] >= likely),
            probability=None if policy is None else float(policy[action]),
            q=None if q is None else float(q[action]),
        )
        for action in range(run.rule.n_actions)
    )


def _row(direction: Direction) -> Row:
    name, q, share = direction.name, direction.q, direction.probability
    return Row(
        (
            f"{ARROWS[name]} {name}",
            _q_text(q),
            _UNKNOWN if share is None else f"{share * 100:z.0f}",
        ),
        dotted=direction.optimal,
        strong=direction.likeliest,
        muted=not direction.legal,
    )


def _latent_rows(readout: PolicyReadout | None, cell: Cell) -> tuple[Row, ...]:
    if readout is None:
        return ()
    q = readout.at(cell)[0][:MOST_ROWS].tolist()
    return tuple(
        Row((str(action), _q_text(number)), strong=number == max(q))
        for action, number in enumerate(q)
    )


def _q_text(q: float | None) -> str:
    if q is None:
        return _UNKNOWN
    return _number(q) if np.isfinite(q) else _NONE


class Inspector(DockPanel):
    """Shows the pinned cell, or else the cell under the mouse or the cell cursor.

    While a cell is pinned, two lines compare the cell under the mouse with it.

    Args:
        session: the map and the run that are inspected.
        parent: the Qt parent.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "inspector", "Inspector", parent)
        self.shown: Inspection | None = None
        self.compass = Compass(session.theme)
        self.listing = ActionList(session.theme)
        self._title = named(Label(), "inspector-title", "", "")
        self._value_name = quiet_label()
        self._texts: dict[str, QLabel] = {}
        self._names: dict[str, QLabel] = {}
        self._note = named(quiet_label(_HOW_TO_PIN), "inspector-beside", "", "")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(empty_page("inspector-empty", _EMPTY))
        self._pages.addWidget(self._page())
        self.refresh_after(
            session.inspected_changed,
            session.pinned_changed,
            session.values_changed,
            session.run_changed,
            session.document.changed,
        )

    def _page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        bold = self._title.font()
        bold.setBold(True)
        self._title.setFont(bold)
        column.addWidget(self._title)
        column.addLayout(self._fields())
        note = self._note
        note.setWordWrap(True)
        note.setFont(tabular(note.font()))
        note.setAlignment(Qt.AlignmentFlag.AlignTop)
        # In a low window, the note is the first to shrink.
        note.setMinimumHeight(1)
        note.setMaximumHeight(2 * self.fontMetrics().lineSpacing())
        note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column.addWidget(note)
        both = QHBoxLayout()
        both.setSpacing(8)
        both.addWidget(self.compass, 0, Qt.AlignmentFlag.AlignTop)
        both.addWidget(self.listing, 1)
        column.addLayout(both)
        column.addStretch(1)
        return page

    def _fields(self) -> QGridLayout:
        fields = QGridLayout()
        fields.setHorizontalSpacing(12)
        fields.setVerticalSpacing(2)
        fields.setColumnStretch(1, 1)
        for row, (key, name, about) in enumerate(_FIELDS):
            label = self._value_name if key == "value" else quiet_label(name)
            text = named(Label(), f"inspector-{key}", name, about)
            text.setFont(tabular(text.font()))
            # The texts change with every move of the mouse, so a wide one must not shift others.
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            label.setToolTip(about)
            self._names[key] = label
            if key in _ON_SOME_MAPS:
                label.hide()
                text.hide()
            for column, widget in enumerate((label, text)):
                widget.setFixedHeight(widget.fontMetrics().height() + 2)
                fields.addWidget(widget, row, column)
            self._texts[key] = text
        widest = self.fontMetrics().horizontalAdvance("V at k = 88,888")
        fields.setColumnMinimumWidth(0, widest)
        return fields

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Narrower, and without the note and the spare rows of the list."""
        spare = self.listing.spare_height + self._note.maximumHeight()
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height() - spare)

    def refresh(self) -> None:
        """Show the session's current state."""
        session = self.session
        pinned, pointed = session.pinned, session.inspected
        self.shown = shown = self._inspect(pinned if pinned is not None else pointed)
        self._pages.setCurrentIndex(1 if shown else 0)
        if not shown:
            return
        self._title.setText(shown.title)
        note = _HOW_TO_PIN if pinned is None else _HOW_TO_UNPIN
        other = self._inspect(pointed) if pinned is not None and pointed != pinned else None
        if other is not None:
            note = compared(other, shown)
        self._note.setText(note)
        self._note.setToolTip(note)
        self._value_name.setText(f"V at k = {shown.k:,}" if shown.k else "V")
        for key, label in self._texts.items():
            label.setText(getattr(shown, key))
        for key in _ON_SOME_MAPS:
            for label in (self._names[key], self._texts[key]):
                label.setVisible(bool(getattr(shown, key)))
        self.compass.show_directions(shown.directions)
        self.listing.show_rows(shown.header, shown.rows)

    def _inspect(self, cell: Cell | None) -> Inspection | None:
        session = self.session
        if cell is None:
            return None
        return inspect(session.document.grid, session.run, session.k, cell)
