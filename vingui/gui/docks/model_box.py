"""The combo box of models."""

from collections.abc import Callable, Iterator, Mapping
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
from vingui.core.methods import METHODS, Method
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
_CHECK_BOX: Final = 20
"""The width of a check box in pixels, with the space beside it."""

_LEAST_DETAIL: Final = 48
"""The least room in pixels in which a detail is shown; less would show only an ellipsis."""


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
        self.setItemDelegate(ItemDelegate(session.theme, self))

    def fill(self) -> None:
        """List the models and select the current one."""
        self._items.clear()
        for item in model_items(self._session, self._trained(), self._methods):
            self._items.appendRow(item)
        about = "Open a model file ..."
        self._items.appendRow(list_item(about, value=OPEN_FILE, detail=".keras"))
        self.setCurrentIndex(self.findData(self._session.model, MODEL_ROLE))
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


def model_items(
    session: Session, trained: list[str], methods: Mapping[str, Method]
) -> Iterator[QStandardItem]:
    """Yield the items of all models, under headings; the last one is "Files", possibly empty.

    Args:
        session: the model that plans, and the recent ones.
        trained: the files of the models that were trained in the window.
        methods: the methods without a network to list, by their names.
    """
    cards = shipped_models()
    for architecture, title in ARCHITECTURES.items():
        yield heading_item(title)
        for card in sorted(cards, key=_size):
            if card.architecture == architecture:
                yield _shipped_item(card)
    if trained:
        yield heading_item("Trained here")
        for file in trained:
            yield list_item(Path(file).stem, value=file, detail="trained")
    known = {card.name for card in cards} | set(trained) | set(methods)
    if methods:
        yield heading_item("Without a network")
    for method in methods.values():
        about, package = tip(method.description), method.extension
        detail = f"{package.package} {package.version}" if package is not None else ""
        yield list_item(method.title, value=method.name, detail=detail, about=about)
    recent = session.settings.get(RECENT_MODELS)
    yield heading_item("Files")
    for file in dict.fromkeys((*recent, session.model)):
        if file not in known:
            yield _file_item(file)


def heading_item(text: str) -> QStandardItem:
    """An item that cannot be chosen."""
    item = QStandardItem(text)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


def _shipped_item(card: ModelCard) -> QStandardItem:
    rows, cols = card.settings.get("rows"), card.settings.get("cols")
    # The paper's VINs differ in the map size that they were trained on, not in their moves.
    detail = f"{rows}x{cols} maps" if card.architecture == "vin" else card.rule.title
    return list_item(card.name, value=card.name, detail=detail, about=summary(card))


def _file_item(file: str) -> QStandardItem:
    path = Path(file)
    snapshots = Snapshots.around(path)
    if snapshots is not None:
        text = f"{snapshots.folder.stem}, epoch {snapshots.epoch_of(path)}"
        return list_item(text, value=file, detail="snapshot")
    return list_item(path.stem, value=file, detail=str(path.parent))


def _size(card: ModelCard) -> int:
    return int(card.settings.get("rows", 0)) if card.architecture == "vin" else 0


def list_item(text: str, *, value: str, detail: str, about: str = "") -> QStandardItem:
    """An item with a detail at the right; `value` is its data of `MODEL_ROLE`."""
    item = QStandardItem(text)
    item.setData(value, MODEL_ROLE)
    item.setData(detail, _DETAIL)
    item.setToolTip(about or tip(detail))
    return item


class ItemDelegate(QStyledItemDelegate):
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
            checked = index.data(Qt.ItemDataRole.CheckStateRole) is not None
            box = option.rect.adjusted(name + 24 + (_CHECK_BOX if checked else 0), 0, -8, 0)
            if box.width() < _LEAST_DETAIL:
                return
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
