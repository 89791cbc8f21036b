"""The settings that are kept between starts: one table of typed entries with defaults."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Signal

from vingui.core.engine import ENGINES, Engine
from vingui.core.errors import VinguiError
from vingui.core.files import move_aside, read_text
from vingui.core.grid import MAX_SIDE, MIN_SIDE
from vingui.core.train_settings import SEES
from vingui.core.value_colours import SEQUENTIAL

T = TypeVar("T")

_MOST_BYTES: Final = 4 << 20
_LINE: Final = re.compile(r"|;.*|\[[^\[\]]+\]|[\w%.\\/-]+=[^\0]*")
"""A line of a settings file: blank, a comment, a section or an entry."""


@dataclass(frozen=True, eq=False)
class Setting(Generic[T]):
    """One entry of the settings table.

    Attributes:
        key: its name in the settings file, `group/name`.
        default: its value until it is set, or if the value in the file is not allowed.
        about: a short description; with a title, one for the user.
        choices: the allowed values; if empty, all values of the type.
        low: the smallest allowed number.
        high: the largest allowed number.
        title: its name in the settings dialog, which leaves out those without a title.
        titles: the names of the choices for the user.
    """

    key: str
    default: T
    about: str
    choices: tuple[T, ...] = ()
    low: float = float("-inf")
    high: float = float("inf")
    title: str = ""
    titles: tuple[str, ...] = ()

    @property
    def titled_choices(self) -> list[tuple[T, str]]:
        """The choices and their names."""
        return list(zip(self.choices, self.titles, strict=True))

    def allows(self, value: object) -> bool:
        """Whether `value` has the type of the default and is within the bounds."""
        # In Python a bool is an int, but "true" is not a brush size.
        if type(value) is not type(self.default):
            return False
        if self.choices and value not in self.choices:
            return False
        return not isinstance(value, int | float) or self.low <= value <= self.high


THEME: Final = Setting(
    "look/theme",
    "auto",
    "light, dark, or following the system",
    ("auto", "light", "dark"),
    title="Theme",
    titles=("Follow system", "Light", "Dark"),
)
MODEL: Final = Setting("plan/model", "dynamic-8", "a shipped model's name or a model file")
ITERATIONS: Final = Setting("plan/iterations", 0, "K; 0 for auto", low=0, high=100_000)
ENGINE: Final = Setting[Engine](
    "plan/engine",
    "numba",
    "what iterates the values: fast compiled loops, or the layers of the Keras model",
    ENGINES,
    title="Engine",
    titles=("Compiled loops", "Keras layers"),
)
COMPARE: Final = Setting(
    "view/comparison", False, "a second value view with another plan of the map", title="Comparison"
)
COMPARE_WITH: Final = Setting(
    "view/compared-with",
    "vin-28x28",
    "what the plan is compared with: as the model, or a method's name",
)
COMPARE_SHOWS: Final = Setting(
    "view/compared-shows",
    "values",
    "what the second value view shows",
    ("values", "difference"),
    title="The comparison shows",
    titles=("Values", "Difference"),
)
SHOW_ABOUT: Final = Setting(
    "plan/about", False, "what the model learned and what is built in, in the Model panel"
)
TOOL: Final = Setting("draw/tool", "pencil", "the current drawing tool")
BRUSH: Final = Setting(
    "draw/brush", 1, "the brush's side in cells", low=1, high=15, title="Brush size"
)
LAYER: Final = Setting(
    "view/layer",
    "value",
    "what the value view shows",
    (
        *("value", "reward", "q", "exact", "difference", "outcomes", "cost", "learned-cost"),
        "extra-cost",
    ),
)
LATENT: Final = Setting(
    "view/latent", -1, "the action of the reward and q layers; -1 for the best", low=-1, high=1023
)
COLOUR_MAP: Final = Setting(
    "view/colour-map",
    SEQUENTIAL[0].id,
    "the colours of values",
    tuple(row.id for row in SEQUENTIAL),
    title="Colour map",
    titles=tuple(row.title for row in SEQUENTIAL),
)
SCALE: Final = Setting(
    "view/scale",
    "run",
    "whether colours mean the same in all iterations",
    ("run", "frame"),
    title="Colour scale",
    titles=("Fixed over the run", "Fitted to each iteration"),
)
SHOW_ARROWS: Final = Setting("view/arrows", True, "the policy's arrows", title="Arrows")
SHOW_NUMBERS: Final = Setting(
    "view/numbers",
    False,
    "values as numbers, where cells are large enough",
    title="Numbers",
)
SHOW_TRAJECTORIES: Final = Setting(
    "view/trajectories", True, "the greedy trajectories from the starts", title="Trajectories"
)
SHOW_DEMONSTRATIONS: Final = Setting(
    "view/demonstrations",
    True,
    "the demonstrations, while the Teach panel or its tool is used",
    title="Demonstrations",
)
SHOW_CONTOURS: Final = Setting("view/contours", False, "lines of equal value", title="Contours")
SHOW_GRID: Final = Setting(
    "view/grid", True, "lines between cells, where they are large enough", title="Grid"
)
SHOW_LEGEND: Final = Setting(
    "view/legend", True, "the legend of terrain above the map", title="Legend"
)
SPEED: Final = Setting("play/speed", 10.0, "iterations a second", low=1, high=1000, title="Speed")
LOOP: Final = Setting("play/loop", False, "whether playback starts again at its end", title="Loop")
TOUR_DONE: Final = Setting("help/tour-done", False, "whether the tour was shown")
GEOMETRY: Final = Setting("window/geometry", b"", "the window's place and size")
WINDOW_STATE: Final = Setting("window/state", b"", "the docks' and toolbars' places")
SPLITTER: Final = Setting("window/splitter", b"", "how the map and the value view share the width")
RECENT: Final = Setting[tuple[str, ...]](
    "files/recent", (), "files opened or saved, the newest first"
)
RECENT_MODELS: Final = Setting[tuple[str, ...]](
    "files/recent-models", (), "model files used, the newest first"
)
RECENT_COMMANDS: Final = Setting[tuple[str, ...]](
    "help/recent-commands", (), "what was run from the command palette, the newest first"
)
FOLDER: Final = Setting("files/folder", "", "where the file dialogs open")
EXPORT_SCALE: Final = Setting(
    "export/scale",
    2,
    "pixels of a screenshot per pixel of the screen",
    low=1,
    high=8,
    title="Scale of screenshots",
)
EXPORT_WHAT: Final = Setting(
    "export/what",
    "both",
    "the views in a screenshot; the value view has its colour bar",
    ("both", "map", "value"),
    title="Screenshots show",
    titles=("Both views", "Map", "Value function"),
)
EXPORT_PAGE: Final = Setting(
    "export/page", "figure", "what is exported", ("figure", "film", "data", "screenshot")
)
EXPORT_FIGURE: Final = Setting("export/figure", "{}", "the figure's options and format, as JSON")
EXPORT_FILM: Final = Setting("export/film", "{}", "the film's options and format, as JSON")
EXPORT_DATA: Final = Setting(
    "export/data",
    "arrays",
    "what is exported as data",
    ("arrays", "trajectories", "values", "run", "map"),
)
EXPORT_MAP: Final = Setting("export/map", ".json", "the suffix of the map's file")
EXPORT_COPY: Final = Setting(
    "export/copy",
    "screenshot",
    "the picture that Copy picture copies to the clipboard",
    ("screenshot", "figure"),
    title="Copy picture copies",
    titles=("A screenshot", "The figure"),
)
EXPORT_FOLDER: Final = Setting("export/folder", "", "where exports were saved last")
GENERATE_KIND: Final = Setting("generate/kind", "maze", "the generator")
GENERATE_ROWS: Final = Setting(
    "generate/rows", 28, "rows of a generated map", low=MIN_SIDE, high=MAX_SIDE
)
GENERATE_COLS: Final = Setting(
    "generate/cols", 28, "columns of a generated map", low=MIN_SIDE, high=MAX_SIDE
)
GENERATE_STARTS: Final = Setting("generate/starts", 1, "starts of a generated map", low=1, high=100)
GENERATE_SEED: Final = Setting(
    "generate/seed", 0, "the seed of a generated map", low=0, high=2**31 - 1
)
GENERATE_VALUES: Final = Setting("generate/values", "{}", "the generators' own settings, as JSON")
TEACH_JOURNEYS: Final = Setting(
    "teach/journeys", 10, "how many random journeys are added at once", low=1, high=1000
)
TEACH_SEES: Final = Setting(
    "teach/sees", "kinds", "what a network that learns from demonstrations sees", tuple(SEES)
)
NEW_ROWS: Final = Setting("new/rows", 28, "rows of a new map", low=MIN_SIDE, high=MAX_SIDE)
NEW_COLS: Final = Setting("new/cols", 28, "columns of a new map", low=MIN_SIDE, high=MAX_SIDE)
TRAIN: Final = Setting("train/settings", "{}", "what is entered in the Train panel, as JSON")
EVALUATE: Final = Setting("evaluate/choices", "{}", "what the Evaluate panel evaluates, as JSON")
IMPORT_PICTURE: Final = Setting("import/picture", "{}", "how pictures become maps, as JSON")
IMPORT_UNKNOWN: Final = Setting(
    "import/unknown",
    "wall",
    "what the unknown cells of robots' maps become, until another choice is made",
    ("wall", "free"),
    title="Unknown cells",
    titles=("Walls", "Free cells"),
)
IMPORT_TERRAIN: Final = Setting(
    "import/terrain",
    "plain",
    "what swamp and water of MovingAI maps become, until another choice is made",
    ("plain", "terrain"),
    title="Swamp and water",
    titles=("Free cells and walls", "Terrain with costs"),
)
IMPORT_POSITIONS: Final = Setting(
    "import/places", "{}", "which map of each data set was open last, as JSON"
)

LISTED: Final[tuple[Setting[Any], ...]] = tuple(
    row for row in list(globals().values()) if isinstance(row, Setting) and row.title
)
"""The settings in the settings dialog, in the order of the table."""


class Settings(QObject):
    """The values of all settings, stored in an ini file of the user.

    Args:
        parent: the Qt parent.
        given: initial values; if given, no file is read or written.

    Attributes:
        damaged: the file that a damaged settings file was moved to, if it was damaged. All
            settings then have their defaults.
    """

    changed = Signal(object)
    """The `Setting` whose value has changed."""

    def __init__(
        self, parent: QObject | None = None, *, given: Mapping[Setting[Any], Any] | None = None
    ) -> None:
        super().__init__(parent)
        self._values: dict[str, Any] = {}
        self._store: QSettings | None = None
        self.damaged: Path | None = None
        if given is not None:
            self._values = {setting.key: value for setting, value in given.items()}
            return
        folder = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.GenericConfigLocation
        )
        file = Path(folder) / "vingui" / "vingui.ini"
        if _is_damaged(file):
            # Qt would silently drop what it cannot read.
            with suppress(OSError):
                self.damaged = move_aside(file)
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    def get(self, setting: Setting[T]) -> T:
        """Return the value of a setting, or its default if no allowed value is stored."""
        if setting.key not in self._values:
            self._values[setting.key] = self._stored(setting)
        value: T = self._values[setting.key]
        return value

    def set(self, setting: Setting[T], value: T) -> None:
        """Change a setting and store it.

        Raises:
            ValueError: the value is not allowed.
        """
        if not setting.allows(value):
            raise ValueError(f"Expected {setting.about}, received {value!r} for {setting.key}")
        if value == self.get(setting):
            return
        self._values[setting.key] = value
        if self._store is not None:
            self._store.setValue(setting.key, _encoded(value))
        self.changed.emit(setting)

    def sync(self) -> None:
        """Write the file now."""
        if self._store is not None:
            self._store.sync()

    def _stored(self, setting: Setting[T]) -> T:
        text = self._store.value(setting.key) if self._store is not None else None
        if not isinstance(text, str):
            return setting.default
        try:
            value = _decoded(text, setting.default)
        except (ValueError, TypeError, RecursionError):
            return setting.default
        return value if setting.allows(value) else setting.default


def _is_damaged(file: Path) -> bool:
    """Whether the settings file exists but is not a list of sections and entries."""
    try:
        lines = read_text(file, limit=_MOST_BYTES).splitlines()
    except OSError:
        # There is no file yet, or it cannot be opened.
        return False
    except VinguiError:
        return True
    return not all(_LINE.fullmatch(line.strip()) for line in lines)


def _encoded(value: Any) -> str:
    return json.dumps(value.hex() if isinstance(value, bytes) else value)


def _decoded(text: str, default: Any) -> Any:
    value = json.loads(text)
    if isinstance(default, bytes):
        return bytes.fromhex(value)
    if isinstance(default, tuple):
        if not all(isinstance(item, str) for item in value):
            raise ValueError("Expected texts")
        return tuple(value)
    return float(value) if isinstance(default, float) and not isinstance(value, bool) else value
