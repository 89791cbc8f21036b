"""The dialog in which a picture becomes a map."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.importing.crop_view import CropView
from vingui.gui.importing.form import PictureForm
from vingui.gui.importing.import_dialog import ImportDialog
from vingui.gui.importing.picture import ImportedMap, SourcePicture, draft, make_map
from vingui.gui.look.plain_text import Label, RichLabel
from vingui.gui.settings import Settings

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look


class ImportPictureDialog(ImportDialog):
    """Asks which part of a picture becomes a map, and which pixels become walls.

    Args:
        picture: the picture.
        settings: the choices of the last picture.
        look: the colours of the previews.
        parent: the window.
    """

    def __init__(
        self,
        picture: SourcePicture,
        settings: Settings,
        look: "Look",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Open a picture", look, parent)
        self.setObjectName("import-picture")
        rows, cols = picture.grey.shape
        self._picture = picture
        self._crop = CropView(picture.shown, rows=rows, cols=cols, look=look)
        self._form = PictureForm(
            self._crop.whole, suited=picture.suited_longest, settings=settings, look=look
        )
        self._part = RichLabel()
        self._part.setObjectName("part-size")
        self._lay_out()
        self._crop.changed.connect(self._form.set_crop)
        self._form.crop_changed.connect(self._crop.set_crop)
        self._form.changed.connect(self.choices_changed)
        self._form.changed.connect(self._show_part)
        self._show_part()
        self.choices_changed()
        self._form.setFocus()

    def work(self) -> Callable[[], ImportedMap]:
        """Make the map of the crop."""
        return partial(make_map, self._picture, self._form.options(), self._form.costs)

    def draft(self) -> Callable[[], ImportedMap | None]:
        """Make a rough map from some of the pixels."""
        return partial(draft, self._picture, self._form.options(), self._form.costs)

    def remember(self) -> None:
        """Remember the choices for the next picture."""
        self._form.remember()

    def show_result(self, result: ImportedMap) -> None:
        """Show the map, and the histogram of the crop."""
        super().show_result(result)
        if result.counts is not None:
            self._form.threshold.show_greys(result.counts, result.threshold)

    def _lay_out(self) -> None:
        upper = QGridLayout()
        upper.setHorizontalSpacing(16)
        upper.setVerticalSpacing(6)
        upper.addWidget(self._part, 0, 0)
        upper.addWidget(self._result_label, 0, 1)
        upper.addWidget(self._crop, 1, 0)
        upper.addWidget(self._preview, 1, 1)
        upper.setColumnStretch(0, 1)
        upper.setColumnStretch(1, 1)
        upper.setRowStretch(1, 1)
        if self._picture.notes:
            notes = Label(" ".join(self._picture.notes))
            notes.setObjectName("file-notes")
            notes.setWordWrap(True)
            notes.setProperty("quiet", True)
            upper.addWidget(notes, 2, 0, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(upper, 1)
        layout.addWidget(self._form)
        layout.addWidget(self._buttons)
        resize_on_screen(self, 920, 584)

    def _show_part(self) -> None:
        crop, whole = self._form.crop, self._crop.whole
        text = f"{whole.width()} × {whole.height()} pixels (width × height)"
        if crop != whole:
            text = f"{crop.width()} × {crop.height()} of {text}"
        self._part.setText(f"<b>Picture</b>  ·  {text}")
