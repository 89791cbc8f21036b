"""The combo box of models."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from vingui.core.cards import ModelCard, shipped_models
from vingui.core.methods import METHODS
from vingui.core.snapshots import Snapshots
from vingui.core.train_settings import ARCHITECTURES
from vingui.gui.docks.card import summary
from vingui.gui.document.file_names import existing_folder
from vingui.gui.look.plain_text import FileDialog, tip
from vingui.gui.look.theme import Theme
from vingui.gui.session import Session
from vingui.gui.settings import FOLDER, RECENT_MODELS

MODEL_ROLE: Final = Qt.ItemDataRole.UserRole
"""The role of an item's model: the name of a shipped one, or a file."""

_DETAIL: Final = Qt.ItemDataRole.UserRole + 1
OPEN_FILE: Final = "open a file"
"""The value of the item that opens a file dialog; no model or path has this name."""

_INDENT: Final = "\u2003"


class ModelBox(QComboBox):
    """The models to choose from: those shipped, by architecture, and files.

    Args:
        session: the model that plans, and the recent ones.
        trained: returns the files of the models that were trained in the window.
        methods: whether methods without a network are listed too.
    """

    def __init__(
        self,
        session: Session,
        trained: Callable[[], list[str]],
        *,
        methods: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._methods = METHODS if methods else {}
        self._trained = trained
        self._session = session
        self.setObjectName("model-box")
        self.setAccessibleName("Model")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(20)
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setItemDelegate(_ItemDelegate(session.theme, self))

    def fill(self) -> None:
        """List the models and select the current one."""
        current, cards = self._session.model, shipped_models()
        items = self._items
        items.clear()
        for architecture, title in ARCHITECTURES.items():
            items.appendRow(_heading(title))
            for card in sorted(cards, key=_size):
                if card.architecture == architecture:
                    items.appendRow(_shipped_item(card))
        trained = self._trained()
        if trained:
            items.appendRow(_heading("Trained here"))
            for file in trained:
                items.appendRow(_item(Path(file).stem, model=file, detail="trained"))
        known = {card.name for card in cards} | set(trained) | set(self._methods)
        if self._methods:
            items.appendRow(_heading("Without a network"))
        for method in self._methods.values():
            about = tip(method.description)
            items.appendRow(_item(method.title, model=method.name, detail="", about=about))
        recent = self._session.settings.get(RECENT_MODELS)
        files = [file for file in dict.fromkeys((*recent, current)) if file not in known]
        items.appendRow(_heading("Files"))
        for file in files:
            items.appendRow(_file_item(file))
        items.appendRow(_item("Open a model file ...", model=OPEN_FILE, detail=".keras"))
        self.setCurrentIndex(self.findData(current, MODEL_ROLE))
        self.view().setMinimumWidth(self._widest())

    def _widest(self) -> int:
        metrics = self.fontMetrics()
        widths = (
            metrics.horizontalAdvance(self.itemText(row) + (self.itemData(row, _DETAIL) or ""))
            for row in range(self.count())
        )
        return min(max(widths) + 64, 560)


def ask_for_model(parent: QWidget, session: Session) -> QFileDialog:
    """Open a non-blocking dialog in which the file of a session's model is chosen."""

    def choose(file: str) -> None:
        session.settings.set(FOLDER, str(Path(file).parent))
        session.choose_model(file)

    folder = str(existing_folder([session.settings.get(FOLDER)]))
    dialog = FileDialog(parent, "Open a model", folder, "Keras models (*.keras)")
    dialog.setObjectName("open-model")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(choose)
    dialog.open()
    return dialog


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


def _shipped_item(card: ModelCard) -> QStandardItem:
    rows, cols = card.settings.get("rows"), card.settings.get("cols")
    # The paper's VINs differ in the map size that they were trained on, not in their moves.
    detail = f"{rows}x{cols} maps" if card.architecture == "vin" else card.rule.title
    return _item(card.name, model=card.name, detail=detail, about=summary(card))


def _file_item(file: str) -> QStandardItem:
    path = Path(file)
    snapshots = Snapshots.around(path)
    if snapshots is not None:
        text = f"{snapshots.folder.stem}, epoch {snapshots.epoch_of(path)}"
        return _item(text, model=file, detail="snapshot")
    return _item(path.stem, model=file, detail=str(path.parent))


def _size(card: ModelCard) -> int:
    return int(card.settings.get("rows", 0)) if card.architecture == "vin" else 0


def _item(text: str, *, model: str, detail: str, about: str = "") -> QStandardItem:
    item = QStandardItem(text)
    item.setData(model, MODEL_ROLE)
    item.setData(detail, _DETAIL)
    item.setToolTip(about or tip(detail))
    return item


class _ItemDelegate(QStyledItemDelegate):
    """Draws a model's name with its movement rule at the right, and headings in grey."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one line of the list."""
        super().paint(painter, option, index)
        detail = index.data(_DETAIL)
        if detail:
            metrics = option.fontMetrics
            name = metrics.horizontalAdvance(_INDENT + str(index.data()))
            box = option.rect.adjusted(name + 24, 0, -8, 0)
            text = metrics.elidedText(detail, Qt.TextElideMode.ElideMiddle, box.width())
            painter.setPen(QColor(self._theme.look.muted))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, side, text)

    def initStyleOption(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Make headings grey, and indent the items below them."""
        super().initStyleOption(option, index)
        if index.data(_DETAIL) is None:
            for group in (QPalette.ColorGroup.Normal, QPalette.ColorGroup.Disabled):
                colour = QColor(self._theme.look.muted)
                option.palette.setColor(group, QPalette.ColorRole.Text, colour)
        else:
            option.text = _INDENT + option.text

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """A line with some space around it."""
        return QSize(super().sizeHint(option, index).width(), option.fontMetrics.height() + 10)
