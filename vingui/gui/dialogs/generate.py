"""The dialog for random maps: the generators, their settings and a preview."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QWidget,
)

from vingui.core.errors import VinguiError
from vingui.core.generate import largest_region
from vingui.core.grid import GridMap
from vingui.core.phrases import percent
from vingui.gui.background import Latest
from vingui.gui.canvas.thumbnail import MapPreview
from vingui.gui.dialogs.generate_form import Recipe, RecipeForm
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.look.buttons import button
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.fields import column, labelled, line, row
from vingui.gui.look.plain_text import Label
from vingui.gui.look.theme import Look
from vingui.gui.settings import Settings

_DELAY_MS: Final = 100
"""Delay from the last change to the preview, so that dragging a slider makes one map."""

_SLOW_MS: Final = 400
"""How long a preview may take before "Generating …" is shown."""


@dataclass(frozen=True)
class _Result:
    """A generated map, with two statistics.

    Attributes:
        recipe: the parameters it was generated with.
        grid: the map.
        free: the fraction of its cells that are free.
        largest: the fraction of its free cells that are in the largest region.
    """

    recipe: Recipe
    grid: GridMap
    free: float
    largest: float

    @classmethod
    def of(cls, recipe: Recipe) -> "_Result":
        grid = recipe.generate()
        free = int(grid.free.sum())
        largest = int(largest_region(grid.walls).sum())
        return cls(recipe, grid, free / grid.walls.size, largest / free)


class GenerateDialog(QDialog):
    """Generates random maps.

    Args:
        settings: where the generator and its settings are remembered.
        look: the colours of the preview.
        parent: the window.
    """

    applied = Signal(object, str)
    """The user applies a `GridMap`; also the title of its kind. The dialog may stay open."""

    def __init__(self, settings: Settings, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("generate")
        self.setWindowTitle("Generate a map")
        self._form = RecipeForm(settings, self)
        self._preview = MapPreview(look, self)
        self._statistics = Label(parent=self)
        self._statistics.setObjectName("figures")
        self._statistics.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        tip = "The command line that makes the same map"
        self._command = line("command", "Command line", tip)
        self._command.setReadOnly(True)
        self._result: _Result | None = None
        self._requested: str | None = None
        self._latest = Latest(self)
        self._delay = Debounce(self._generate, _DELAY_MS, self)
        self._slow = Debounce(lambda: self._preview.show_text("Generating …"), _SLOW_MS, self)
        self._lay_out()
        self._form.changed.connect(self._on_changed)
        self._on_changed()
        self._generate()
        self._form.setFocus()

    def grid(self) -> GridMap | None:
        """The map that was last applied or previewed; `None` while there is none."""
        return self._result.grid if self._result else None

    def apply(self) -> None:
        """Apply the map of the current settings, as soon as it has been generated."""
        self._request("apply")

    def accept(self) -> None:
        """Apply the map, and close the dialog."""
        self._request("accept")

    def done(self, result: int) -> None:
        """Remember the settings, and stop generating."""
        self._delay.stop()
        self._slow.stop()
        self._latest.cancel()
        self._form.remember()
        super().done(result)

    def _lay_out(self) -> None:
        upper = row(self._form, column(self._preview, self._statistics), spacing=16)
        upper.setStretch(1, 1)
        tip = "Copy the command line that makes this map"
        copying = button("copy-command", "Cop&y", tip, self._copy)
        command = row(labelled("Co&mmand line", self._command), self._command, copying)
        layout = column(upper, command, spacing=16, margin=16)
        self.setLayout(layout)
        layout.addWidget(self._make_buttons())
        resize_on_screen(self, 856, 528)

    def _make_buttons(self) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        tip = "Use this map and close the dialog"
        accept = button("accept", "&Generate", tip, self.accept)
        accept.setDefault(True)
        apply = button("apply", "&Apply", "Use this map and keep the dialog open", self.apply)
        tip = "Close the dialog and keep the current map"
        close = button("close", "Close", tip, self.reject)
        buttons = QDialogButtonBox(self)
        buttons.addButton(accept, role.AcceptRole)
        buttons.addButton(apply, role.ApplyRole)
        buttons.addButton(close, role.RejectRole)
        return buttons

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._command.text())

    def _on_changed(self) -> None:
        recipe = self._form.recipe()
        self._command.setText(recipe.command())
        self._command.setCursorPosition(0)
        self._delay.start()
        self._slow.request()

    def _generate(self) -> None:
        self._delay.stop()
        recipe = self._form.recipe()
        self._latest.submit(
            lambda: _Result.of(recipe), on_done=self._on_generated, on_failure=self._on_failed
        )

    def _on_generated(self, result: _Result) -> None:
        self._result = result
        self._preview.show_map(result.grid)
        self._statistics.setText(
            f"{percent(result.free)} free, {_share(result.largest)} in one region"
        )
        self._settle()

    def _on_failed(self, error: VinguiError) -> None:
        self._requested = None
        self._statistics.setText(str(error))
        self._settle()

    def _settle(self) -> None:
        if self._delay.isActive():
            return
        self._slow.stop()
        self._preview.show_text("")
        requested, self._requested = self._requested, None
        if requested is not None:
            self._hand_over(requested)

    def _request(self, how: str) -> None:
        if self._delay.isActive():
            self._generate()
        if self._latest.busy:
            self._requested = how
        else:
            self._hand_over(how)

    def _hand_over(self, how: str) -> None:
        if self._result is None:
            return
        grid, title = self._result.grid, self._form.kind_title
        # So that the next map is a different one, in this dialog or when it is opened again.
        self._form.choose_new_seed()
        self.applied.emit(grid, title)
        if how == "accept":
            super().accept()


def _share(part: float) -> str:
    return "all" if part == 1 else f"{percent(part)} of it"
