"""The picture of what is seen, saved as PNG or copied, at a scale of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vingui.core.errors import VinguiError
from vingui.gui import background
from vingui.gui.settings import EXPORT_SCALE, EXPORT_WHAT, FOLDER
from vingui.gui.snapshot import Piece, check_size, picture_of, pieces, render, shown, size_of, write

if TYPE_CHECKING:
    from vingui.gui.canvas.value_panel import ValuePanel
    from vingui.gui.session import Session

_KEY: Final = "picture"
_CHOICES: Final = {
    "map": ("&Map", "The map alone"),
    "value": ("&Value function", "The value view with its colour bar"),
    "both": ("&Both", "Map and value view side by side"),
}


def copy_picture(session: "Session", map_view: QWidget, value_panel: "ValuePanel") -> None:
    """Put the picture on the clipboard, as the dialog was last set."""
    what = session.settings.get(EXPORT_WHAT)
    try:
        image = picture_of(session, pieces(what, map_view, value_panel))
    except VinguiError as error:
        session.notify(str(error), kind="error", key=_KEY)
        return
    QGuiApplication.clipboard().setImage(image)
    session.notify(f"The picture is on the clipboard, {shown(image.size())}.", key=_KEY)


class ExportPictureDialog(QDialog):
    """Asks what the picture shows and at which scale, and saves or copies it.

    Args:
        session: what is shown; tells how saving went.
        map_view: the map.
        value_panel: the value view with its colour bar.
        parent: the window.
    """

    def __init__(
        self,
        session: "Session",
        map_view: QWidget,
        value_panel: "ValuePanel",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export-picture")
        self.setWindowTitle("Export picture")
        self._session = session
        self._views = map_view, value_panel
        self._what = self._make_what(session.settings.get(EXPORT_WHAT))
        self._scale = self._make_scale(session.settings.get(EXPORT_SCALE))
        self._size = QLabel(self)
        self._size.setObjectName("picture-size")
        self._size.setWordWrap(True)
        self._size.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self._size.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._preview = _Picture(self)
        self._buttons = self._make_buttons()
        self._lay_out()
        self._what.idToggled.connect(self._take_what)
        self._scale.valueChanged.connect(self._take_scale)
        self._show_size()
        self._show_picture()
        self._scale.setFocus()

    def save(self, path: Path) -> None:
        """Save the picture; the window's message bar tells how it went."""
        try:
            image = picture_of(self._session, self._parts())
        except VinguiError as error:
            self._tell(error)
            return
        self._session.settings.set(FOLDER, str(path.parent))
        session = self._session

        def done(_: None) -> None:
            session.notify(f"Saved {path.name}, {shown(image.size())}.", key=_KEY)

        # The session's, as the dialog is closed by then.
        background.run(
            lambda: write(image, path), done=done, failed=_teller(session), parent=session
        )
        self.accept()

    def file_name(self) -> str:
        """The name that the file dialog proposes."""
        title = "".join(
            mark if mark.isprintable() and mark not in '/\\:*?"<>|' else "-"
            for mark in self._session.document.title
        )
        if self._chosen() == "map":
            return f"{title}.png"
        return f"{title} k={self._session.k}.png"

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(12)
        choices = QVBoxLayout()
        choices.setSpacing(8)
        for button in self._what.buttons():
            choices.addWidget(button)
        form.addRow("Shows", choices)
        form.addRow("&Scale", self._scale)
        form.addRow("Size", self._size)
        beside = QWidget(self)
        beside.setLayout(form)
        beside.setFixedWidth(232)
        form.setContentsMargins(0, 0, 0, 0)
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addWidget(beside)
        upper.addWidget(self._preview, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(upper, 1)
        layout.addWidget(self._buttons)
        self.resize(800, 400)

    def _make_what(self, chosen: str) -> QButtonGroup:
        group = QButtonGroup(self)
        for place, (name, (text, tip)) in enumerate(_CHOICES.items()):
            button = QRadioButton(text, self)
            button.setObjectName(f"what-{name}")
            button.setAccessibleName(f"Shows: {text.replace('&', '').lower()}")
            button.setToolTip(tip)
            button.setChecked(name == chosen)
            group.addButton(button, place)
        return group

    def _make_scale(self, value: int) -> QSpinBox:
        field = QSpinBox(self)
        field.setObjectName("scale")
        field.setAccessibleName("Scale")
        field.setToolTip("Pixels of the picture for each of the screen")
        field.setRange(int(EXPORT_SCALE.low), int(EXPORT_SCALE.high))
        field.setSuffix("×")
        field.setValue(value)
        return field

    def _make_buttons(self) -> QDialogButtonBox:
        roles = QDialogButtonBox.ButtonRole
        buttons = QDialogButtonBox(self)
        rows: tuple[tuple[str, str, QDialogButtonBox.ButtonRole, str, Callable[[], Any]], ...] = (
            ("Sa&ve...", "save", roles.AcceptRole, "Save as a PNG file", self._choose_file),
            ("&Copy", "copy", roles.ActionRole, "Copy to the clipboard", self._copy),
            ("Close", "close", roles.RejectRole, "Make no picture", self.reject),
        )
        for text, name, role, tip, slot in rows:
            button = buttons.addButton(text, role)
            button.setObjectName(name)
            button.setAccessibleName(text.replace("&", "").removesuffix("..."))
            button.setToolTip(tip)
            button.setAutoDefault(name == "save")
            button.setDefault(name == "save")
            button.clicked.connect(slot)
        return buttons

    def _chosen(self) -> str:
        return list(_CHOICES)[self._what.checkedId()]

    def _parts(self) -> list[Piece]:
        return pieces(self._chosen(), *self._views)

    def _take_what(self, _place: int, checked: bool) -> None:
        if checked:
            self._session.settings.set(EXPORT_WHAT, self._chosen())
            self._show_size()
            self._show_picture()

    def _take_scale(self, scale: int) -> None:
        self._session.settings.set(EXPORT_SCALE, scale)
        self._show_size()

    def _show_size(self) -> None:
        size = size_of(self._parts(), self._scale.value())
        said, fits = shown(size), True
        try:
            check_size(size)
        except VinguiError as error:
            said, fits = str(error), False
        self._size.setText(said)
        for button in self._buttons.buttons():
            button.setEnabled(fits or button.objectName() == "close")

    def _show_picture(self) -> None:
        behind = self._session.theme.look.window
        self._preview.show_picture(render(self._parts(), 1, behind=behind))

    def _choose_file(self) -> None:
        pictures = QStandardPaths.StandardLocation.PicturesLocation
        folder = self._session.settings.get(FOLDER) or QStandardPaths.writableLocation(pictures)
        dialog = QFileDialog(self, "Save the picture", folder, "PNG picture (*.png)")
        dialog.setObjectName("save-picture")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(self.file_name())
        if dialog.exec():
            self.save(Path(dialog.selectedFiles()[0]))

    def _copy(self) -> None:
        copy_picture(self._session, *self._views)
        self.accept()

    def _tell(self, error: Exception) -> None:
        _teller(self._session)(error)


def _teller(session: "Session") -> Callable[[Exception], None]:
    def tell(error: Exception) -> None:
        if not isinstance(error, VinguiError):
            raise error
        session.notify(str(error), kind="error", key=_KEY)

    return tell


class _Picture(QLabel):
    """A picture, made smaller to fit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("preview")
        self.setAccessibleName("Preview")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(240, 160)
        self._picture = QImage()

    def show_picture(self, picture: QImage) -> None:
        """Show another one."""
        self._picture = picture
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit it anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._picture.isNull():
            return
        dpr = self.devicePixelRatioF()
        room = (self.size() * dpr).boundedTo(self._picture.size())
        fitted = self._picture.scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(dpr)
        self.setPixmap(QPixmap.fromImage(fitted))
