"""The form of the Evaluate panel: the models, the maps, and how they are evaluated."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItem
from PySide6.QtWidgets import QWidget

from vingui.core.generate import KINDS
from vingui.core.grid import MIN_SIDE, GridMap
from vingui.core.methods import METHODS, Method
from vingui.core.phrases import counted
from vingui.core.processes import can_start_workers, cores
from vingui.gui.docks.check_list import CheckList
from vingui.gui.docks.model_box import heading_item, list_item, model_items
from vingui.gui.docks.panel import quiet_label
from vingui.gui.docks.train_data import add_field, narrow_form
from vingui.gui.document.file_names import existing_folder
from vingui.gui.evaluation.choices import (
    ALL_CORES,
    LIKE_THIS_MAP,
    OWN,
    THIS_MAP,
    EvaluationChoices,
)
from vingui.gui.importing.files import open_filter
from vingui.gui.look.buttons import small_button
from vingui.gui.look.fields import (
    check,
    choice,
    column,
    edited,
    named,
    row,
    show_value,
    value_of,
    whole,
)
from vingui.gui.look.number_fields import WholeField
from vingui.gui.look.plain_text import FileDialog, Label
from vingui.gui.session import Session
from vingui.gui.settings import FOLDER, ITERATIONS

_LARGEST: Final = 512
_MOST_MAPS: Final = 10_000
_MOST_FILES: Final = 20
_MOST_PROCESSES: Final = 256


class EvaluateForm(QWidget):
    """The fields of an evaluation.

    Args:
        session: the map in the editor, and the models.
        trained: returns the files of the models that were trained in the window.
    """

    changed = Signal()
    """A field was edited."""

    def __init__(self, session: Session, trained: Callable[[], list[str]]) -> None:
        super().__init__()
        self._session, self._trained = session, trained
        self._files: tuple[str, ...] = ()
        self._map = "", ""
        self.models = CheckList("evaluate-models", "Models", session.theme)
        self.maps = CheckList("evaluate-maps", "Maps", session.theme)
        self.add_set = small_button("evaluate-add-file", "open", "Add a file of maps")
        self.add_folder = small_button("evaluate-add-folder", "browse", "Add a folder of maps")
        about = "How many maps are generated for each set"
        self.count = whole("evaluate-count", "Number of maps", about, low=1, high=_MOST_MAPS)
        about = "{} of generated maps; those like the map in the editor are as large as it"
        self.rows = _side("evaluate-rows", "Rows", about)
        self.cols = _side("evaluate-cols", "Columns", about)
        about = "The same seed gives the same maps"
        self.seed = whole("evaluate-seed", "Seed", about, low=0, high=2**31 - 1)
        self.starts = choice(
            "evaluate-starts",
            "Starts",
            "The cells from which the trajectories are followed",
            [("given", "The maps' own"), ("all", "Every free cell")],
        )
        about = "The number of iterations; on auto each model's own, as in the Model panel"
        high = int(ITERATIONS.high)
        self.iterations = whole("evaluate-k", "K", about, low=OWN, high=high, special="Auto")
        self.processes = _processes()
        about = "Also evaluate the exact solution, and one step without planning"
        self.references = check("evaluate-references", "Reference rows", about)
        about = "What a map on which the model fails is looked for in"
        self.search = choice("evaluate-search-in", "Search in", about, _search_rows())
        self._lay_out()
        self.add_set.clicked.connect(lambda: self._browse(FileDialog.FileMode.ExistingFile))
        self.add_folder.clicked.connect(lambda: self._browse(FileDialog.FileMode.Directory))
        self.models.changed.connect(self.changed)
        self.maps.changed.connect(self._on_maps_changed)
        for field in self._fields().values():
            edited(field).connect(self.changed)

    def _fields(self) -> dict[str, QWidget]:
        return {
            "count": self.count,
            "rows": self.rows,
            "cols": self.cols,
            "seed": self.seed,
            "starts": self.starts,
            "iterations": self.iterations,
            "processes": self.processes,
            "references": self.references,
            "search": self.search,
        }

    def _lay_out(self) -> None:
        size = QWidget()
        size.setLayout(row(self.rows, Label("x"), self.cols, None))
        box = QWidget()
        self._form = form = narrow_form(box)
        add_field(form, "Maps each", self.count)
        add_field(form, "Size", size)
        add_field(form, "Seed", self.seed)
        add_field(form, "Starts", self.starts)
        add_field(form, "K", self.iterations)
        add_field(form, "Processes", self.processes)
        if not self.processes.isEnabled():
            remedy = quiet_label('Several processes need Dask: pip install "vingui[batches]"')
            remedy.setWordWrap(True)
            form.addRow("", named(remedy, "evaluate-processes-remedy", "", ""))
        form.addRow("", self.references)
        self._size = size
        models, maps = Label("&Models"), Label("Map&s")
        models.setBuddy(self.models)
        maps.setBuddy(self.maps)
        self.setLayout(
            column(
                models,
                self.models,
                row(maps, None, self.add_set, self.add_folder, spacing=2),
                self.maps,
                box,
                spacing=4,
            )
        )

    def choices(self) -> EvaluationChoices:
        """What is entered."""
        values = {name: value_of(field) for name, field in self._fields().items()}
        return EvaluationChoices(
            models=self.models.checked(), maps=self.maps.checked(), files=self._files, **values
        )

    def show_choices(self, choices: EvaluationChoices) -> None:
        """Show choices, without a signal. Models and files that are gone are left out."""
        self._files = choices.files
        self.fill()
        self.models.check(choices.models or (self._session.model,))
        self.maps.check(choices.maps)
        for name, field in self._fields().items():
            show_value(field, getattr(choices, name))
        self._show_rows()

    def fill(self) -> None:
        """List the models and sets of maps that there are now."""
        self.models.offer(model_items(self._session, self._trained(), _planners()))
        self._offer_maps()

    def show_map(self) -> None:
        """Show the size of the map in the editor."""
        if self._map != _about_map(self._session.document.grid):
            self._offer_maps()

    def _offer_maps(self) -> None:
        self._map = _about_map(self._session.document.grid)
        self.maps.offer(self._map_items())

    def _map_items(self) -> Iterator[QStandardItem]:
        size, starts = self._map
        yield list_item("This map", value=THIS_MAP, detail=f"{size}, {starts}")
        yield list_item("Maps like this one", value=LIKE_THIS_MAP, detail=size)
        if self._files:
            yield heading_item("Files")
        for file in self._files:
            path = Path(file)
            yield list_item(path.name, value=file, detail=str(path.parent))
        yield heading_item("Generated")
        for kind in KINDS.values():
            yield list_item(kind.title, value=kind.name, detail=" ", about=kind.about)

    def add_file(self, file: str) -> None:
        """Offer a file of maps, and check it."""
        self._session.settings.set(FOLDER, str(Path(file).parent))
        self._files = tuple(dict.fromkeys((file, *self._files)))[:_MOST_FILES]
        with QSignalBlocker(self.maps):
            self._offer_maps()
            self.maps.check({*self.maps.checked(), file})
        self._on_maps_changed()

    def _browse(self, mode: FileDialog.FileMode) -> None:
        folder = str(existing_folder([self._session.settings.get(FOLDER)]))
        dialog = FileDialog(self, "Choose maps to evaluate on", folder, open_filter())
        dialog.setObjectName("evaluate-file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self.add_file)
        dialog.open()

    def _on_maps_changed(self) -> None:
        self._show_rows()
        self.changed.emit()

    def _show_rows(self) -> None:
        choices = self.choices()
        self._form.setRowVisible(self._size, choices.has_size)
        self._form.setRowVisible(self.count, choices.is_random)
        self._form.setRowVisible(self.seed, choices.is_random)


def _planners() -> dict[str, Method]:
    """The planners of other packages; our own methods are references."""
    return {name: method for name, method in METHODS.items() if method.extension is not None}


def _about_map(grid: GridMap) -> tuple[str, str]:
    return f"{grid.rows} x {grid.cols}", counted(len(grid.starts), "start")


def _search_rows() -> list[tuple[object, str]]:
    kinds = [(kind.name, kind.title) for kind in KINDS.values()]
    return [(LIKE_THIS_MAP, "Maps like this one"), (THIS_MAP, "Changes of this map"), *kinds]


def _side(name: str, title: str, about: str) -> WholeField:
    return whole(name, title, about.format(title), low=MIN_SIDE, high=_LARGEST)


def _processes() -> WholeField:
    about = "How many processes plan, where several save time; on auto one for each core"
    possible = can_start_workers()
    field = whole(
        "evaluate-processes",
        "Processes",
        about,
        low=ALL_CORES,
        high=_MOST_PROCESSES,
        special=f"Auto ({cores() if possible else 1})",
    )
    field.setEnabled(possible)
    return field
