"""The dialog that asks whether the swamp and the water of a MovingAI map are terrain."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vingui.core.dataset import DataSet
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.importing.import_dialog import ImportDialog
from vingui.gui.look.fields import column, radio
from vingui.gui.look.plain_text import Label
from vingui.gui.settings import IMPORT_TERRAIN, Settings

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look


@dataclass(frozen=True, eq=False)
class SwampAndWater:
    """A MovingAI map with swamp or water, read in both ways.

    Attributes:
        path: its file.
        plain: the map in which swamp is free and water is wall.
        costly: the map in which both are terrain.
    """

    path: Path
    plain: DataSet
    costly: DataSet


@dataclass(frozen=True, eq=False)
class _Chosen:
    """One of the two maps."""

    dataset: DataSet


class ImportTerrainDialog(ImportDialog):
    """Asks what swamp and water become.

    Args:
        source: the map, read in both ways.
        settings: where the choice is remembered.
        look: the colours of the preview.
        parent: the window.
    """

    def __init__(
        self,
        source: SwampAndWater,
        settings: Settings,
        look: "Look",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"Open {source.path.name}", look, parent)
        self.setObjectName("import-terrain")
        self._source = source
        self._settings = settings
        tip = "Swamp becomes free and water becomes wall, as in MovingAI's scenarios"
        self._plain = radio("plain", "&Free cells and walls", "Swamp and water", tip)
        tip = "A step into swamp or water costs more than one on the ground"
        self._costly = radio("terrain", "&Terrain with costs", "Swamp and water", tip)
        self._notes = Label()
        self._notes.setObjectName("notes")
        self._notes.setWordWrap(True)
        self._notes.setProperty("quiet", True)
        choices = column(Label("Swamp and water become"), self._plain, self._costly, self._notes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(choices)
        layout.addLayout(column(self._result_label, self._preview), 1)
        layout.addWidget(self._buttons)
        resize_on_screen(self, 560, 600)
        chosen = self._costly if settings.get(IMPORT_TERRAIN) == "terrain" else self._plain
        chosen.setChecked(True)
        chosen.setFocus()
        self._result = self.work()()
        self.show_result(self._result)
        self._costly.toggled.connect(self.choices_changed)

    def work(self) -> Callable[[], _Chosen]:
        """Return the map of the current choice."""
        costly = self._costly.isChecked()
        return lambda: _Chosen(self._source.costly if costly else self._source.plain)

    def remember(self) -> None:
        """Remember the choice for the next map."""
        chosen = "terrain" if self._costly.isChecked() else "plain"
        self._settings.set(IMPORT_TERRAIN, chosen)

    def show_result(self, result: _Chosen) -> None:
        """Show the map, and how it was read."""
        super().show_result(result)
        self._notes.setText(" ".join(result.dataset.notes))
