"""Where the user was in the data sets opened before, so that each opens there again."""

import json
from dataclasses import dataclass
from pathlib import Path

from vingui.gui.settings import IMPORT_PLACES, Settings

_MOST_KEPT = 50


@dataclass(frozen=True)
class Spot:
    """A map in a data set's file.

    Attributes:
        place: which of its maps, from 0.
        split: of a planning data set; empty of others, and for the split that is usual.
    """

    place: int = 0
    split: str = ""


def spot_in(settings: Settings, path: Path) -> Spot:
    """The map of a file that was open last; the first one where none was."""
    found = _kept(settings).get(str(path))
    match found:
        case [int(place), str(split)] if place >= 0:
            return Spot(place, split)
    return Spot()


def keep_spot(settings: Settings, path: Path, spot: Spot) -> None:
    """Remember which map of a file is open."""
    others = {name: found for name, found in _kept(settings).items() if name != str(path)}
    kept = {str(path): [spot.place, spot.split], **others}
    settings.set(IMPORT_PLACES, json.dumps(dict(list(kept.items())[:_MOST_KEPT])))


def _kept(settings: Settings) -> dict[str, object]:
    try:
        found = json.loads(settings.get(IMPORT_PLACES))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
