"""Where the user is in a data set, and was in those opened before."""

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

_MOST_KEPT = 50


@dataclass(frozen=True)
class SetPosition:
    """A map in a data set's file.

    Attributes:
        place: which of its maps, from 0.
        split: of a planning data set; empty of others, and for the split that is usual.
    """

    place: int = 0
    split: str = ""


@dataclass(frozen=True)
class SetMember:
    """Which map of a set a document is.

    Attributes:
        path: the set's file or folder.
        place: which of its maps, from 0.
        split: the part of a planning data set; empty of others.
        count: how many maps there are.
        mark: tells the map from others, as it was in the set.
    """

    path: Path
    place: int
    split: str
    count: int
    mark: str

    @classmethod
    def at(cls, path: Path, dataset: DataSet, place: int) -> Self:
        """The map at a place of a set that was read from a file or folder."""
        maps = dataset.maps
        return cls(path, place, dataset.split, len(maps), _mark(maps[place]))

    @classmethod
    def kept(cls, found: Any) -> Self | None:
        """What `record` gave, as it was found in a file; `None` of anything else."""
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
        """All of it as JSON has it."""
        return {**vars(self), "path": str(self.path.absolute())}

    def check(self, dataset: DataSet) -> None:
        """Check that a set that was read anew is still the one that the map is of.

        Raises:
            VinguiError: it is another.
        """
        if len(dataset.maps) != self.count or self != SetMember.at(self.path, dataset, self.place):
            raise VinguiError(
                f"{shown(self.path)}: Expected the set of {counted(self.count, 'map')} that this "
                f"map is of, received one that has changed since"
            )


def remembered_position(settings: Settings, path: Path) -> SetPosition:
    """The map of a file that was open last; the first one where none was."""
    found = _kept(settings).get(str(path))
    match found:
        case [int(place), str(split)] if place >= 0:
            return SetPosition(place, split)
    return SetPosition()


def remember_position(settings: Settings, path: Path, spot: SetPosition) -> None:
    """Remember which map of a file is open."""
    others = {name: found for name, found in _kept(settings).items() if name != str(path)}
    kept = {str(path): [spot.place, spot.split], **others}
    settings.set(IMPORT_PLACES, json.dumps(dict(list(kept.items())[:_MOST_KEPT])))


def _mark(grid: GridMap) -> str:
    rest = json.dumps([*grid.walls.shape, grid.goal, grid.starts])
    return hashlib.sha256(grid.walls.tobytes() + rest.encode()).hexdigest()


def _kept(settings: Settings) -> dict[str, object]:
    try:
        found = json.loads(settings.get(IMPORT_PLACES))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
