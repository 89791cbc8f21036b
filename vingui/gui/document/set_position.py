"""The position in a data set: which of its maps is open, and which was open last."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import shown
from vingui.core.grid import GridMap
from vingui.core.phrases import counted
from vingui.gui.settings import IMPORT_PLACES, Settings

_MOST_POSITIONS = 50


@dataclass(frozen=True)
class SetPosition:
    """The position of a map in a data set.

    Attributes:
        place: the index of the map, from 0.
        split: the split of a planning data set; empty for the default one and for other sets.
    """

    place: int = 0
    split: str = ""


@dataclass(frozen=True)
class SetMember:
    """The map of a set that a document was opened from.

    Attributes:
        path: the set's file or folder.
        place: the index of the map, from 0.
        split: the split of a planning data set; empty for other sets.
        count: the number of maps in the set.
        mark: a hash of the map as it was in the set.
    """

    path: Path
    place: int
    split: str
    count: int
    mark: str

    @classmethod
    def at(cls, path: Path, dataset: DataSet, place: int) -> Self:
        """Create the member at an index of a set that was read from a file or folder."""
        maps = dataset.maps
        return cls(path, place, dataset.split, len(maps), _mark(maps[place]))

    @classmethod
    def from_record(cls, found: Any) -> Self | None:
        """Restore a member from what `record` returned; `None` for anything else."""
        match found:
            case {
                "path": str(path),
                "place": int(place),
                "split": str(split),
                "count": int(count),
                "mark": str(mark),
            } if path and 0 <= place < count:
                return cls(Path(path), place, split, count, mark)
        return None

    def record(self) -> dict[str, Any]:
        """Return the member as JSON values."""
        return {**vars(self), "path": str(self.path.absolute())}

    def check(self, dataset: DataSet) -> None:
        """Check that a set that was read again still contains the map.

        Raises:
            VinguiError: the set has changed.
        """
        if len(dataset.maps) != self.count or self != SetMember.at(self.path, dataset, self.place):
            raise VinguiError(
                f"{shown(self.path)}: The set of {counted(self.count, 'map')} has changed since "
                f"this map was opened from it. Open it again to browse its maps."
            )


def remembered_position(settings: Settings, path: Path) -> SetPosition:
    """Return the position of the map of a file that was open last; if unknown, of the first map."""
    found = _stored_positions(settings).get(str(path))
    match found:
        case [int(place), str(split)] if place >= 0:
            return SetPosition(place, split)
    return SetPosition()


def remember_position(settings: Settings, path: Path, position: SetPosition) -> None:
    """Remember the position of the open map of a file."""
    others = {
        name: found for name, found in _stored_positions(settings).items() if name != str(path)
    }
    kept = {str(path): [position.place, position.split], **others}
    settings.set(IMPORT_PLACES, json.dumps(dict(list(kept.items())[:_MOST_POSITIONS])))


def _mark(grid: GridMap) -> str:
    rest = json.dumps([*grid.walls.shape, grid.goal, grid.starts])
    return hashlib.sha256(grid.walls.tobytes() + rest.encode()).hexdigest()


def _stored_positions(settings: Settings) -> dict[str, object]:
    try:
        found = json.loads(settings.get(IMPORT_PLACES))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
