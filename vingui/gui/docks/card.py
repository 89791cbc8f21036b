"""A model's card, shown as a tooltip and as a non-modal dialog."""

from html import escape
from textwrap import wrap
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vingui.core.architectures import about
from vingui.core.cards import ModelCard
from vingui.core.elevation import STEEPNESS
from vingui.core.grid import GridMap
from vingui.core.phrases import percent
from vingui.core.terrain import STANDARD
from vingui.core.train_settings import ARCHITECTURES, MOUNTAINS
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.docks.panel import plain_table, quiet_label, tabular
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import Label, tip, title_text

_HEADERS: Final = (
    ("Maps of", "The generator or file that the maps are from, and their size"),
    ("Maps", "How many maps"),
    ("Starts", "How many starts were tried: those of the maps, or every free cell"),
    ("Reached", "The share of starts whose greedy trajectory reaches the goal"),
    ("95% interval", "The Wilson confidence interval of that share"),
    ("Optimal", "The share of starts whose trajectory is a shortest path"),
)
_KIND_ADJECTIVES: Final = {
    "obstacles": "obstacle",
    "rooms": "room",
    "caves": "cave",
    "mountains": "mountain",
}
"""Kinds of maps as words before "maps"; the others stay as they are."""

_DIGEST_LENGTH: Final = 12
_WIDTH: Final = 640
_MAX_RESULT_ROWS: Final = 12
_COMMAND_LINE: Final = 72
"""Characters in a line of the command, at most."""


def size_note(card: ModelCard, grid: GridMap) -> str:
    """Note that a model plans on maps of another size than it was trained on.

    Returns:
        The note, or "" if there is none: a dynamic kernel works at any size.
    """
    rows, cols = card.settings.get("rows"), card.settings.get("cols")
    same = (grid.rows, grid.cols) == (rows, cols)
    if card.architecture != "vin" or not (rows and cols) or same:
        return ""
    return f"Trained on {rows}x{cols} maps; this one is {grid.rows}x{grid.cols}"


def summary(card: ModelCard) -> str:
    """Summarise the card in a few lines of rich text, for a tooltip."""
    trained, lines = _trained(card), [card.title, card.rule.title]
    if trained:
        lines.append(f"Trained {trained}")
    if card.results:
        reached = min(row.get("success") or 0.0 for row in card.results)
        worst = "at least " if len(card.results) > 1 else ""
        lines.append(f"{worst}{percent(reached)} of starts reach the goal".capitalize())
    return "<br>".join([f"<b>{escape(card.name)}</b>", *map(escape, lines)])


def _trained(card: ModelCard) -> str:
    settings = card.settings
    maps, rows, cols = (settings.get(name) for name in ("maps", "rows", "cols"))
    if not maps:
        return ""
    # Our cards name the kind of maps; a card from elsewhere may hold anything.
    if type(maps) is int:
        trained_on = f"{maps:,} {rows}x{cols} {'map' if maps == 1 else 'maps'}"
    else:
        kind = _KIND_ADJECTIVES.get(str(maps), str(maps))
        trained_on = " ".join((f"{rows}x{cols}", kind, "maps"))
    return f"on {trained_on}, {card.minutes:z.1f} minutes"


def _learned(card: ModelCard) -> str:
    learned = card.learned
    if "terrain_costs" in learned:
        palette = STEEPNESS if card.settings.get("maps") == MOUNTAINS else STANDARD
        pairs = zip(palette, learned["terrain_costs"], strict=False)
        costs = ", ".join(f"{kind.name} {cost:z.2f} ({kind.cost:zg})" for kind, cost in pairs)
        return f"costs of terrain, with the true ones in brackets: {costs}"
    right, total = (learned.get(name) for name in ("observations_right", "observations"))
    if not total:
        return ""
    costs = ", ".join(f"{cost:z.4f}" for cost in learned.get("costs", ()))
    legal_moves = f"{right} of the {total} arrangements of walls around a cell"
    return f"{legal_moves}; costs of the moves {costs}" if costs else legal_moves


class CardDialog(QDialog):
    """Shows a model's card: how it was trained, what it learned, and how well it plans.

    The dialog is not modal: the window can be used while it is open.

    Args:
        card: the model's card.
        parent: the Qt parent.
        snapshots: which snapshots of its training there are, in words; empty for none.
    """

    def __init__(
        self, card: ModelCard, parent: QWidget | None = None, *, snapshots: str = ""
    ) -> None:
        super().__init__(parent)
        named(self, "card", f"Card of {card.name}", "")
        self.setWindowTitle(f"Model card: {title_text(card.name)}")
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        title = Label(card.title)
        font = title.font()
        font.setBold(True)
        font.setPointSizeF(title.fontInfo().pointSizeF() * 1.2)
        title.setFont(font)
        title.setWordWrap(True)
        column.addWidget(title)
        column.addLayout(_form(card, snapshots))
        if card.results:
            column.addWidget(Label("Results on held-out maps"))
            self.results = _results_table(card.results)
            column.addWidget(self.results)
        else:
            column.addWidget(Label("Not evaluated."))
        column.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        named(close, "card-close", "Close", "Close the card")
        buttons.rejected.connect(self.close)
        # On a screen that is too low for the card, it scrolls, and the button stays in view.
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        # Wide enough for all columns of the results.
        around = 3 * 16 + buttons.sizeHint().height()
        resize_on_screen(self, _WIDTH, column.totalHeightForWidth(_WIDTH - 32) + around)


def _form(card: ModelCard, snapshots: str) -> QGridLayout:
    form = QGridLayout()
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(6)
    form.setColumnStretch(1, 1)
    facts = (
        ("name", "Name", card.name),
        ("architecture", "Architecture", ARCHITECTURES.get(card.architecture, card.architecture)),
        ("moves", "Moves", card.rule.title),
        ("trained", "Trained", _trained(card)),
        ("snapshots", "Snapshots", snapshots.capitalize()),
        ("about", "In short", "\n".join(about(card))),
        ("learned", "Measured", _learned(card)),
        ("weights", "Weights", f"{card.weights:,}"),
        ("machine", "Machine", card.machine),
        ("command", "Made by", _lines(card.command)),
        ("sha256", "SHA-256", f"{card.sha256[:_DIGEST_LENGTH]}…"),
    )
    for row, (key, name, text) in enumerate(facts):
        if text:
            value = named(Label(text), f"card-{key}", name, "")
            value.setToolTip(tip(card.sha256) if key == "sha256" else "")
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if key in ("command", "sha256"):
                value.setFont(_fixed_font(value))
            form.addWidget(quiet_label(name), row, 0, Qt.AlignmentFlag.AlignTop)
            form.addWidget(value, row, 1)
    return form


def _lines(command: str) -> str:
    """Wrap a command with backslashes; the label itself would break it at its hyphens."""
    lines = wrap(command, _COMMAND_LINE, break_on_hyphens=False, break_long_words=False)
    return " \\\n    ".join(lines)


def _fixed_font(label: QLabel) -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(label.fontInfo().pointSizeF())
    return font


def _results_table(results: tuple[dict[str, Any], ...]) -> QTableWidget:
    table = QTableWidget(len(results), len(_HEADERS))
    about = "How well the model plans on each set of maps"
    named(table, "card-results", "Results on held-out maps", about)
    table.setFont(tabular(table.font()))
    plain_table(table)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for column, (name, about) in enumerate(_HEADERS):
        item = QTableWidgetItem(name)
        item.setToolTip(about)
        item.setTextAlignment(_alignment(column) | Qt.AlignmentFlag.AlignVCenter)
        table.setHorizontalHeaderItem(column, item)
    for row, result in enumerate(results):
        for column, text in enumerate(_texts(result)):
            item = QTableWidgetItem(text)
            item.setTextAlignment(_alignment(column) | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(row, column, item)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    line = table.verticalHeader().defaultSectionSize()
    table.setFixedHeight(
        header.sizeHint().height() + min(len(results), _MAX_RESULT_ROWS) * line + 4
    )
    return table


def _alignment(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft


def _texts(result: dict[str, Any]) -> tuple[str, ...]:
    low, high = result.get("success_interval") or (None, None)
    return (
        str(result.get("maps_of", "")),
        _count(result.get("maps")),
        _count(result.get("starts")),
        _share(result.get("success")),
        f"{_share(low)} to {_share(high)}" if low is not None else "",
        _share(result.get("optimal")),
    )


def _count(number: Any) -> str:
    return f"{number:,}" if isinstance(number, int) else ""


def _share(share: Any) -> str:
    return percent(share) if isinstance(share, int | float) else ""
