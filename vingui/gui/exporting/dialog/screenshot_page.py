"""The screenshot page of the export dialog."""

from dataclasses import replace

from vingui.core.errors import VinguiError
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import Export
from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.dialog.page import PreviewPage
from vingui.gui.exporting.screenshot import check_size, paint, pixels_text, size_of
from vingui.gui.look.fields import add_row, choice, group, show_value, whole


class ScreenshotPage(PreviewPage):
    """Exports a picture of one or both views at any scale.

    Args:
        exporting: saves and copies it.
    """

    def __init__(self, exporting: Exporting) -> None:
        super().__init__(exporting, "screenshot-size")
        tip = "The views in the picture; the value view has its colour bar"
        self._what = choice("what", "Shows", tip, entries.EXPORT_WHAT.titled_choices)
        low, high = int(entries.EXPORT_SCALE.low), int(entries.EXPORT_SCALE.high)
        tip = "Pixels of the picture per pixel of the screen"
        self._scale = whole("scale", "Scale", tip, low=low, high=high)
        self._scale.setSuffix("×")
        self._fits = True
        box, form = group("Picture")
        add_row(form, "S&hows", self._what)
        add_row(form, "&Scale", self._scale)
        self._lay_out(box)
        settings = self._session.settings
        self._what.show_value(settings.get(entries.EXPORT_WHAT))
        show_value(self._scale, settings.get(entries.EXPORT_SCALE))
        self._what.activated.connect(self._on_edited)
        self._scale.valueChanged.connect(self._on_edited)

    @property
    def can_copy(self) -> bool:
        """Whether the picture is small enough."""
        return self._fits

    def export(self) -> Export | None:
        """Return the export that is chosen; `None` if the picture would be too large."""
        return Export("screenshot", ".png") if self._fits else None

    def copy(self) -> None:
        """Copy the picture."""
        self._exporting.copy_screenshot()

    def reset(self) -> None:
        """Go back to the defaults."""
        self._what.show_value(entries.EXPORT_WHAT.default)
        show_value(self._scale, entries.EXPORT_SCALE.default)
        self._on_edited()

    def enter(self) -> None:
        """Show the views in the preview, at the screen's scale."""
        state = self._exporting.view_state()
        size = size_of(state)
        text, self._fits = pixels_text(size), True
        try:
            check_size(size)
        except VinguiError as error:
            text, self._fits = str(error), False
        self._size.setText(text)
        session = self._session
        image, _ = paint(replace(state, scale=1), session.document.grid, session.run)
        self._preview.show_image(image)
        self.changed.emit()

    def _on_edited(self) -> None:
        settings = self._session.settings
        settings.set(entries.EXPORT_WHAT, str(self._what.value()))
        settings.set(entries.EXPORT_SCALE, self._scale.value())
        self.enter()
