"""Occupancy maps of ROS's map_server: a `.yaml` that names a picture beside it.

    image: arena.pgm
    resolution: 0.05
    origin: [-10.0, -10.0, 0.0]
    negate: 0
    occupied_thresh: 0.65
    free_thresh: 0.196
    mode: trinary

A pixel's occupancy is `(255 - v) / 255`, or `v / 255` with `negate`; v is the mean of its
channels. From `occupied_thresh` up it is occupied, from `free_thresh` down free. The thresholds
themselves count, as in Nav2: its recipe for masks, 1.0 and 0.0, means black and white. (ROS 1 and
older Nav2 compare with > and <, which makes such a map of mode `trinary` all unknown.)
The modes differ in what lies between and in transparency (map_server's image_loader.cpp, Nav2's
map_io.cpp):

- `trinary`: unknown between; transparency counts as one channel more;
- `scale`: shades between, from 0 to 100 % occupied, which become costs. What is not opaque is
  unknown;
- `raw`: v is the occupancy in percent, unknown above 100, whatever `negate` says (to Nav2; ROS 1
  turns v around first). What lies between the thresholds becomes costs.

A map with terrain is written in mode `scale`. Its costs are in an entry that robots ignore,
`vingui_costs: [levels, lightest, darkest]`, so that they come back.

The origin is the pose of the picture's lower left corner. `image` may be a path on another machine;
the picture is looked for in the folder of the `.yaml`.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import brief, name_of, naming, read_text
from vingui.core.formats.base import PLACE_RULE, CompanionFile, Format, only_map
from vingui.core.formats.cells import Cells, cells_of
from vingui.core.formats.companions import companion
from vingui.core.formats.cost_levels import (
    CostLevels,
    PaletteLevels,
    first_palette,
    has_terrain,
    palette_levels,
)
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.picture import save_grey
from vingui.core.formats.pixels import bands, notes_on, opened
from vingui.core.formats.plain_yaml import parsed
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap

if TYPE_CHECKING:
    from PIL import Image

MAX_YAML_BYTES: Final = 64 * 2**10
_MODES: Final = ("trinary", "scale", "raw")
_OCCUPIED_THRESH: Final = 0.65
_FREE_THRESH: Final = 0.196
"""The defaults of map_server, for a file without a threshold."""

_FREE_GREY: Final = 254
"""The grey that map_saver writes for a free cell."""

_MOST_LEVELS: Final = 100
"""The most levels that are written: the greys between the thresholds are not many more."""

_UNKNOWN, _WALL, _FREE, _SHADE = (np.uint8(state) for state in range(4))
"""The states of pixels; from `_SHADE` on, the levels of shades between the thresholds."""


@dataclass(frozen=True)
class Metadata:
    """The content of a `.yaml`.

    Attributes:
        image: the name of the picture, which may be a path: `companion` finds it.
        frame: the resolution and origin of the picture's pixels.
        negate: whether white pixels are occupied, instead of black ones.
        occupied: `occupied_thresh`, 0 to 1.
        free: `free_thresh`, at most `occupied`.
        mode: `trinary`, `scale` or `raw`.
        levels: how shades become costs; `None` where the file does not say it.
    """

    image: str
    frame: MapFrame
    negate: bool
    occupied: float
    free: float
    mode: str
    levels: CostLevels | None = None


def matches(head: bytes, path: Path) -> bool:
    """Whether it has lines with the keys `image` and `resolution`."""
    return all(
        re.search(rb"^%s[ \t]*:" % key, head, re.MULTILINE) for key in (b"image", b"resolution")
    )


def is_map(path: Path) -> bool:
    """Whether it is the valid `.yaml` of a map, in any style of YAML. Never raises an exception."""
    try:
        metadata(path)
    except (VinguiError, OSError):
        return False
    return True


def picture_of(path: Path) -> Path | None:
    """The picture that a map's `.yaml` names; `None` if either is missing or not valid."""
    try:
        return companion(path, metadata(path).image)
    except (VinguiError, OSError):
        return None


def metadata(path: Path) -> Metadata:
    """Read the `.yaml` of a map.

    Raises:
        VinguiError: it is not a valid YAML of a map, or longer than `MAX_YAML_BYTES`.
        OSError: it cannot be read.
    """
    content = parsed(read_text(path, limit=MAX_YAML_BYTES))
    image, origin = content.get("image"), content.get("origin")
    if not isinstance(image, str) or not image:
        raise VinguiError(f"image must be the name of a picture, not {brief(image)}")
    if not isinstance(origin, list) or len(origin) != 3:
        raise VinguiError(f"origin must be [x, y, yaw], not {brief(origin)}")
    x, y, yaw = (_number("every part of origin", number) for number in origin)
    occupied = _threshold("occupied_thresh", content, _OCCUPIED_THRESH)
    free = _threshold("free_thresh", content, _FREE_THRESH)
    if free > occupied:
        raise VinguiError(
            f"free_thresh must be at most occupied_thresh; they are {free:zg} and {occupied:zg}"
        )
    mode = content.get("mode", _MODES[0])
    # Nav2 takes capital letters too.
    if not isinstance(mode, str) or mode.lower() not in _MODES:
        raise VinguiError(f"mode must be one of {', '.join(_MODES)}, not {brief(mode)}")
    frame = MapFrame(_number("resolution", content.get("resolution")), (x, y, yaw))
    negate = _flag(content.get("negate", "0"))
    return Metadata(image, frame, negate, occupied, free, mode.lower(), _levels(content))


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read an occupancy map, without goal and starts but with its place in metres.

    Raises:
        VinguiError: the `.yaml` or its picture is not valid, the picture is not in its folder, or
            the map has a size that no map may have.
        OSError: it cannot be read.
    """
    meta = metadata(path)
    picture = companion(path, meta.image)
    levels = options.picture.levels or meta.levels or CostLevels()
    with naming(picture):
        states, about = _states(picture, meta, levels)
        # Any occupied pixel makes a wall: robots collide with thin ones.
        cells = cells_of(states.shape, options.picture, share=0)
    part = cells.part(states)
    is_wall = part == _WALL
    if options.unknown == "wall":
        is_wall |= part == _UNKNOWN
    walls = cells.marked_cells(is_wall)
    frame = _placed(meta.frame, cells)
    notes = [f"Read {cells}, from {name_of(picture)}; {frame}."]
    if picture != path.parent / meta.image:
        notes.append(f"It names its picture {brief(meta.image)}; took the one in its folder.")
    notes += about
    if cells.side != 1:
        share = f"{cells.share * 100:z.4g}% of its pixels or more are walls"
        notes.append(f"A cell is a wall if {share if cells.share else 'any of its pixels is one'}.")
    notes += _notes_on_pixels(part, options.unknown, meta.mode, levels)
    grid = GridMap(walls, frame=frame)
    if meta.levels is not None or (part >= _SHADE).any():
        # Free pixels count as the lightest level.
        terrain = cells.means(np.maximum(part, _SHADE) - _SHADE, ~is_wall)
        grid = GridMap(walls, frame=frame, terrain=terrain, palette=levels.palette)
    return DataSet(path.stem, (grid,), tuple(notes), PLACE_RULE, real_place=True)


def _notes_on_pixels(
    states: NDArray[np.uint8], unknown: str, mode: str, levels: CostLevels
) -> list[str]:
    """What was decided about pixels that are neither wall nor free, one sentence each."""
    notes = []
    count = np.count_nonzero(states == _UNKNOWN)
    if count:
        notes.append(f"Took {count:,} unknown of {states.size:,} pixels as {unknown}.")
    shades = np.count_nonzero(states >= _SHADE)
    if shades:
        notes.append(
            f"Mode {mode} has {shades:,} shades of {states.size:,} pixels between its thresholds; "
            f"they became {levels}."
        )
    return notes


def write(path: Path, dataset: DataSet) -> None:
    """Write the `.yaml` of a data set's only map.

    Its picture has the data set's name. A map without a place in metres gets 1 m a cell and the
    origin 0, 0.

    Raises:
        VinguiError: the data set has several maps, or its name cannot be printed.
    """
    frame = only_map(dataset).frame or MapFrame(1.0)
    if not dataset.name.isprintable():
        raise VinguiError(
            f"The name {dataset.name!a} has characters that cannot be printed. Choose another"
        )
    import yaml

    grid = only_map(dataset)
    content: dict[str, Any] = {
        "image": f"{dataset.name}{_PICTURE}",
        "resolution": frame.resolution,
        "origin": list(frame.origin),
        "negate": 0,
        "occupied_thresh": _OCCUPIED_THRESH,
        "free_thresh": _FREE_THRESH,
        "mode": "scale" if has_terrain(grid) else "trinary",
    }
    if has_terrain(grid):
        levels = _palette_levels(grid).levels
        content["vingui_costs"] = [levels.count, levels.lightest, levels.darkest]
    # The flow style of None leaves the origin in one line, as map_saver writes it.
    text = yaml.safe_dump(
        content, sort_keys=False, default_flow_style=None, allow_unicode=True, width=math.inf
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def _palette_levels(grid: GridMap) -> PaletteLevels:
    return palette_levels(grid.palette, most=_MOST_LEVELS)


def _write_picture(path: Path, dataset: DataSet) -> None:
    grid = only_map(dataset)
    greys = np.array([_FREE_GREY], np.uint8)
    if has_terrain(grid):
        found = _palette_levels(grid)
        middles = (np.array(found.of_kinds) + 0.5) / found.levels.count
        occupancy = _FREE_THRESH + (_OCCUPIED_THRESH - _FREE_THRESH) * middles
        greys = np.round(255 * (1 - occupancy)).astype(np.uint8)
        greys[np.array(found.of_kinds) == 0] = _FREE_GREY
    save_grey(path, grid, greys)


def _terrain_loss(maps: Sequence[GridMap]) -> str:
    palette = first_palette(maps)
    if palette is None:
        return ""
    exact = palette_levels(palette, most=_MOST_LEVELS).exact
    how = "" if exact else f", rounded to one of {_MOST_LEVELS} levels"
    return f"A ROS map keeps costs as shades{how}; names, colours and letters are left out."


def _belongs(path: Path, picture: Path) -> bool:
    return picture_of(path) == picture


def _states(
    path: Path, meta: Metadata, levels: CostLevels
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """The state of each pixel, `(height, width)` uint8, and notes on the picture's file."""
    with opened(path) as image:
        notes = notes_on(image, path)
        states = np.empty((image.height, image.width), np.uint8)
        for rows, pixels in bands(image, _channels(image)):
            states[rows] = _band_states(pixels, meta, levels)
    return states, notes


def _channels(image: "Image.Image") -> str:
    if image.has_transparency_data:
        return "RGBA"
    return "L" if image.mode in ("1", "L") or image.mode.startswith("I") else "RGB"


def _band_states(
    pixels: NDArray[np.uint8], meta: Metadata, levels: CostLevels
) -> NDArray[np.uint8]:
    if pixels.ndim == 2:
        return _meaning(1, meta, levels)[pixels]
    see_through = pixels.shape[2] == 4
    averaged = pixels if meta.mode == "trinary" else pixels[..., :3]
    sums = averaged.sum(axis=2, dtype=np.uint16)
    states: NDArray[np.uint8] = _meaning(averaged.shape[2], meta, levels)[sums]
    if see_through and meta.mode == "scale":
        states[pixels[..., 3] < 255] = _UNKNOWN
    return states


def _meaning(channels: int, meta: Metadata, levels: CostLevels) -> NDArray[np.uint8]:
    """The state for each sum of a pixel's channels, as a table indexed by the sum."""
    most = 255 * channels
    sums = np.arange(most + 1)
    # A single division of whole numbers, so that a shade equal to a threshold compares as equal.
    if meta.mode == "raw":
        occupancy = np.floor(sums / channels + 0.5) / 100
    else:
        occupancy = (sums if meta.negate else most - sums) / most
    states = np.full(len(sums), _UNKNOWN)
    if meta.mode != "trinary" and meta.free < meta.occupied:
        states[:] = _SHADE + levels.of_shades((occupancy - meta.free) / (meta.occupied - meta.free))
    states[occupancy <= meta.free] = _FREE
    states[occupancy >= meta.occupied] = _WALL
    states[occupancy > 1] = _UNKNOWN
    return states


def _placed(frame: MapFrame, cells: Cells) -> MapFrame:
    """The frame of the cells; the upper left corner of the crop stays in its place."""
    top, left = cells.crop[:2]
    moved = frame.moved(right=left, up=cells.pixels[0] - top - cells.shape[0] * cells.side)
    return MapFrame(moved.resolution * cells.side, moved.origin)


def _number(what: str, value: Any) -> float:
    try:
        # float() also takes underscores.
        number = float(value) if isinstance(value, str) and "_" not in value else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise VinguiError(f"{what} must be a number, not {brief(value)}")
    return number


def _threshold(key: str, content: dict[str, Any], usual: float) -> float:
    value = _number(key, content[key]) if key in content else usual
    if not 0 <= value <= 1:
        raise VinguiError(f"{key} must be from 0 to 1, not {value:zg}")
    return value


def _levels(content: dict[str, Any]) -> CostLevels | None:
    value = content.get("vingui_costs")
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 3:
        raise VinguiError(f"vingui_costs must be [levels, lightest, darkest], not {brief(value)}")
    count, lightest, darkest = (_number("every part of vingui_costs", part) for part in value)
    if count != int(count):
        raise VinguiError(f"The levels of vingui_costs must be a whole number, not {count:zg}")
    return CostLevels(int(count), lightest, darkest)


def _flag(value: Any) -> bool:
    known = {"0": False, "1": True, "false": False, "true": True, "no": False, "yes": True}
    found = known.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise VinguiError(f"negate must be 0 or 1, not {brief(value)}")
    return found


_PICTURE: Final = ".pgm"

FORMAT: Final = Format(
    name="ros",
    title="ROS occupancy map",
    suffixes=(".yaml", ".yml"),
    matches=matches,
    read=read,
    write=write,
    written_suffixes=(".yaml",),
    beside=CompanionFile(_PICTURE, _write_picture, _belongs),
    keeps_markers=False,
    keeps_frame=True,
    terrain_loss=_terrain_loss,
)
