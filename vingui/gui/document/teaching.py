"""Which demonstrations the map view and the Teach panel show and have selected."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from vingui.core.demonstration_table import DemonstrationTable
from vingui.core.grid import Demonstration, GridMap
from vingui.core.moves import MoveRule
from vingui.core.phrases import counted
from vingui.gui import settings as entries
from vingui.gui.document.document import Document
from vingui.gui.document.tools import DEMONSTRATE
from vingui.gui.settings import Setting, Settings


class Teaching(QObject):
    """What is shown and selected of the document's demonstrations.

    They are shown while the Teach panel is visible or the tool that draws them is chosen, unless
    they are switched off in the View menu.

    Args:
        document: the map.
        settings: the tool, and whether demonstrations are switched off.
        rule: returns the movement rule.
        parent: the Qt parent.

    Attributes:
        shown: whether demonstrations are shown.
        selected: the numbers of the selected ones, ascending, from 0.
    """

    shown_changed = Signal()
    selection_changed = Signal()
    panel_wanted = Signal(str)
    """The tool was chosen, and the panel of this id belongs to it."""

    def __init__(
        self,
        document: Document,
        settings: Settings,
        rule: Callable[[], MoveRule],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._settings = settings
        self._rule = rule
        self._panel_visible = False
        self._known = document.grid.demonstrations
        self._table: DemonstrationTable | None = None
        self.selected: tuple[int, ...] = ()
        self.shown = self._are_shown()
        document.changed.connect(self._on_map_changed)
        settings.changed.connect(self._on_setting_changed)

    @property
    def table(self) -> DemonstrationTable:
        """The costs of the demonstrations, and which are blocked."""
        grid, rule = self._document.grid, self._rule()
        table = self._table
        if table is None or table.rule is not rule or not _same(table.grid, grid):
            self._table = table = DemonstrationTable(grid, rule)
        return table

    def set_panel_visible(self, visible: bool) -> None:
        """Note whether the Teach panel is visible."""
        self._panel_visible = visible
        self._show()

    def select(self, numbers: Iterable[int]) -> None:
        """Select demonstrations by their numbers."""
        count = len(self._document.grid.demonstrations)
        selected = tuple(sorted({number for number in numbers if 0 <= number < count}))
        if selected != self.selected:
            self.selected = selected
            self.selection_changed.emit()

    def remove_selected(self) -> None:
        """Remove the selected demonstrations from the map, as one undoable edit."""
        count, selected = len(self.selected), set(self.selected)
        if count:
            text = "Remove a demonstration" if count == 1 else f"Remove {count:,} demonstrations"
            left = enumerate(self._document.grid.demonstrations)
            self._apply(text, tuple(path for number, path in left if number not in selected))

    def remove_all(self) -> None:
        """Remove all demonstrations from the map, as one undoable edit."""
        self._apply("Remove all demonstrations", ())

    def add(self, demonstrations: tuple[Demonstration, ...]) -> None:
        """Add demonstrations to the map, as one undoable edit.

        Raises:
            VinguiError: the map cannot hold as many, or some leave it.
        """
        text = f"Add {counted(len(demonstrations), 'demonstration')}"
        self._apply(text, self._document.grid.demonstrations + demonstrations)

    def _apply(self, text: str, demonstrations: tuple[Demonstration, ...]) -> None:
        grid = self._document.grid
        self._document.apply(text, grid.with_demonstrations(demonstrations))

    def _on_map_changed(self) -> None:
        before, self._known = self._known, self._document.grid.demonstrations
        if before is not self._known:
            selected, count = self.selected, len(self._known)
            self.select(n for n in selected if n < count and before[n] == self._known[n])

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting in (entries.TOOL, entries.SHOW_DEMONSTRATIONS):
            self._show()
        if setting is entries.TOOL and self._settings.get(entries.TOOL) == DEMONSTRATE:
            self.panel_wanted.emit("teach")

    def _are_shown(self) -> bool:
        settings = self._settings
        wanted = self._panel_visible or settings.get(entries.TOOL) == DEMONSTRATE
        return wanted and settings.get(entries.SHOW_DEMONSTRATIONS)

    def _show(self) -> None:
        shown = self._are_shown()
        if shown != self.shown:
            self.shown = shown
            self.shown_changed.emit()


def _same(one: GridMap, other: GridMap) -> bool:
    """Whether two maps share all that a table depends on."""
    names = "walls", "terrain", "palette", "demonstrations"
    return all(getattr(one, name) is getattr(other, name) for name in names)
