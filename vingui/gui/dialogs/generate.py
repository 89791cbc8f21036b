"""Random maps: every generator with its settings, and what they come to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from vingui.core.errors import VinguiError
from vingui.core.generate import largest_region
from vingui.core.grid import GridMap
from vingui.core.phrases import percent
from vingui.gui.background import Latest
from vingui.gui.canvas.thumbnail import Preview
from vingui.gui.dialogs.generate_form import Recipe, RecipeForm
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.look.buttons import Button
from vingui.gui.look.plain_text import Label
from vingui.gui.settings import Settings

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

_DELAY_MS: Final = 100
"""From the last change to the new preview, so that dragging a slider does not draw every map."""

_PATIENCE_MS: Final = 400
"""How long a preview may take before it is said that one is being made."""


@dataclass(frozen=True)
class _Made:
    """A map with what there is to say about it."""

    recipe: Recipe
    grid: GridMap
    free: float
    largest: float

    @classmethod
    def by(cls, recipe: Recipe) -> "_Made":
        grid = recipe.made()
        free = int(grid.free.sum())
        largest = int(largest_region(grid.walls).sum())
        return cls(recipe, grid, free / grid.walls.size, largest / free)


class GenerateDialog(QDialog):
    """Draws random maps until one pleases.

    Args:
        settings: remember the generator and its settings.
        look: the colours of the preview.
        parent: the window.
    """

    applied = Signal(object, str)
    """The user wants this `GridMap`, of a kind of this title; the dialog may stay open."""

    def __init__(self, settings: Settings, look: "Look", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("generate")
        self.setWindowTitle("Generate a map")
        self._settings = settings
        self._form = RecipeForm(settings, self)
        self._preview = Preview(look, self)
        self._figures = Label(parent=self)
        self._figures.setObjectName("figures")
        self._figures.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._command = self._make_command()
        self._made: _Made | None = None
        self._wanted: str | None = None
        self._latest = Latest(self)
        self._delay, self._patience = QTimer(self), QTimer(self)
        for timer, wait, slot in (
            (self._delay, _DELAY_MS, self._ask),
            (self._patience, _PATIENCE_MS, lambda: self._preview.say("Generating …")),
        ):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(slot)
        self._lay_out()
        self._form.changed.connect(self._on_changed)
        self._on_changed()
        self._ask()
        self._form.setFocus()

    def grid(self) -> GridMap | None:
        """The map that was last applied or shown."""
        return self._made.grid if self._made else None

    def apply(self) -> None:
        """Hand over the map that the settings make, as soon as it is there."""
        self._want("apply")

    def accept(self) -> None:
        """The same, and close."""
        self._want("accept")

    def done(self, result: int) -> None:
        """Remember the settings, and stop drawing."""
        self._delay.stop()
        self._patience.stop()
        self._latest.cancel()
        self._form.remember()
        super().done(result)

    def _lay_out(self) -> None:
        shown = QVBoxLayout()
        shown.setSpacing(8)
        shown.addWidget(self._preview, 1)
        shown.addWidget(self._figures)
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addWidget(self._form)
        upper.addLayout(shown, 1)
        label = Label("Co&mmand line", self)
        label.setBuddy(self._command)
        copying = Button("Cop&y", self)
        copying.setObjectName("copy-command")
        copying.setAccessibleName("Copy the command line")
        copying.setToolTip("Copy the command line that makes this map")
        copying.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._command.text()))
        command = QHBoxLayout()
        command.setSpacing(8)
        command.addWidget(label)
        command.addWidget(self._command, 1)
        command.addWidget(copying)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(upper, 1)
        layout.addLayout(command)
        layout.addWidget(self._make_buttons())
        resize_on_screen(self, 856, 528)

    def _make_command(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName("command")
        field.setAccessibleName("Command line")
        field.setToolTip("The command line that makes the same map")
        field.setReadOnly(True)
        return field

    def _make_buttons(self) -> QDialogButtonBox:
        roles = QDialogButtonBox.ButtonRole
        buttons = QDialogButtonBox(self)
        for text, name, role, tip in (
            ("&Generate", "accept", roles.AcceptRole, "Take this map and close"),
            ("&Apply", "apply", roles.ApplyRole, "Take this map and go on generating"),
            ("Close", "close", roles.RejectRole, "Keep the map that is there"),
        ):
            button = Button(text)
            buttons.addButton(button, role)
            button.setObjectName(name)
            button.setAccessibleName(text.replace("&", ""))
            button.setToolTip(tip)
            button.setDefault(name == "accept")
            if name == "apply":
                button.clicked.connect(self.apply)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    # From the settings to the map.

    def _on_changed(self) -> None:
        recipe = self._form.recipe()
        self._command.setText(recipe.command())
        self._command.setCursorPosition(0)
        self._delay.start()
        if not self._patience.isActive():
            self._patience.start()

    def _ask(self) -> None:
        self._delay.stop()
        recipe = self._form.recipe()
        self._latest.ask(lambda: _Made.by(recipe), done=self._take, failed=self._tell)

    def _take(self, made: _Made) -> None:
        self._made = made
        self._preview.show_map(made.grid)
        self._figures.setText(f"{percent(made.free)} free, {_share(made.largest)} in one region")
        self._settle()

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, VinguiError):
            raise error
        self._wanted = None
        self._figures.setText(str(error))
        self._settle()

    def _settle(self) -> None:
        if self._delay.isActive():
            return
        self._patience.stop()
        self._preview.say("")
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._hand_over(wanted)

    def _want(self, how: str) -> None:
        if self._delay.isActive():
            self._ask()
        if self._latest.busy:
            self._wanted = how
        else:
            self._hand_over(how)

    def _hand_over(self, how: str) -> None:
        if self._made is None:
            return
        grid, title = self._made.grid, self._form.kind_title
        # The next map is another one, in this dialog or when it is opened again.
        self._form.choose_new_seed()
        self.applied.emit(grid, title)
        if how == "accept":
            super().accept()


def _share(part: float) -> str:
    return "all" if part == 1 else f"{percent(part)} of it"
