"""The settings dialog, made from the table of settings."""

from itertools import groupby
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QMessageBox,
    QScrollArea,
    QWidget,
)

from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.look.buttons import button, small_button
from vingui.gui.look.fields import (
    check,
    choice,
    column,
    edited,
    line,
    number,
    row,
    show_value,
    value_of,
    whole,
)
from vingui.gui.look.plain_text import Label
from vingui.gui.settings import LISTED, Setting, Settings

_GROUPS: Final = {
    "look": "Look",
    "plan": "Planning",
    "draw": "Drawing",
    "view": "Value view",
    "play": "Playback",
    "export": "Export",
    "import": "Opening maps of other programs",
}
"""The titles of the groups, by the first part of a setting's key."""

_FIELD_WIDTH: Final = 184


class SettingsDialog(QDialog):
    """Shows each setting that has a title, with a field and a button that resets it.

    A change is applied at once, and fields follow changes made elsewhere.

    Args:
        settings: the settings.
        parent: the window.
    """

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings-dialog")
        self.setWindowTitle("Settings")
        self._settings = settings
        tip = "Show only the settings whose name, description or choices contain these words"
        self.filter = line("settings-filter", "Find a setting", tip, hint="Find a setting")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._on_filter_changed)
        self._none = Label("No setting contains these words.")
        self._none.setObjectName("settings-none")
        self._none.setProperty("quiet", True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.hide()
        self.rows = {one.key: _Row(one, settings) for one in LISTED}
        self._groups = [
            _Group(_GROUPS[name], [self.rows[one.key] for one in group])
            for name, group in groupby(_in_groups(), key=_group_of)
        ]
        self._page = self._make_page()
        self._reset = button(
            "settings-reset", "&Reset all...", "Set all of these to their defaults", self._reset_all
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.addButton(self._reset, QDialogButtonBox.ButtonRole.ResetRole)
        for one in (self._reset, buttons.button(QDialogButtonBox.StandardButton.Close)):
            # Enter in a field should not close the dialog.
            one.setAutoDefault(False)
        self.setLayout(column(self.filter, self._none, self._page, buttons, margin=16))
        settings.changed.connect(self._on_setting_changed)
        resize_on_screen(self, 640, 640)

    def _make_page(self) -> QScrollArea:
        content = QWidget()
        content.setLayout(column(*self._groups, None, spacing=16))
        page = QScrollArea()
        page.setWidget(content)
        page.setWidgetResizable(True)
        page.setFrameShape(QFrame.Shape.NoFrame)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return page

    def _on_filter_changed(self, text: str) -> None:
        words = text.casefold().split()
        found = sum(group.filter(words) for group in self._groups) > 0
        self._none.setVisible(not found)
        self._page.setVisible(found)

    def _on_setting_changed(self, setting: Setting[Any]) -> None:
        if setting.key in self.rows:
            self.rows[setting.key].show_current()

    def _reset_all(self) -> None:
        box = QMessageBox(self)
        box.setObjectName("settings-reset-question")
        box.setWindowTitle("Reset all settings")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText("Set all settings in this dialog to their defaults?")
        resetting = box.addButton("&Reset all", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel).setText("&Cancel")
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        if box.clickedButton() is resetting:
            for one in self.rows.values():
                one.reset()
        box.deleteLater()


class _Row(QWidget):
    """A setting: its title and description, its field, and a button that resets it."""

    def __init__(self, setting: Setting[Any], settings: Settings) -> None:
        super().__init__()
        self.setting = setting
        self._settings = settings
        about = setting.about[0].upper() + setting.about[1:]
        self.field = _field(setting, about)
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.field.installEventFilter(self)
        reset = f"Reset {setting.title} to its default"
        self.reset_button = small_button(f"{self.field.objectName()}-reset", "undo", reset)
        title = Label(setting.title)
        title.setBuddy(self.field)
        description = Label(about)
        description.setProperty("quiet", True)
        description.setWordWrap(True)
        texts = column(title, description, spacing=1)
        layout = row(texts, self.field, self.reset_button, spacing=12)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.words = " ".join([setting.title, about, *setting.titles]).casefold()
        edited(self.field).connect(self._on_edited)
        self.reset_button.clicked.connect(self.reset)
        self.show_current()

    def show_current(self) -> None:
        """Show the value of the setting."""
        value = self._settings.get(self.setting)
        if value_of(self.field) != value:
            show_value(self.field, value)
        self.reset_button.setEnabled(value != self.setting.default)

    def reset(self) -> None:
        """Set the setting to its default."""
        self._settings.set(self.setting, self.setting.default)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let the wheel scroll the dialog, and not change a field that happens to be below it."""
        if event.type() == QEvent.Type.Wheel and not self.field.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _on_edited(self) -> None:
        self._settings.set(self.setting, value_of(self.field))


class _Group(QWidget):
    """A heading, and the settings below it."""

    def __init__(self, title: str, rows: list[_Row]) -> None:
        super().__init__()
        heading = Label(title)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        self._title, self._rows = title.casefold(), rows
        self.setLayout(column(heading, *rows, spacing=10))

    def filter(self, words: list[str]) -> bool:
        """Show only the settings that contain all words; return whether there are any."""
        shown = False
        for one in self._rows:
            fits = all(word in f"{self._title} {one.words}" for word in words)
            one.setVisible(fits)
            shown = shown or fits
        self.setVisible(shown)
        return shown


def _field(setting: Setting[Any], about: str) -> QWidget:
    """Create the field for a setting's type."""
    name, title = "setting-" + setting.key.replace("/", "-"), setting.title
    if setting.choices:
        return choice(name, title, about, setting.titled_choices)
    if isinstance(setting.default, bool):
        field = check(name, "On", about)
        field.setAccessibleName(title)
        return field
    if isinstance(setting.default, int):
        return whole(name, title, about, low=int(setting.low), high=int(setting.high))
    return number(name, title, about, low=setting.low, high=setting.high, decimals=0)


def _group_of(setting: Setting[Any]) -> str:
    return setting.key.partition("/")[0]


def _in_groups() -> list[Setting[Any]]:
    return sorted(LISTED, key=lambda one: list(_GROUPS).index(_group_of(one)))
