"""The form for a random map: the generator, its settings, the size and the seed."""

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QWidget,
)

from vingui.core.errors import VinguiError
from vingui.core.generate import KINDS, MOST_STARTS, Kind, Parameter, generate_many
from vingui.core.generate import Setting as Value
from vingui.core.grid import GridMap
from vingui.gui.dialogs.new_map import SizeFields
from vingui.gui.dialogs.parameter_fields import Field, field_for
from vingui.gui.look.buttons import Button
from vingui.gui.look.number_fields import WholeField
from vingui.gui.look.plain_text import Label
from vingui.gui.settings import (
    GENERATE_COLS,
    GENERATE_KIND,
    GENERATE_ROWS,
    GENERATE_SEED,
    GENERATE_STARTS,
    GENERATE_VALUES,
    Settings,
)

_FIRST_PARAMETER_ROW: Final = 2


@dataclass(frozen=True)
class Recipe:
    """The parameters of a random map.

    Attributes:
        kind: the generator's name.
        rows: the map's rows.
        cols: the map's columns.
        seed: the seed.
        values: the generator's settings; those left out get defaults for the size.
        starts: the number of starts, or fewer if there is no room for them.
    """

    kind: str
    rows: int
    cols: int
    seed: int
    values: Mapping[str, Value]
    starts: int = 1

    def generate(self) -> GridMap:
        """Generate the map, the same one as the command line does."""
        return generate_many(
            self.kind,
            count=1,
            rows=self.rows,
            cols=self.cols,
            seed=self.seed,
            starts=self.starts,
            uniform=False,
            **self.values,
        )[0]

    def command(self) -> str:
        """The command line that generates the same map."""
        arguments = ["vingui", "generate", self.kind, "--size", f"{self.rows}x{self.cols}"]
        arguments += ["--seed", str(self.seed)]
        if self.starts > 1:
            arguments += ["--starts", str(self.starts)]
        for name, value in self.values.items():
            option = name.replace("_", "-")
            if isinstance(value, bool):
                arguments.append(f"--{option}" if value else f"--no-{option}")
            else:
                arguments += [
                    f"--{option}",
                    f"{value:zg}" if isinstance(value, float) else str(value),
                ]
        return " ".join([*arguments, f"{self.kind}-{self.seed}.json"])


class RecipeForm(QWidget):
    """The fields for a recipe.

    Args:
        settings: where the fields are remembered.
        parent: the dialog.
    """

    changed = Signal()
    """The recipe has changed."""

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self._given = _remembered_values(settings.get(GENERATE_VALUES))
        self._kind = self._make_kind(settings.get(GENERATE_KIND))
        self._about = Label(parent=self)
        self._about.setObjectName("kind-about")
        self._about.setWordWrap(True)
        self._about.setProperty("quiet", True)
        # The Tab order is the order of creation.
        self._defaults = self._make_defaults()
        rows, cols = settings.get(GENERATE_ROWS), settings.get(GENERATE_COLS)
        self._size = SizeFields(rows=rows, cols=cols, parent=self)
        self._starts = self._make_starts(settings.get(GENERATE_STARTS))
        self._seed, self._dice, self._always_new = self._make_seed(settings.get(GENERATE_SEED))
        self._fields: dict[str, Field] = {}
        self._rows = QFormLayout(self)
        self._lay_out()
        self._size.changed.connect(self._on_size_changed)
        # Always two lines, so that the fields stay in place from one kind to the next.
        self._about.setFixedHeight(2 * self.fontMetrics().lineSpacing())
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._show_kind()
        self.setFocusProxy(self._kind)

    def recipe(self) -> Recipe:
        """The recipe that is in the fields."""
        kind = self._shown_kind()
        return Recipe(
            kind.name,
            self._size.rows,
            self._size.cols,
            self._seed.value(),
            dict(self._given.get(kind.name, {})),
            self._starts.value(),
        )

    def choose_new_seed(self) -> None:
        """Draw another seed if that is switched on for every map."""
        if self._always_new.isChecked():
            self._draw_seed()

    def remember(self) -> None:
        """Remember the fields for the next time."""
        self._settings.set(GENERATE_KIND, self._shown_kind().name)
        self._settings.set(GENERATE_ROWS, self._size.rows)
        self._settings.set(GENERATE_COLS, self._size.cols)
        self._settings.set(GENERATE_STARTS, self._starts.value())
        self._settings.set(GENERATE_SEED, self._seed.value())
        self._settings.set(GENERATE_VALUES, json.dumps(self._given))

    @property
    def kind_title(self) -> str:
        """The title of the chosen kind of map."""
        return self._shown_kind().title

    def _shown_kind(self) -> Kind:
        kind: Kind = self._kind.currentData()
        return kind

    def _make_kind(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName("kind")
        box.setAccessibleName("Kind")
        box.setToolTip("The generator to use")
        for kind in KINDS.values():
            box.addItem(kind.title, kind)
            box.setItemData(box.count() - 1, kind.about, Qt.ItemDataRole.ToolTipRole)
        box.setCurrentIndex(list(KINDS).index(name) if name in KINDS else 0)
        box.currentIndexChanged.connect(self._on_kind_changed)
        return box

    def _make_starts(self, value: int) -> WholeField:
        starts = WholeField(self)
        starts.setObjectName("starts")
        starts.setAccessibleName("Starts")
        starts.setToolTip("How many starts, far from the goal and from each other")
        starts.setRange(1, MOST_STARTS)
        starts.setValue(value)
        starts.valueChanged.connect(self.changed)
        return starts

    def _make_seed(self, value: int) -> tuple[WholeField, QPushButton, QCheckBox]:
        seed = WholeField(self)
        seed.setObjectName("seed")
        seed.setAccessibleName("Seed")
        seed.setToolTip("The same seed and settings give the same map")
        seed.setRange(int(GENERATE_SEED.low), int(GENERATE_SEED.high))
        seed.setValue(value)
        seed.valueChanged.connect(self.changed)
        dice = Button("&New seed", self)
        dice.setObjectName("dice")
        dice.setAccessibleName("New seed")
        dice.setToolTip("Draw another seed, for a different map")
        dice.clicked.connect(self._draw_seed)
        always = QCheckBox("A ne&w seed each time", self)
        always.setObjectName("always-new")
        always.setAccessibleName("A new seed each time")
        always.setToolTip("Draw another seed after every map that is used")
        always.setChecked(True)
        return seed, dice, always

    def _make_defaults(self) -> QPushButton:
        button = Button("&Defaults", self)
        button.setObjectName("defaults")
        button.setAccessibleName("Defaults")
        button.setToolTip("Reset this kind's settings to the defaults for the size")
        button.clicked.connect(self._on_defaults_clicked)
        return button

    def _lay_out(self) -> None:
        form = self._rows
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addRow("&Kind", self._kind)
        form.addRow("", self._about)
        defaults = QHBoxLayout()
        defaults.addWidget(self._defaults)
        defaults.addStretch()
        form.addRow("", defaults)
        form.addRow("Size", self._size)
        form.addRow("S&tarts", self._starts)
        seed = QHBoxLayout()
        seed.setSpacing(8)
        seed.addWidget(self._seed, 1)
        seed.addWidget(self._dice)
        label = Label("S&eed", self)
        label.setBuddy(self._seed)
        form.addRow(label, seed)
        form.addRow("", self._always_new)
        self.setFixedWidth(440)

    def _show_kind(self) -> None:
        kind = self._shown_kind()
        self._about.setText(kind.about)
        for field in self._fields.values():
            self._rows.removeRow(field)
        values = kind.settings(
            rows=self._size.rows, cols=self._size.cols, **self._given.get(kind.name, {})
        )
        self._fields = {parameter.name: field_for(parameter) for parameter in kind.parameters}
        before: QWidget = self._kind
        for place, parameter in enumerate(kind.parameters, start=_FIRST_PARAMETER_ROW):
            field = self._fields[parameter.name]
            field.show_value(values[parameter.name])
            field.edited.connect(partial(self._on_value_changed, parameter))
            self._rows.insertRow(place, parameter.title, field)
            self.setTabOrder(before, field)
            before = field

    def _on_kind_changed(self) -> None:
        self._show_kind()
        self.changed.emit()

    def _on_size_changed(self) -> None:
        kind = self._shown_kind()
        given = self._given.get(kind.name, {})
        for parameter in kind.parameters:
            if parameter.name not in given:
                self._fields[parameter.name].show_value(
                    parameter.default_for(rows=self._size.rows, cols=self._size.cols)
                )
        self.changed.emit()

    def _on_value_changed(self, parameter: Parameter) -> None:
        given = self._given.setdefault(self._shown_kind().name, {})
        given[parameter.name] = self._fields[parameter.name].value()
        # Not kept, so that a default that depends on the size follows the size again.
        if given[parameter.name] == parameter.default:
            del given[parameter.name]
        self.changed.emit()

    def _on_defaults_clicked(self) -> None:
        self._given.pop(self._shown_kind().name, None)
        self._on_size_changed()

    def _draw_seed(self) -> None:
        self._seed.setValue(secrets.randbelow(1_000_000))


def _remembered_values(text: str) -> dict[str, dict[str, Value]]:
    """The remembered settings by kind, without those that are no longer valid."""
    try:
        kept: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {
        name: _valid_values(kind, kept[name])
        for name, kind in KINDS.items()
        if isinstance(kept.get(name), dict)
    }


def _valid_values(kind: Kind, kept: Mapping[str, Any]) -> dict[str, Value]:
    valid = {}
    for parameter in kind.parameters:
        if parameter.name in kept:
            with suppress(VinguiError):
                valid[parameter.name] = parameter.checked(kept[parameter.name])
    return valid
