"""What the views show besides the map and its plan, as the options of a screenshot's recipe."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Self

from PySide6.QtGui import QFont, QFontInfo

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.grid import MAX_SIDE, MAX_STARTS
from vingui.core.value_colours import colour_map_named
from vingui.gui import settings as entries
from vingui.gui.camera import MAX_SCALE, MIN_SCALE
from vingui.gui.settings import Setting

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from vingui.gui.session import Session

LONGEST_SIDE: Final = 32_767
"""The longest side in pixels of a picture that Qt can paint."""

_LOOKS: Final = ("light", "dark")
_MOST_STEPS: Final = 1 << 24
_LONGEST_NAME: Final = 255

_SETTINGS: Final[dict[str, Setting[Any]]] = {
    "shows": entries.EXPORT_WHAT,
    "scale": entries.EXPORT_SCALE,
    "layer": entries.LAYER,
    "latent": entries.LATENT,
    "colour_map": entries.COLOUR_MAP,
    "limits": entries.SCALE,
    "arrows": entries.SHOW_ARROWS,
    "numbers": entries.SHOW_NUMBERS,
    "trajectories": entries.SHOW_TRAJECTORIES,
    "contours": entries.SHOW_CONTOURS,
    "grid": entries.SHOW_GRID,
}

Size = tuple[int, int]
"""The width and the height of a view, in device-independent pixels."""


@dataclass(frozen=True, kw_only=True)
class ViewState:
    """What the two views show, except for the hovered, the pinned and the cursor's cell.

    Attributes:
        shows: "map", "value" or "both".
        scale: pixels of the picture per device-independent pixel.
        layer: what the value view shows.
        latent: the action of its reward and q layers; -1 for the best.
        colour_map: the colours of values.
        limits: "run" or "frame", as in the settings.
        arrows: whether the policy's arrows are shown.
        numbers: whether values are shown as numbers.
        trajectories: whether trajectories are shown.
        contours: whether contour lines are shown.
        grid: whether the lines between cells are shown.
        k: the iteration under the playhead.
        look: "light" or "dark".
        font: the font family of all text.
        map: the map view's size.
        value: the value view's size, without its colour bar.
        cell: the camera's scale.
        row: the row of the camera's centre.
        col: the column of the camera's centre.
        start: the index of the selected start.
        steps: how many steps the dots have walked; `None` if they are not shown.
        demonstrations: whether demonstrations are shown; states of older versions leave it out.
    """

    shows: str
    scale: int
    layer: str
    latent: int
    colour_map: str
    limits: str
    arrows: bool
    numbers: bool
    trajectories: bool
    contours: bool
    grid: bool
    k: int
    look: str
    font: str
    map: Size
    value: Size
    cell: float
    row: float
    col: float
    start: int | None
    steps: float | None
    demonstrations: bool = False

    @classmethod
    def of(cls, session: "Session", *, map_view: "QWidget", value_view: "QWidget") -> Self:
        """Return what two views of a session show now."""
        camera, steps = session.camera, session.playback.steps
        chosen = {name: session.settings.get(setting) for name, setting in _SETTINGS.items()}
        return cls(
            **chosen,
            k=session.k,
            look=session.theme.look.name,
            font=family_here(map_view.font().family()),
            map=(map_view.width(), map_view.height()),
            value=(value_view.width(), value_view.height()),
            cell=camera.scale,
            row=camera.row,
            col=camera.col,
            start=session.selected_start,
            steps=steps if steps >= 0 else None,
            demonstrations=session.teaching.shown,
        )

    @property
    def settings(self) -> dict[Setting[Any], Any]:
        """The settings with which the views show this state."""
        return {setting: getattr(self, name) for name, setting in _SETTINGS.items()}

    def record(self) -> dict[str, Any]:
        """Return the state as a JSON object."""
        return asdict(self)

    @classmethod
    def of_record(cls, content: Any) -> Self:
        """Return the state from a JSON object that `record` returned.

        Raises:
            VinguiError: the object is damaged or something else.
        """
        if not isinstance(content, dict):
            raise VinguiError(f"The options of a view cannot be {brief(content)}")
        names = [field.name for field in fields(cls)]
        unknown = sorted(content.keys() - set(names), key=str)
        if unknown:
            raise VinguiError(f"A view has no option {brief(unknown[0])}")
        for name in names:
            if name == "demonstrations" and name not in content:
                continue
            if name not in content:
                raise VinguiError(f"The {name} of the view is missing")
            if not _CHECKS[name](content[name]):
                raise VinguiError(f"The {name} of a view cannot be {brief(content[name])}")
        sizes = {name: tuple(content[name]) for name in ("map", "value")}
        return cls(**(content | sizes))


def family_here(family: str) -> str:
    """Return the font family that Qt uses on this system in place of `family`."""
    return QFontInfo(QFont(family)).family()


def _is_size(value: Any) -> bool:
    pair = isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2
    return pair and all(type(side) is int and 1 <= side <= LONGEST_SIDE for side in value)


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: type(value) is float and math.isfinite(value) and low <= value <= high


def _or_none(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or check(value)


_CHECKS: Final[dict[str, Callable[[Any], bool]]] = {
    **{name: setting.allows for name, setting in _SETTINGS.items()},
    "colour_map": lambda value: colour_map_named(value).id == value,
    "k": _whole(1, 10**9),
    "look": lambda value: value in _LOOKS,
    "font": lambda value: (
        isinstance(value, str) and len(value) <= _LONGEST_NAME and value.isprintable()
    ),
    "map": _is_size,
    "value": _is_size,
    "cell": _number(MIN_SCALE, MAX_SCALE),
    "row": _number(0, MAX_SIDE),
    "col": _number(0, MAX_SIDE),
    "start": _or_none(_whole(0, MAX_STARTS)),
    "steps": _or_none(_number(0, _MOST_STEPS)),
    "demonstrations": lambda value: isinstance(value, bool),
}
