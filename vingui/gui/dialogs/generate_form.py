"""The form for a random map: the generator, its settings, the size and the seed."""

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QWidget

from vingui.core.errors import VinguiError
from vingui.core.generate import KINDS, MOST_STARTS, Kind, Parameter, generate_many
from vingui.core.generate import Setting as Value
from vingui.core.grid import MAX_SIDE, GridMap
from vingui.gui.dialogs.new_map import SizeFields
from vingui.gui.dialogs.parameter_fields import field_for
from vingui.gui.look.buttons import button
from vingui.gui.look.fields import check, choice, labelled, row, whole
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
        self._kind = choice(
            "kind", "Kind", "The generator to use", [(kind, kind.title) for kind in KINDS.values()]
        )
        for index, kind in enumerate(KINDS.values()):
            self._kind.setItemData(index, kind.about, Qt.ItemDataRole.ToolTipRole)
        self._kind.show_value(KINDS.get(settings.get(GENERATE_KIND)))
        self._about = Label()
        self._about.setObjectName("kind-about")
        self._about.setWordWrap(True)
        self._about.setProperty("quiet", True)
        # Always two lines, so that the fields stay in place from one kind to the next.
        self._about.setFixedHeight(2 * self.fontMetrics().lineSpacing())
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._size = SizeFields(rows=settings.get(GENERATE_ROWS), cols=settings.get(GENERATE_COLS))
        tip = "How many starts, far from the goal and from each other"
        self._starts = whole("starts", "Starts", tip, low=1, high=MOST_STARTS)
        self._starts.setValue(settings.get(GENERATE_STARTS))
        tip = "The same seed and settings give the same map"
        low, high = int(GENERATE_SEED.low), int(GENERATE_SEED.high)
        self._seed = whole("seed", "Seed", tip, low=low, high=high)
        self._seed.setValue(settings.get(GENERATE_SEED))
        tip = "Choose a new random seed after each map that you use"
        self._always_new = check("always-new", "A ne&w seed each time", tip)
        self._always_new.setChecked(True)
        self._fields: dict[str, QWidget] = {}
        self._form = QFormLayout(self)
        self._lay_out()
        self._show_parameters()
        self._kind.currentIndexChanged.connect(self._on_kind_or_size_changed)
        self._size.changed.connect(self._on_kind_or_size_changed)
        self._starts.valueChanged.connect(self.changed)
        self._seed.valueChanged.connect(self.changed)
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
        """Choose a random seed, if a new one is wanted for each map."""
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
        kind: Kind = self._kind.value()
        return kind

    def _lay_out(self) -> None:
        tip = "Reset this kind's settings to the defaults for the size"
        defaults = button("defaults", "&Defaults", tip, self._on_defaults_clicked)
        tip = "Choose a random seed, for a different map"
        new_seed = button("dice", "&New seed", tip, self._draw_seed)
        seed = row(self._seed, new_seed)
        seed.setStretch(0, 1)
        form = self._form
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addRow("&Kind", self._kind)
        form.addRow("", self._about)
        form.addRow("", row(defaults, None))
        form.addRow("Size", self._size)
        form.addRow("S&tarts", self._starts)
        form.addRow(labelled("S&eed", self._seed), seed)
        form.addRow("", self._always_new)
        self.setFixedWidth(440)

    def _show_parameters(self) -> None:
        """Replace the fields of the parameters, whose defaults depend on the size."""
        kind = self._shown_kind()
        self._about.setText(kind.about)
        for field in self._fields.values():
            self._form.removeRow(field)
        values = kind.settings(
            rows=self._size.rows, cols=self._size.cols, **self._given.get(kind.name, {})
        )
        self._fields = {
            parameter.name: field_for(
                parameter, values[parameter.name], partial(self._on_value_changed, parameter)
            )
            for parameter in kind.parameters
        }
        before: QWidget = self._kind
        for index, parameter in enumerate(kind.parameters, start=_FIRST_PARAMETER_ROW):
            field = self._fields[parameter.name]
            self._form.insertRow(index, parameter.title, field)
            self.setTabOrder(before, field)
            before = field

    def _on_kind_or_size_changed(self) -> None:
        self._show_parameters()
        self.changed.emit()

    def _on_value_changed(self, parameter: Parameter, value: Value) -> None:
        given = self._given.setdefault(self._shown_kind().name, {})
        given[parameter.name] = value
        # Do not keep a default, which may depend on the size.
        if value == parameter.default:
            del given[parameter.name]
        self.changed.emit()

    def _on_defaults_clicked(self) -> None:
        self._given.pop(self._shown_kind().name, None)
        self._on_kind_or_size_changed()

    def _draw_seed(self) -> None:
        self._seed.setValue(secrets.randbelow(1_000_000))


def _remembered_values(text: str) -> dict[str, dict[str, Value]]:
    """The remembered settings of each kind, except where one of them is no longer valid."""
    valid: dict[str, dict[str, Value]] = {}
    with suppress(ValueError, RecursionError):
        found: Any = json.loads(text)
        for name, kind in KINDS.items():
            # The text may be any JSON, and this kind's settings may be missing.
            with suppress(KeyError, TypeError, VinguiError):
                values = kind.settings(rows=MAX_SIDE, cols=MAX_SIDE, **found[name])
                valid[name] = {parameter: values[parameter] for parameter in found[name]}
    return valid
