"""A picture becomes a map: the part that is taken and what is wall, with the map beside it."""

from collections.abc import Callable
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from vingui.core.phrases import percent
from vingui.gui.canvas.thumbnail import Preview
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.importing.crop_view import CropView
from vingui.gui.importing.form import PictureForm
from vingui.gui.importing.live_preview import LivePreview
from vingui.gui.importing.picture import ImportedMap, Picture, draft, made
from vingui.gui.look.buttons import dialog_buttons
from vingui.gui.look.plain_text import Label, RichLabel
from vingui.gui.settings import Settings

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look


class ImportPictureDialog(QDialog):
    """Asks how a picture becomes a map.

    Args:
        picture: what was read.
        settings: remember the choices.
        look: the colours of the previews.
        parent: the window.
    """

    def __init__(
        self, picture: Picture, settings: Settings, look: "Look", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("import-picture")
        self.setWindowTitle("Open a picture")
        rows, cols = picture.grey.shape
        self._picture = picture
        self._crop = CropView(picture.shown, rows=rows, cols=cols, look=look, parent=self)
        self._form = PictureForm(
            self._crop.whole,
            suited=picture.suited_longest,
            settings=settings,
            look=look,
            parent=self,
        )
        self._preview = Preview(look, self)
        self._preview.setAccessibleName("The map that comes of it")
        self._preview.setMinimumSize(200, 160)
        self._part, self._result = RichLabel(parent=self), RichLabel(parent=self)
        self._part.setObjectName("part-size")
        self._result.setObjectName("result-size")
        self._result.setWordWrap(True)
        self._buttons = dialog_buttons(self, "Open &map", tip="Open the map that comes of it")
        self._live = LivePreview(
            self._work,
            draft=self._draft,
            show=self._show,
            tell=self._tell,
            slow=lambda: self._preview.say("Working …"),
            parent=self,
        )
        self._lay_out()
        self._crop.changed.connect(lambda: self._form.set_crop(self._crop.crop))
        self._form.crop_changed.connect(self._on_crop_changed)
        self._form.changed.connect(self._live.change)
        self._form.changed.connect(self._show_part)
        self._show_part()
        self._live.change()
        self._form.setFocus()

    def made(self) -> ImportedMap | None:
        """The map of the choices as they are, with what was done; `None` while it is not there."""
        result: ImportedMap | None = self._live.result
        return result

    def accept(self) -> None:
        """Take the map as soon as it is there."""
        self._live.then(super().accept)

    def done(self, result: int) -> None:
        """Remember the choices, and stop working."""
        if result == QDialog.DialogCode.Accepted:
            self._form.remember()
        self._live.stop()
        super().done(result)

    def _lay_out(self) -> None:
        upper = QGridLayout()
        upper.setHorizontalSpacing(16)
        upper.setVerticalSpacing(6)
        for col, (view, label) in enumerate(
            ((self._crop, self._part), (self._preview, self._result))
        ):
            upper.addWidget(label, 0, col)
            upper.addWidget(view, 1, col)
            upper.setColumnStretch(col, 1)
        upper.setRowStretch(1, 1)
        if self._picture.notes:
            upper.addWidget(self._about_file(), 2, 0, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(upper, 1)
        layout.addWidget(self._form)
        layout.addWidget(self._buttons)
        resize_on_screen(self, 920, 584)

    def _about_file(self) -> Label:
        label = Label(" ".join(self._picture.notes), self)
        label.setObjectName("file-notes")
        label.setWordWrap(True)
        label.setProperty("quiet", True)
        return label

    def _work(self) -> Callable[[], ImportedMap]:
        return partial(made, self._picture, self._form.options())

    def _draft(self) -> Callable[[], ImportedMap | None]:
        return partial(draft, self._picture, self._form.options())

    def _on_crop_changed(self, crop: QRect) -> None:
        self._crop.set_crop(crop)

    def _show_part(self) -> None:
        rows, cols = self._picture.grey.shape
        crop = self._crop.crop
        said = f"{cols} × {rows} pixels (width × height)"
        if crop != self._crop.whole:
            said = f"{crop.width()} × {crop.height()} of {said}"
        self._part.setText(f"<b>Picture</b>  ·  {said}")

    def _show(self, result: ImportedMap) -> None:
        grid = result.grid
        self._preview.say("")
        self._preview.show_map(grid)
        free = percent(float(grid.free.mean()))
        size = f"{grid.rows} × {grid.cols} cells (rows × columns)"
        self._result.setText(f"<b>Map</b>  ·  {size}, {free} free")
        if result.counts is not None:
            self._form.threshold.show_greys(result.counts, result.threshold)
        self._buttons.buttons()[0].setEnabled(True)

    def _tell(self, why: str) -> None:
        self._preview.say("")
        self._preview.show_map(None)
        self._result.setText(f"<b>No map</b>  ·  {escape(why)}")
        self._buttons.buttons()[0].setEnabled(False)
