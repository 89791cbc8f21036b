"""The commands of the Help menu."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget

from vingui.gui import settings as entries
from vingui.gui.session import Session

if TYPE_CHECKING:
    from vingui.gui.dialogs.guide import GuideWindow
    from vingui.gui.tour.opening import Opening
    from vingui.gui.tour.tour import Tour

ShortcutGroup = tuple[str, list[tuple[str, list[str], str]]]
"""A title, and for each of its rows the text, the shortcuts and a tip."""


class Help(QObject):
    """The commands of the Help menu. Their windows are not modal.

    Args:
        session: the theme, the settings and the planner.
        shortcuts: returns the groups of the shortcut sheet.
        parent: the main window.
    """

    def __init__(
        self,
        session: Session,
        shortcuts: Callable[[], Iterable[ShortcutGroup]],
        parent: QMainWindow,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._shortcuts = shortcuts
        self._parent = parent
        self._open: dict[str, QWidget] = {}
        self._opening: Opening | None = None
        self._tour: Tour | None = None

    def guide(self) -> None:
        """Show the guide at what belongs to where the user is, or at the page open last."""
        from vingui.gui.dialogs.guide import GuideWindow
        from vingui.gui.dialogs.guide_topics import current_topic

        guide = self._open.get("guide")
        if not isinstance(guide, GuideWindow):
            self._open["guide"] = guide = GuideWindow(self._session.theme, self._parent)
        if topic := current_topic():
            guide.show_topic(topic)
        dialog = QApplication.activeModalWidget()
        guide.belong_to(dialog or self._parent)
        if isinstance(dialog, QDialog):
            dialog.finished.connect(lambda: self._keep(guide))
        _raise(guide)

    def _keep(self, guide: "GuideWindow") -> None:
        """Keep the guide open without the dialog that it was opened from."""
        shown = guide.isVisible()
        guide.belong_to(self._parent)
        guide.setVisible(shown)

    def shortcuts(self) -> None:
        """Show the shortcut sheet."""
        from vingui.gui.dialogs.shortcuts import ShortcutSheet

        self._show("shortcuts", lambda: ShortcutSheet(self._shortcuts(), self._parent))

    def tour(self) -> None:
        """Begin the tour anew, with the keyboard focus."""
        self._begin_tour(watch=False).take_focus()

    def first_tour(self, *, watch: bool) -> None:
        """Begin the tour once the map has its plan, and leave the keyboard focus where it is.

        Args:
            watch: whether to play the plan first, unless the map is changed before.
        """
        from vingui.gui.tour.opening import Opening

        self._opening = Opening(
            self._session, lambda watch: self._begin_tour(watch=watch), watch=watch, parent=self
        )
        self._opening.start()
        # Imported while the plan is awaited, not when it is there.
        QTimer.singleShot(0, self, lambda: import_module("vingui.gui.tour.tour"))

    def _begin_tour(self, *, watch: bool) -> "Tour":
        from vingui.gui.tour.tour import Tour

        if self._opening is not None:
            self._opening.close()
            self._opening = None
        self.end_tour()
        self._tour = tour = Tour(self._session, self._parent, watch=watch)
        tour.finished.connect(self._on_tour_finished)
        # Set it now: the tour should not come back if vingui ends before the tour does.
        self._session.settings.set(entries.TOUR_DONE, True)
        return tour

    def end_tour(self) -> None:
        """End the tour, if it is shown, and restore what it has chosen."""
        if self._tour is not None:
            self._tour.end()

    def _on_tour_finished(self) -> None:
        self._tour = None

    def about(self) -> None:
        """Show versions and licence."""
        from vingui.gui.dialogs.about import AboutDialog

        versions = self._session.planner.versions
        self._show("about", lambda: AboutDialog(versions, self._parent))

    def _show(self, name: str, make: Callable[[], QDialog]) -> None:
        """Show a dialog, which is deleted when it is closed."""
        if name not in self._open:
            self._open[name] = dialog = make()
            dialog.finished.connect(lambda: self._open.pop(name).deleteLater())
        _raise(self._open[name])


def _raise(widget: QWidget) -> None:
    widget.show()
    widget.raise_()
    widget.activateWindow()
