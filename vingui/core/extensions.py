"""Formats, generators and planners of other packages, found by their entry points.

A package names each of them in a group of `GROUPS`. They are looked for where one is needed that is
not our own, or a list of all: neither the window nor a command imports them when it starts. One
that cannot be used is reported in a sentence, and left out.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from logging import getLogger
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from vingui.core.errors import VinguiError
from vingui.core.files import gist

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUPS: Final = {
    "vingui.formats": "format",
    "vingui.generators": "generator",
    "vingui.planners": "planner",
}
"""The groups of entry points, and what each is called in messages."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


class BrokenExtensionError(VinguiError):
    """An extension can be used for nothing.

    Attributes:
        name: its name.
    """

    name = ""


@dataclass(frozen=True)
class Extension:
    """An entry point of another package.

    Attributes:
        group: its group, of `GROUPS`.
        name: its name.
        package: the name of the package.
        version: its version.
        entry_point: where the object is imported from.
    """

    group: str
    name: str
    package: str
    version: str
    entry_point: "EntryPoint"

    @property
    def title(self) -> str:
        """What messages begin with."""
        return f"The {GROUPS[self.group]} “{self.name}” of {self.package} {self.version}"

    def load(self) -> Any:
        """Import the object.

        Raises:
            BrokenExtensionError: it cannot be imported.
        """
        try:
            return self.entry_point.load()
        except MemoryError:
            raise
        except (Exception, SystemExit) as error:
            raise self.broken(f"cannot be imported: {reason_of(error)}") from error

    def broken(self, what: str) -> BrokenExtensionError:
        """The error that it can be used for nothing.

        Args:
            what: what is wrong, from the verb on.
        """
        error = BrokenExtensionError(f"{self.title} {what}")
        error.name = self.name
        return error

    @contextmanager
    def naming(self) -> Iterator[None]:
        """Name the extension in whatever is raised inside, which becomes a `VinguiError`."""
        try:
            yield
        except (VinguiError, MemoryError):
            raise
        except (Exception, SystemExit) as error:
            raise VinguiError(f"{self.title} failed: {reason_of(error)}") from error

    def guarded(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of the extension inside such a block."""

        def call(*arguments: Any, **named: Any) -> Any:
            with self.naming():
                return act(*arguments, **named)

        return call


def reason_of(error: BaseException) -> str:
    """What an extension raised, as a few words of one line."""
    text = gist(error) if isinstance(error, Exception) else str(error)
    return text if isinstance(error, VinguiError) else f"{type(error).__name__}: {text}"


@cache
def extensions(group: str) -> tuple[Extension, ...]:
    """The extensions of a group that are installed, without importing them."""
    # Imported when it is first needed, unlike this module.
    from importlib.metadata import entry_points

    found = []
    for entry in entry_points(group=group):
        # Entry points that are found have a distribution; those made by hand have none.
        assert entry.dist is not None  # noqa: S101
        found.append(Extension(group, entry.name, entry.dist.name, entry.dist.version, entry))
    return tuple(sorted(found, key=lambda one: (one.package, one.name)))


_left_out: Final[dict[Extension, str]] = {}
_reports: Final[list[Callable[[str], None]]] = [getLogger(__name__).warning]


def report_to(report: Callable[[str], None] | None) -> None:
    """Call a function with a sentence about each extension that is left out from now on.

    It may be called in any thread. With `None`, as at first, the sentences are logged.
    """
    _reports[:] = [report or getLogger(__name__).warning]


def leave_out(extension: Extension, why: str) -> None:
    """Report, once, that an extension is left out."""
    if extension not in _left_out:
        _left_out[extension] = why
        _reports[0](f"{extension.title} is left out: {why.rstrip('.')}.")


def is_left_out(group: str, name: str) -> bool:
    """Whether an extension of this name is left out."""
    return any((one.group, one.name) == (group, name) for one in _left_out)


def listed() -> list[tuple[Extension, str]]:
    """All extensions that are installed, each with why it is left out, as far as that is known."""
    return [(one, _left_out.get(one, "")) for group in GROUPS for one in extensions(group)]


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...


T = TypeVar("T", bound=_Named)


class Registry(Mapping[str, T]):
    """Our own entries by their names, then those of other packages.

    The others are looked for when a name is not found among ours, or by who iterates beyond them.

    Args:
        own: our own entries.
        group: the group of the others.
        adapt: makes the entry of an extension; it may raise anything if the extension is broken.
        is_reserved: whether a name can belong to no extension.
    """

    def __init__(
        self,
        own: Mapping[str, T],
        group: str,
        adapt: Callable[[Extension], T],
        is_reserved: Callable[[str], bool] = lambda name: False,
    ) -> None:
        self.own = own
        self._group = group
        self._adapt = adapt
        self._is_reserved = is_reserved
        self._found: dict[str, T] | None = None
        self._lock = RLock()

    def __getitem__(self, name: str) -> T:
        if isinstance(name, str) and name in self.own:
            return self.own[name]
        if not isinstance(name, str) or not _NAME.fullmatch(name) or self._is_reserved(name):
            raise KeyError(name)
        return self._others[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        yield from self._others

    def __len__(self) -> int:
        return len(self.own) + len(self._others)

    def leave_out(self, name: str) -> None:
        """Forget the entry of an extension."""
        with self._lock:
            self._others.pop(name, None)

    @property
    def _others(self) -> dict[str, T]:
        with self._lock:
            if self._found is None:
                # Known before it is filled: an extension may itself look into this registry.
                self._found = {}
                for extension in extensions(self._group):
                    self._add(extension, self._found)
            return self._found

    def _add(self, extension: Extension, found: dict[str, T]) -> None:
        try:
            entry = self._adapt(extension)
            why = self._objection(entry, found)
        except (Exception, SystemExit) as error:
            why = reason_of(error)
        if why:
            leave_out(extension, why)
        else:
            found[entry.name] = entry

    def _objection(self, entry: T, found: Mapping[str, T]) -> str:
        """Why an extension cannot have its name or title; empty if it can."""
        name = entry.name
        if not entry.title.isprintable():
            return "its title is not one line of text"
        if not _NAME.fullmatch(name):
            return f"a name has letters a to z, digits and hyphens, unlike {name!r}"
        taken = name in self.own or name in found or self._is_reserved(name)
        return f"the name {name!r} is taken" if taken else ""
