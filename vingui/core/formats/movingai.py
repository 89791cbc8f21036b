"""MovingAI's benchmark maps: `.map`, and `.scen` with problems on them.

Source: Sturtevant, "Benchmarks for Grid-Based Pathfinding", 2012, and the format page at
movingai.com. A `.map` is `type octile`, `height`, `width`, `map` and then the rows: `.` `G`
ground, `S` swamp, `W` water, `T` trees, `@` `O` out of bounds; small letters mean the same. Ground
and swamp connect; water "is traversable, but not passable from terrain", and is read as a wall.

With the option `terrain`, swamp and water are kinds of terrain that can be entered from anywhere.
The source gives no costs, and its own lengths count every cell alike; those in `TERRAIN` are ours.
A map with this palette is written with `S` and `W`.

The League of Robot Runners writes the same format with two more letters, both free: `E` emitter
points and `S` service points. In a map with an `E`, `S` is a service point, otherwise swamp.

Of `type octile-corner`, which HOG2 writes, the rows are first the heights of corners, a digit each,
and then the terrain; both have one row and one column more than there are cells. Files of this type
without heights are read as `type octile`.

A `.scen` is a problem a line, tab-separated: bucket, map, width, height, start x and y, goal x
and y, length. x is the column.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import brief, name_of, naming, read_text
from vingui.core.formats.base import (
    MAX_TEXT_BYTES,
    Format,
    check_size,
    no_terrain,
    only_map,
)
from vingui.core.formats.companions import companion
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.text_cleanup import copied_lines
from vingui.core.formats.text_grid import characters
from vingui.core.grid import Cell, GridMap
from vingui.core.phrases import counted
from vingui.core.terrain import Palette, Terrain

TERRAIN: Final = Palette(
    (
        Terrain("ground", 1, "#f4f1ea", "."),
        Terrain("swamp", 3, "#a9b98a", "s"),
        Terrain("water", 9, "#7fb6dd", "w"),
    )
)
"""The kinds of terrain of a map that is read with its terrain."""

_LETTERS: Final = ".SW"
_FREE: Final = ".GSE"
_KNOWN: Final = _FREE + "@OTW"
_LEGEND: Final = "a MovingAI map has . G S E for free cells and @ O T W for walls"
_SMALL: Final = str.maketrans("gseotw", "GSEOTW")
_CORNERS: Final = "octile-corner"
_TYPES: Final = ("octile", _CORNERS)
_HEAD: Final = re.compile(rb"\s*type[ \t]+octile(-corner)?\s")
_FIELDS: Final = 9
_MAX_NAMES: Final = 100
"""The most maps that one scenario may name. It usually names one; each is searched for."""

_INTEGER: Final = re.compile(r"[0-9]{1,9}")
_LENGTH: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{0,20})?")
RULE: Final = "8-both-free"
"""The name of the movement rule under which the lengths were measured."""

CORNERS_NOTE: Final = (
    f"MovingAI's lengths forbid cutting corners: compare with the movement rule {RULE}."
)


def matches_map(head: bytes, path: Path) -> bool:
    """Whether it begins as a map does."""
    return _HEAD.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def matches_scenario(head: bytes, path: Path) -> bool:
    """Whether it begins as a scenario does."""
    first, _, rest = head.partition(b"\n")
    return first.split()[:1] == [b"version"] and rest.split(b"\n")[0].count(b"\t") >= _FIELDS - 1


def read_map(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read a `.map`. It has neither goal nor starts.

    Raises:
        VinguiError: it is not a valid map.
        OSError: it cannot be read.
    """
    grid, notes = decoded(read_text(path, limit=MAX_TEXT_BYTES), terrain=options.terrain)
    return DataSet(path.stem, (grid,), notes, RULE)


def read_scenario(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read a `.scen` and the map that it names, each problem as a map with a goal and a start.

    Its maps never have terrain: the lengths that it gives were measured without costs.

    The map is looked for in the folder of the `.scen` by `companion`, and then under the scenario's
    own name without `.scen`.

    Raises:
        VinguiError: it is not a valid scenario, the map is missing or not valid, or no problem
            has both ends on free cells.
        OSError: it cannot be read.
    """
    lines = read_text(path, limit=MAX_TEXT_BYTES).split("\n")
    begin = 1 if lines[0].split()[:1] == ["version"] else 0
    maps = _MapsBeside(path)
    grids: list[GridMap] = []
    labels: list[str] = []
    blocked = 0
    for number, line in enumerate(lines[begin:], begin + 1):
        if line.strip():
            words = _words(line, number)
            grid = _problem(words, number, maps)
            if grid is None:
                blocked += 1
            else:
                grids.append(grid)
                labels.append(_label(words))
    notes = [*maps.notes, CORNERS_NOTE]
    if blocked:
        notes.append(
            f"Left out {counted(blocked, 'problem')} of {len(grids) + blocked:,} "
            "whose start or goal lies in a wall."
        )
    if not grids:
        raise VinguiError(
            "The scenario has no problem with start and goal on free cells"
            + (f"; {blocked} lie in walls" if blocked else "")
        )
    return DataSet(path.stem, tuple(grids), tuple(notes), RULE, tuple(labels))


def write_map(path: Path, dataset: DataSet) -> None:
    """Write a data set's only map. The format has no place for goal and starts.

    Raises:
        VinguiError: the data set has several maps.
    """
    grid = only_map(dataset)
    head = f"type octile\nheight {grid.rows}\nwidth {grid.cols}\nmap\n"
    letters = np.array([ord(letter) for letter in _LETTERS], np.uint8)
    kinds = grid.terrain if grid.palette == TERRAIN and grid.terrain is not None else 0
    codes = np.where(grid.walls, np.uint8(ord("@")), letters[kinds])
    rows = "".join(row.tobytes().decode("ascii") + "\n" for row in codes)
    path.write_text(head + rows, encoding="ascii", newline="\n")


def _terrain_loss(maps: Sequence[GridMap]) -> str:
    return no_terrain([grid for grid in maps if grid.palette != TERRAIN])


def decoded(text: str, *, terrain: bool = False) -> tuple[GridMap, tuple[str, ...]]:
    """The map of a `.map`'s text, and notes on its terrain.

    Args:
        text: the text.
        terrain: whether swamp and water are terrain.

    Raises:
        VinguiError: it is not a valid map.
    """
    lines, notes = copied_lines(text)
    lines = [line.lstrip() for line in lines]
    kind, rows, cols = _head(lines)
    check_size(rows, cols)
    drawing = lines[4:]
    if kind == _CORNERS and len(drawing) == rows:
        notes += (f"Read type {_CORNERS} as octile: it has no heights.",)
    elif kind == _CORNERS:
        drawing = _without_heights(drawing, rows, cols)
        rows, cols = rows - 1, cols - 1
        notes += (f"Left out the heights of the corners: type {_CORNERS}.",)
    if len(drawing) != rows:
        raise VinguiError(f"The map says height {rows}, but has {counted(len(drawing), 'row')}")
    if len(drawing[0]) != cols:
        raise VinguiError(
            f"The map says width {cols}, but its first row has {counted(len(drawing[0]), 'cell')}"
        )
    capital = [row.translate(_SMALL) for row in drawing]
    if capital != drawing:
        notes += ("Took small letters as capital ones.",)
    codes = characters(capital, known=_KNOWN, legend=_LEGEND)
    walls = ~np.isin(codes, np.frombuffer(_FREE.encode(), np.uint8))
    notes += _terrain_notes(codes, terrain=terrain)
    kinds = _terrain(codes)
    if not terrain or not kinds.any():
        return GridMap(walls), notes
    return GridMap(walls & (kinds == 0), terrain=kinds, palette=TERRAIN), notes


def _terrain(codes: NDArray[np.unsignedinteger]) -> NDArray[np.uint8]:
    """The kinds of `TERRAIN` of a map's letters; in a map with an `E`, `S` is free."""
    kinds = np.zeros(codes.shape, np.uint8)
    if not (codes == ord("E")).any():
        kinds[codes == ord("S")] = 1
    kinds[codes == ord("W")] = 2
    return kinds


def has_terrain(text: str) -> bool:
    """Whether the text of a valid `.map` has swamp or water."""
    return decoded(text, terrain=True)[0].palette == TERRAIN


def _without_heights(drawing: list[str], rows: int, cols: int) -> list[str]:
    """The rows of terrain in a map that begins with the heights of its corners."""
    if len(drawing) != 2 * rows:
        raise VinguiError(
            f"A map of type {_CORNERS} and height {rows} has {counted(rows, 'row')} of heights "
            f"and {rows} of terrain, but this one has {counted(len(drawing), 'row')}"
        )
    for row, line in enumerate(drawing[rows:]):
        if len(line) != cols:
            raise VinguiError(
                f"The map says width {cols}, but row {row} of its terrain has "
                f"{counted(len(line), 'cell')}"
            )
    return [line[:-1] for line in drawing[rows:-1]]


def _terrain_notes(codes: NDArray[np.unsignedinteger], *, terrain: bool) -> tuple[str, ...]:
    swamp, water = (
        (f"terrain of cost {kind.cost:zg}" for kind in TERRAIN.kinds[1:])
        if terrain
        else ("free", "wall")
    )
    meanings = [("W", "water cell", water), ("T", "tree cell", "wall")]
    if (codes == ord("E")).any():
        meanings += [
            ("E", "E cell", "free: emitter points"),
            ("S", "S cell", "free: service points"),
        ]
        where = " of the League of Robot Runners."
    else:
        meanings.append(("S", "swamp cell", swamp))
        where = "."
    notes = []
    for letter, what, how in meanings:
        count = int(np.count_nonzero(codes == ord(letter)))
        if count:
            notes.append(f"Took {counted(count, what)} as {how}{where if ':' in how else '.'}")
    return tuple(notes)


def _head(lines: list[str]) -> tuple[str, int, int]:
    """The type, the height and the width that a map says it has."""
    head = [line.split() for line in lines[:4]]
    if len(head) < 4 or head[0][:1] != ["type"] or head[3] != ["map"]:
        raise VinguiError(
            "A MovingAI map begins with the lines type, height, width and map; "
            f"this one begins with {brief(' / '.join(lines[:4]))}"
        )
    kind = " ".join(head[0][1:])
    if kind not in _TYPES:
        raise VinguiError(f"Its type is {brief(kind)}, but vingui reads {' and '.join(_TYPES)}")
    found = {words[0]: words[1] for words in head[1:3] if len(words) == 2}
    if found.keys() != {"height", "width"}:
        raise VinguiError(
            "Its second and third line must be height and width, not "
            f"{brief(' / '.join(lines[1:3]))}"
        )
    return kind, _whole(found["height"], "The height"), _whole(found["width"], "The width")


def _whole(text: str, what: str) -> int:
    # int() also takes signs, underscores and other scripts' digits, and is slow on long ones.
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise VinguiError(f"{what} must be a whole number of at most 9 digits, not {brief(text)}")
    return int(text)


@dataclass
class _MapsBeside:
    """The maps that a scenario's problems name, each read once."""

    scenario: Path
    notes: list[str] = field(default_factory=list)
    _walls: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    def walls(self, name: str) -> NDArray[np.bool_]:
        """The walls of the map of that name."""
        if name not in self._walls:
            if len(self._walls) >= _MAX_NAMES:
                raise VinguiError(
                    f"A scenario has problems on one map; this one names more than {_MAX_NAMES}. "
                    "Split it by their maps."
                )
            path = companion(self.scenario, name, fallback=self.scenario.stem)
            # Problems that name two maps may find the same file.
            if path.name not in self._walls:
                with naming(path):
                    grid, notes = decoded(read_text(path, limit=MAX_TEXT_BYTES))
                self._walls[path.name] = grid.walls
                self.notes += [f"{name_of(path)}: {note}" for note in notes]
            self._walls[name] = self._walls[path.name]
        return self._walls[name]


def _words(line: str, number: int) -> list[str]:
    words = line.strip().split("\t")
    if len(words) != _FIELDS:
        words = line.split()
    if len(words) != _FIELDS:
        raise VinguiError(f"Line {number} must have {_FIELDS} fields, not {len(words)}")
    return words


def _label(words: list[str]) -> str:
    """Bucket and optimal length of a problem; what is not a number is left out."""
    bucket, length = words[0].strip(), words[-1].strip()
    parts = [f"bucket {bucket}"] if _INTEGER.fullmatch(bucket) else []
    if _LENGTH.fullmatch(length):
        parts.append(f"optimal length {float(length):z.2f}")
    return ", ".join(parts)


def _problem(words: list[str], number: int, maps: _MapsBeside) -> GridMap | None:
    """The problem of a line, or `None` where the start or the goal lies in a wall."""
    cols, rows, start_col, start_row, goal_col, goal_row = (
        _whole(word, f"A number in line {number}") for word in words[2:8]
    )
    walls = maps.walls(words[1])
    if walls.shape != (rows, cols):
        raise VinguiError(
            f"Line {number} is about a map of {rows}x{cols} cells, but the map has "
            f"{walls.shape[0]}x{walls.shape[1]}"
        )
    start, goal = (start_row, start_col), (goal_row, goal_col)
    for what, cell in (("start", start), ("goal", goal)):
        _check_inside(what, cell, number=number, shape=(rows, cols))
    return None if walls[start] or walls[goal] else GridMap(walls, (goal,), (start,))


def _check_inside(what: str, cell: Cell, *, number: int, shape: tuple[int, int]) -> None:
    if cell[0] >= shape[0] or cell[1] >= shape[1]:
        raise VinguiError(
            f"The {what} of line {number} lies outside the {shape[0]}x{shape[1]} map, "
            f"at row {cell[0]}, col {cell[1]}"
        )


MAP_FORMAT: Final = Format(
    name="movingai",
    title="MovingAI map",
    suffixes=(".map",),
    matches=matches_map,
    read=read_map,
    write=write_map,
    written_suffixes=(".map",),
    keeps_markers=False,
    terrain_loss=_terrain_loss,
)

SCENARIO_FORMAT: Final = Format(
    name="scenario",
    title="MovingAI scenario",
    suffixes=(".scen",),
    matches=matches_scenario,
    read=read_scenario,
)
