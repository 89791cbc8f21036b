"""The picture of what is seen, at a scale of its own."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from vingui.core.errors import VinguiError
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import Export
from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.dialog.drawing_view import DrawingView
from vingui.gui.exporting.dialog.page import OPTIONS_WIDTH, Page
from vingui.gui.exporting.screenshot import check_size, paint, pixels_text, size_of
from vingui.gui.look.fields import group, named, whole
from vingui.gui.look.plain_text import Label

_CHOICES: Final = {
    "map": ("&Map", "The map alone"),
    "value": ("Val&ue function", "The value view with its colour bar"),
    "both": ("&Both", "Map and value view side by side"),
}


class ScreenshotPage(Page):
    """What is seen.

    Args:
        exporting: saves and copies it.
    """

    def __init__(self, exporting: Exporting) -> None:
        super().__init__()
        self._exporting, self._session = exporting, exporting.session
        settings = self._session.settings
        self._what = QButtonGroup(self)
        low, high = int(entries.EXPORT_SCALE.low), int(entries.EXPORT_SCALE.high)
        tip = "Pixels of the picture for each of the screen"
        self._scale = whole("scale", "Scale", tip, low=low, high=high)
        self._scale.setSuffix("×")
        self._scale.setValue(settings.get(entries.EXPORT_SCALE))
        self._view = DrawingView(self._session.theme)
        self._says = named(Label(), "picture-size", "Size", "How large the picture is")
        self._says.setProperty("quiet", True)
        self._says.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._says.setWordWrap(True)
        self._fits = True
        self._lay_out()
        self._button(settings.get(entries.EXPORT_WHAT)).setChecked(True)
        self._what.idToggled.connect(self._on_what_chosen)
        self._scale.valueChanged.connect(self._on_scale_changed)

    @property
    def can_copy(self) -> bool:
        """Whether the picture is small enough."""
        return self._fits

    def export(self) -> Export | None:
        """What would be saved."""
        return Export("screenshot", ".png") if self._fits else None

    def copy(self) -> None:
        """Copy it."""
        self._exporting.copy_screenshot()

    def reset(self) -> None:
        """Both views, at twice the screen's pixels."""
        self._scale.setValue(entries.EXPORT_SCALE.default)
        self._button(entries.EXPORT_WHAT.default).setChecked(True)

    def enter(self) -> None:
        """Paint it."""
        self._show()

    def _lay_out(self) -> None:
        box, form = group("Picture")
        choices = QVBoxLayout()
        choices.setSpacing(8)
        for place, (name, (text, tip)) in enumerate(_CHOICES.items()):
            about = f"Shows: {text.replace('&', '').lower()}"
            button = named(QRadioButton(text), f"what-{name}", about, tip)
            self._what.addButton(button, place)
            choices.addWidget(button)
        form.addRow("Shows", choices)
        form.addRow("&Scale", self._scale)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 10, 0)
        column.addWidget(box)
        column.addStretch()
        options = QWidget()
        options.setFixedWidth(OPTIONS_WIDTH)
        options.setLayout(column)
        beside = QVBoxLayout()
        beside.setSpacing(8)
        beside.addWidget(self._view, 1)
        beside.addWidget(self._says)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(options)
        row.addLayout(beside, 1)

    def _button(self, name: str) -> QRadioButton:
        button = self._what.button(list(_CHOICES).index(name))
        assert isinstance(button, QRadioButton)  # noqa: S101 - all of them are
        return button

    def _on_what_chosen(self, place: int, checked: bool) -> None:
        if checked:
            self._session.settings.set(entries.EXPORT_WHAT, list(_CHOICES)[place])
            self._show()

    def _on_scale_changed(self, scale: int) -> None:
        self._session.settings.set(entries.EXPORT_SCALE, scale)
        self._show()

    def _show(self) -> None:
        state = self._exporting.view_state()
        size = size_of(state)
        text, self._fits = pixels_text(size), True
        try:
            check_size(size)
        except VinguiError as error:
            text, self._fits = str(error), False
        self._says.setText(text)
        session = self._session
        # At the screen's scale, as far as it is known.
        image = paint(replace(state, scale=1), session.document.grid, session.run)
        self._view.show_image(image)
        self.changed.emit()
