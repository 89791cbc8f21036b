"""A model's card: as a tooltip, and as a window beside the others."""

from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
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

from vingui.core.phrases import counted, percent
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.docks.compass import tabular
from vingui.gui.look.plain_text import Label, tip, title_text

if TYPE_CHECKING:
    from vingui.core.cards import ModelCard
    from vingui.core.grid import GridMap

ARCHITECTURES: Final = {"dynamic": "Dynamic transition kernel", "vin": "The paper's VIN"}
_HEADERS: Final = (
    ("Maps of", "The generator or file, and the size of its maps"),
    ("Maps", "How many maps"),
    ("Starts", "How many starts: those of the maps, or all free cells"),
    ("Reached", "The share of starts whose greedy trajectory reaches the goal"),
    ("95% interval", "The confidence interval of that share, after Wilson"),
    ("Optimal", "The share of starts whose trajectory is as short as any"),
)
_SHORT: Final = 12
_WIDTH: Final = 640
_MOST_MARKS: Final = 12
_COMMAND: Final = 72
"""Characters of a line of the command."""

ALIGNED_HEADER: Final = "QHeaderView::section { padding: 4px 3px; }"
"""A table's headings above its numbers, whose padding no style sheet changes."""


def fits(card: "ModelCard", grid: "GridMap") -> str:
    """What there is to remark where a model plans on a map unlike those that it was trained on.

    Returns:
        Words, or "" where there is nothing to remark: a dynamic kernel knows no size.
    """
    rows, cols = card.settings.get("rows"), card.settings.get("cols")
    same = (grid.rows, grid.cols) == (rows, cols)
    if card.architecture != "vin" or not (rows and cols) or same:
        return ""
    return f"trained on {rows}x{cols} maps; this one is {grid.rows}x{grid.cols}"


def summary(card: "ModelCard") -> str:
    """The card in a few lines of rich text, for a tooltip."""
    trained, lines = _trained(card), [card.title, card.rule.title]
    if trained:
        lines.append(f"Trained {trained}")
    if card.marks:
        reached = min(mark.get("success") or 0.0 for mark in card.marks)
        worst = "at least " if len(card.marks) > 1 else ""
        lines.append(f"{worst}{percent(reached)} of starts reach the goal".capitalize())
    return "<br>".join([f"<b>{escape(card.name)}</b>", *map(escape, lines)])


def _trained(card: "ModelCard") -> str:
    settings = card.settings
    maps, rows, cols = (settings.get(name) for name in ("maps", "rows", "cols"))
    if not maps:
        return ""
    # Cards name the kind of maps; a foreign one may hold anything.
    kind = counted(maps, "map") if type(maps) is int else f"{maps!s} maps"
    return f"on {kind} of {rows}x{cols}, {card.minutes:z.1f} minutes"


def _learned(card: "ModelCard") -> str:
    learned = card.learned
    right, observations = (learned.get(name) for name in ("observations_right", "observations"))
    if not observations:
        return ""
    costs = ", ".join(f"{cost:z.4f}" for cost in learned.get("costs", ()))
    said = f"{right} of the {observations} arrangements of walls around a cell"
    return f"{said}; costs of the moves {costs}" if costs else said


class CardDialog(QDialog):
    """What is known about a model: how it was made, what it learned, and its marks.

    It stays open beside the window and blocks nothing.

    Args:
        card: the model's.
    """

    def __init__(self, card: "ModelCard", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(f"Card of {card.name}")
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
        column.addLayout(_form(card))
        if card.marks:
            column.addWidget(Label("Marks on maps that it never saw"))
            self.marks = _marks_table(card.marks)
            column.addWidget(self.marks)
        else:
            column.addWidget(Label("It has no marks."))
        column.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("card-close")
        close.setAccessibleName("Close")
        close.setToolTip("Close the card")
        buttons.rejected.connect(self.close)
        # Scrolled where the screen is lower than the card, with the button below.
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        # Room for the marks' columns.
        around = 3 * 16 + buttons.sizeHint().height()
        resize_on_screen(self, _WIDTH, column.totalHeightForWidth(_WIDTH - 32) + around)


def _form(card: "ModelCard") -> QGridLayout:
    form = QGridLayout()
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(6)
    form.setColumnStretch(1, 1)
    facts = (
        ("name", "Name", card.name),
        ("architecture", "Architecture", ARCHITECTURES.get(card.architecture, card.architecture)),
        ("moves", "Moves", card.rule.title),
        ("trained", "Trained", _trained(card)),
        ("learned", "Learned", _learned(card)),
        ("weights", "Weights", f"{card.weights:,}"),
        ("machine", "Machine", card.machine),
        ("command", "Made by", _lines(card.command)),
        ("sha256", "SHA-256", f"{card.sha256[:_SHORT]}…"),
    )
    for row, (key, name, text) in enumerate(facts):
        if text:
            label, value = Label(name), _value(key, text)
            label.setProperty("quiet", True)
            value.setAccessibleName(name)
            value.setToolTip(tip(card.sha256) if key == "sha256" else "")
            form.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            form.addWidget(value, row, 1)
    return form


def _lines(command: str) -> str:
    """The command in lines that a shell takes as one; a label would break it at its hyphens."""
    lines = wrap(command, _COMMAND, break_on_hyphens=False, break_long_words=False)
    return " \\\n    ".join(lines)


def _value(key: str, text: str) -> QLabel:
    value = Label(text)
    value.setObjectName(f"card-{key}")
    value.setWordWrap(True)
    value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if key in ("command", "sha256"):
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(value.fontInfo().pointSizeF())
        value.setFont(font)
    return value


def _marks_table(marks: tuple[dict[str, Any], ...]) -> QTableWidget:
    table = QTableWidget(len(marks), len(_HEADERS))
    table.setObjectName("card-marks")
    table.setAccessibleName("Marks")
    table.setToolTip("How well the model plans on each set of maps")
    table.setFont(tabular(table.font()))
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
    for column, (name, about) in enumerate(_HEADERS):
        item = QTableWidgetItem(name)
        item.setToolTip(about)
        item.setTextAlignment(_side(column) | Qt.AlignmentFlag.AlignVCenter)
        table.setHorizontalHeaderItem(column, item)
    for row, mark in enumerate(marks):
        for column, text in enumerate(_texts(mark)):
            item = QTableWidgetItem(text)
            item.setTextAlignment(_side(column) | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(row, column, item)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setStyleSheet(ALIGNED_HEADER)
    line = table.verticalHeader().defaultSectionSize()
    table.setFixedHeight(header.sizeHint().height() + min(len(marks), _MOST_MARKS) * line + 4)
    return table


def _side(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft


def _texts(mark: dict[str, Any]) -> tuple[str, ...]:
    low, high = mark.get("success_interval") or (None, None)
    return (
        str(mark.get("maps_of", "")),
        _count(mark.get("maps")),
        _count(mark.get("starts")),
        _share(mark.get("success")),
        f"{_share(low)} to {_share(high)}" if low is not None else "",
        _share(mark.get("optimal")),
    )


def _count(number: Any) -> str:
    return f"{number:,}" if isinstance(number, int) else ""


def _share(share: Any) -> str:
    return percent(share) if isinstance(share, int | float) else ""
