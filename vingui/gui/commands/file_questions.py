"""Questions that are asked before a map or a file would be lost."""

from typing import Final, Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

Overwrite = Literal["save", "save-as", "reload", "cancel"]

_BUTTON: Final = QMessageBox.StandardButton
_ROLE: Final = QMessageBox.ButtonRole


def ask_unsaved(parent: QWidget, title: str, *, lost: bool) -> QMessageBox.StandardButton:
    """Ask whether to save the map before it is closed.

    Args:
        parent: the window.
        title: the map's title.
        lost: whether the map's file no longer contains it.

    Returns:
        Save, Discard or Cancel.
    """
    box = _box(parent, "unsaved", "Unsaved changes")
    if lost:
        box.setText(f"Save “{title}”?")
        box.setInformativeText(
            "Its file was changed or removed by another program. "
            "Unless you save the map, it will be lost."
        )
    else:
        box.setText(f"Save changes to “{title}”?")
        box.setInformativeText("Unsaved changes will be lost.")
    box.setStandardButtons(_BUTTON.Save | _BUTTON.Discard | _BUTTON.Cancel)
    # On some desktops the standard buttons have no mnemonics.
    box.button(_BUTTON.Save).setText("&Save")
    box.button(_BUTTON.Discard).setText("&Discard")
    box.button(_BUTTON.Cancel).setText("&Cancel")
    box.setDefaultButton(_BUTTON.Save)
    answer = _BUTTON(box.exec())
    box.deleteLater()
    return answer


def ask_overwrite(parent: QWidget, name: str) -> Overwrite:
    """Ask whether to overwrite a file that another program has changed.

    Args:
        parent: the window.
        name: the file name.
    """
    box = _box(parent, "overwrite", "File changed")
    box.setText(f"“{name}” was changed by another program.")
    box.setInformativeText(
        "If you save anyway, the changes of the other program will be lost. "
        "If you reload, Undo brings back the map that you see now."
    )
    save = box.addButton("Save an&yway", _ROLE.DestructiveRole)
    save_as = box.addButton("&Save as...", _ROLE.AcceptRole)
    load = box.addButton("&Reload", _ROLE.ResetRole)
    cancel = box.addButton("&Cancel", _ROLE.RejectRole)
    for button, id_ in ((save, "save"), (save_as, "save-as"), (load, "reload"), (cancel, "cancel")):
        button.setObjectName(id_)
    box.setDefaultButton(save_as)
    box.setEscapeButton(cancel)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    answers: dict[object, Overwrite] = {save: "save", save_as: "save-as", load: "reload"}
    return answers.get(clicked, "cancel")


def _box(parent: QWidget, name: str, title: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(title)
    # A file name may look like HTML.
    box.setTextFormat(Qt.TextFormat.PlainText)
    return box
