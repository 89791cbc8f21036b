"""Recipes: what vingui needs to make one of its files again."""

import hashlib
import json
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, Self

from vingui.core.cards import find_model
from vingui.core.engine import ENGINES, Engine
from vingui.core.errors import VinguiError
from vingui.core.files import brief, check_regular, parse_json, printable, reading
from vingui.core.grid import GridMap
from vingui.core.map_record import is_whole, map_of_record, map_record
from vingui.core.methods import METHODS
from vingui.core.moves import rule_named
from vingui.core.phrases import counted
from vingui.core.value_history import MOST_MEMORY, check_iterations

FORMAT: Final = "vingui-recipe"
VERSION: Final = 3
"""The newest version, of recipes of a planning method, without a model. Those of maps without
terrain and with one goal have version 1, and others 2."""

KINDS: Final = ("figure", "film", "learning", "data", "view")

MAX_CHARACTERS: Final = 60 << 20
"""The longest recipe: Pillow opens no picture with texts of 64 MiB. The largest map of random
terrain with the most starts and the longest elevation of a recipe fits."""

_MAX_MARKS: Final = 20_000
"""The most brackets and commas: when parsed, each may take a hundred bytes."""

_MAX_NAME: Final = 255
_MOST_SNAPSHOTS: Final = 1000
_MAX_MODEL_BYTES: Final = 64 << 20
_PACKAGES: Final = ("vingui", "keras", "tensorflow", "numpy", "numba", "matplotlib", "pillow", "av")
_PACKAGES_OF_VIEWS: Final = ("pyside6-essentials", "pyqtgraph")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Recipe:
    """Everything that is needed to make a file again.

    Attributes:
        kind: of the file, one of `KINDS`.
        grid: the map that was planned on, with a goal.
        name: what the map is called, never a path; unprintable characters are escaped.
        model: the name of a shipped model or of a model's file, or of a planning method.
        sha256: the checksum of its `.keras` file, 64 hexadecimal digits; empty of a method.
        rule: the name of the movement rule.
        iterations: K.
        memory: bytes of values that were kept at most, which decides which V_k a film has.
        options: the `record()` of a figure's, a film's or a view's options, or a table and its k.
        versions: of Python and the packages that took part, by name.
        suffix: the file's suffix in lower case, with the dot.
        engine: what iterated the values, one of `ENGINES`.
        snapshots: of a film of learning, the epochs of its snapshots of the model and their
            checksums; otherwise none.
    """

    kind: str
    grid: GridMap
    name: str
    model: str
    sha256: str
    rule: str
    iterations: int
    memory: int
    options: dict[str, Any]
    versions: dict[str, str]
    suffix: str
    engine: Engine = "numba"
    snapshots: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", plain_name(self.name))
        object.__setattr__(self, "model", plain_name(self.model))

    def record(self) -> dict[str, Any]:
        """Return the recipe as a JSON object."""
        added: dict[str, Any] = {} if self.engine == "numba" else {"engine": self.engine}
        if self.snapshots:
            added["snapshots"] = [list(snapshot) for snapshot in self.snapshots]
        return {
            "format": FORMAT,
            "version": VERSION if not self.sha256 else 1 if self.grid.is_plain else 2,
            "kind": self.kind,
            "name": self.name,
            "map": map_record(self.grid),
            "model": self.model,
            "sha256": self.sha256,
            "rule": self.rule,
            "iterations": self.iterations,
            "memory": self.memory,
            "options": self.options,
            "versions": self.versions,
            "suffix": self.suffix,
            **added,
        }

    def encoded(self) -> str:
        """Return the recipe as one line of ASCII: JSON without spaces."""
        return json.dumps(self.record(), separators=(",", ":"), allow_nan=False)

    @classmethod
    def decoded(cls, text: str) -> Self:
        """Return the recipe in a text made by `encoded`.

        Raises:
            VinguiError: it is damaged, or made by a newer vingui.
        """
        if len(text) > MAX_CHARACTERS or sum(map(text.count, "[{,")) > _MAX_MARKS:
            raise VinguiError(
                f"It holds no recipe, but {counted(len(text), 'character')} of other text"
            )
        try:
            content = parse_json(text, parse_constant=_no_constant)
        except ValueError:
            raise VinguiError("Its recipe is damaged: it is not JSON") from None
        return cls.of_record(content)

    @classmethod
    def of_record(cls, content: Any) -> Self:
        """Return the recipe in a JSON object made by `record`.

        Raises:
            VinguiError: it is damaged, or made by a newer vingui.
        """
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            found = content.get("format") if isinstance(content, dict) else type(content).__name__
            raise VinguiError(f"It holds no {FORMAT}, but {brief(found)}")
        if content.get("version") not in range(1, VERSION + 1):
            raise VinguiError(
                f"Its recipe has version {brief(content.get('version'))}; this vingui reads "
                f"versions 1 to {VERSION}"
            )
        values: dict[str, Any] = {name: content.get(name) for name in _CHECKS}
        for name, value in values.items():
            if not _CHECKS[name](value):
                raise VinguiError(f"The {name} of a recipe cannot be {brief(value)}")
        rule_named(str(values["rule"]))
        grid = map_of_record(content.get("map"))
        check_iterations(values["iterations"], grid)
        if values["memory"] > MOST_MEMORY:
            raise VinguiError(
                f"The recipe asks for {counted(values['memory'], 'byte')} of values to be kept; "
                f"vingui keeps {MOST_MEMORY:,} at most"
            )
        if not values["sha256"] and values["model"] not in METHODS:
            raise VinguiError(
                "A recipe has the checksum of its model, or names a planning method; "
                f"{brief(values['model'])} is none that is installed"
            )
        if values["sha256"] and values["model"] in METHODS.own:
            raise VinguiError("A recipe has the checksum of its model, or names a planning method")
        engine = content.get("engine", "numba")
        if engine not in ENGINES:
            raise VinguiError(f"The engine of a recipe cannot be {brief(engine)}")
        snapshots = _snapshots(content.get("snapshots", []))
        if bool(snapshots) != (values["kind"] == "learning"):
            raise VinguiError("A film of learning has snapshots, and only such a film")
        if snapshots and not values["sha256"]:
            raise VinguiError("A planning method learns nothing, and has no film of learning")
        return cls(grid=grid, engine=engine, snapshots=snapshots, **values)


def _snapshots(value: Any) -> tuple[tuple[int, str], ...]:
    if (
        not isinstance(value, list)
        or len(value) > _MOST_SNAPSHOTS
        or not all(map(_is_snapshot, value))
    ):
        raise VinguiError(f"The snapshots of a recipe cannot be {brief(value)}")
    return tuple((epoch, sha256) for epoch, sha256 in value)


def _is_snapshot(value: Any) -> bool:
    match value:
        case [epoch, sha256]:
            return is_whole(epoch) and _is_digest(sha256)
    return False


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and bool(_DIGEST.fullmatch(value))


def plain_name(name: str) -> str:
    """Return a name as one printable line, no longer than a file name."""
    return printable(name)[:_MAX_NAME]


def checksum_of(model: str) -> str:
    """Return the checksum of a model given by its name or file; empty of a planning method.

    Raises:
        VinguiError: there is no such model, or as of `checksum`.
    """
    return "" if model in METHODS else checksum(find_model(model))


def checksum(path: Path) -> str:
    """Return the SHA-256 of a model's file, in hexadecimal.

    Raises:
        VinguiError: the file cannot be read, or is larger than any model.
    """
    with reading(path):
        size = check_regular(path)
        if size > _MAX_MODEL_BYTES:
            raise VinguiError(f"A model may have at most {_MAX_MODEL_BYTES:,} bytes, not {size:,}")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def versions_here(kind: str = "", *, model: str = "") -> dict[str, str]:
    """Return the installed versions of Python and of the packages that plan and draw, by name.

    Args:
        kind: the kind of the recipe that they are for.
        model: its model; the planner of another package has a version too.
    """
    found = {"python": platform.python_version()}
    for name in (*_PACKAGES, *(_PACKAGES_OF_VIEWS if kind == "view" else ())):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    method = METHODS.get(model)
    if method is not None and method.extension is not None:
        found[method.extension.package] = method.extension.version
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _MAX_NAME and value.isprintable()


def _is_versions(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= len(_PACKAGES) * 4
        and all(_is_name(name) and _is_name(version) for name, version in value.items())
    )


_CHECKS: Final[dict[str, Callable[[Any], bool]]] = {
    "kind": lambda value: isinstance(value, str) and value in KINDS,
    "name": _is_name,
    "model": _is_name,
    "sha256": lambda value: value == "" or _is_digest(value),
    "rule": lambda value: isinstance(value, str),
    "iterations": is_whole,
    "memory": is_whole,
    "options": lambda value: isinstance(value, dict),
    "versions": _is_versions,
    "suffix": lambda value: (
        isinstance(value, str) and bool(re.fullmatch(r"\.[a-z0-9]{1,8}", value))
    ),
}
