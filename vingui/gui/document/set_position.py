"""The position in a data set: which of its maps is open, and which was open last."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import name_of
from vingui.core.grid import GridMap
from vingui.core.phrases import counted
from vingui.gui.settings import IMPORT_POSITIONS, Settings

_MOST_POSITIONS = 50


@dataclass(frozen=True)
class SetPosition:
    """The position of a map in a data set.

    Attributes:
        index: the index of the map, from 0.
        split: the split of a planning data set; empty for the default one and for other sets.
    """

    index: int = 0
    split: str = ""


@dataclass(frozen=True)
class SetMember:
    """The map of a set that a document was opened from.

    Attributes:
        path: the set's file or folder.
        index: the index of the map, from 0.
        split: the split of a planning data set; empty for other sets.
        count: the number of maps in the set.
        checksum: a hash of the map as it was in the set.
    """

    path: Path
    index: int
    split: str
    count: int
    checksum: str

    @classmethod
    def at(cls, path: Path, dataset: DataSet, index: int) -> Self:
        """Create the member at an index of a set that was read from a file or folder."""
        maps = dataset.maps
        return cls(path, index, dataset.split, len(maps), _checksum(maps[index]))

    @classmethod
    def from_record(cls, found: Any) -> Self | None:
        """Restore a member from what `record` returned; `None` for anything else."""
        match found:
            case {
                "path": str(path),
                "index": int(index),
                "split": str(split),
                "count": int(count),
                "checksum": str(checksum),
            } if path and 0 <= index < count:
                return cls(Path(path), index, split, count, checksum)
        return None

    def record(self) -> dict[str, Any]:
        """Return the member as JSON values."""
        return {**vars(self), "path": str(self.path.absolute())}

    def check(self, dataset: DataSet) -> None:
        """Check that a set that was read again still contains the map.

        Raises:
            VinguiError: the set has changed.
        """
        if len(dataset.maps) != self.count or self != SetMember.at(self.path, dataset, self.index):
            raise VinguiError(
                f"{name_of(self.path)}: The set of {counted(self.count, 'map')} has changed since "
                f"this map was opened from it. Open it again to browse its maps."
            )


def remembered_position(settings: Settings, path: Path) -> SetPosition:
    """Return the position of the map of a file that was open last; if unknown, of the first map."""
    found = _stored_positions(settings).get(str(path))
    match found:
        case [int(index), str(split)] if index >= 0:
            return SetPosition(index, split)
    return SetPosition()


def remember_position(settings: Settings, path: Path, position: SetPosition) -> None:
    """Remember the position of the open map of a file."""
    others = {
        name: found for name, found in _stored_positions(settings).items() if name != str(path)
    }
    kept = {str(path): [position.index, position.split], **others}
    settings.set(IMPORT_POSITIONS, json.dumps(dict(list(kept.items())[:_MOST_POSITIONS])))


def _checksum(grid: GridMap) -> str:
    terrain = b"" if grid.terrain is None else grid.terrain.tobytes()
    placed = grid.goals, grid.goal_values, grid.starts
    rest = json.dumps([*grid.walls.shape, *placed, grid.palette.record()])
    checksum = hashlib.sha256(grid.walls.tobytes() + terrain + rest.encode())
    for demonstration in grid.demonstrations:
        checksum.update(demonstration.array.tobytes())
    if grid.elevation is not None:
        checksum.update(grid.elevation.tobytes())
    return checksum.hexdigest()


def _stored_positions(settings: Settings) -> dict[str, object]:
    try:
        found = json.loads(settings.get(IMPORT_POSITIONS))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
