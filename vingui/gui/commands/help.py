"""What the Help menu does."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from vingui.gui import settings as kept

if TYPE_CHECKING:
    from vingui.gui.window import Window


class Help(QObject):
    """Guide, shortcuts, tour and About; none of them blocks the window.

    Args:
        window: what they are about.
    """

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self.window = window
        self._open: dict[str, QWidget] = {}

    def guide(self) -> None:
        """Show the guide, where it was left."""
        from vingui.gui.dialogs.guide import GuideWindow

        if "guide" not in self._open:
            self._open["guide"] = GuideWindow(self.window.session.theme, self.window)
        _raise(self._open["guide"])

    def shortcuts(self) -> None:
        """Show all shortcuts."""
        from vingui.gui.actions.menus import sheet
        from vingui.gui.dialogs.shortcuts import ShortcutSheet

        self._show("shortcuts", lambda: ShortcutSheet(sheet(), self.window))

    def tour(self, *, focus: bool = True) -> None:
        """Show the tour from its beginning.

        Args:
            focus: whether it takes the keyboard.
        """
        from vingui.gui.dialogs.tour import STEPS, Tour

        tour = self._open.get("tour")
        if not isinstance(tour, Tour):
            self._open["tour"] = tour = Tour(STEPS, self.window)
            tour.finished.connect(lambda: self._open.pop("tour"))
        tour.start(focus=focus)
        # Now, as it would come back unasked if vingui ended before the tour does.
        self.window.session.settings.set(kept.TOUR_DONE, True)

    def about(self) -> None:
        """Show versions and licence."""
        from vingui.gui.dialogs.about import AboutDialog

        versions = self.window.session.engine.versions
        self._show("about", lambda: AboutDialog(versions, self.window))

    def _show(self, name: str, make: Callable[[], QDialog]) -> None:
        """Show a dialog, which goes when it is closed."""
        if name not in self._open:
            self._open[name] = dialog = make()
            dialog.finished.connect(lambda: self._open.pop(name).deleteLater())
        _raise(self._open[name])


def _raise(widget: QWidget) -> None:
    widget.show()
    widget.raise_()
    widget.activateWindow()
