"""`Kind` and `Parameter`: what a generator is, in the table and in other packages."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any, Final

import numpy as np

from vingui.core.errors import VinguiError
from vingui.core.extensions import Extension
from vingui.core.generate.landscapes import Ground

Setting = bool | int | float
"""A parameter's value."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a generator, shown as a field of a form and as an option of a command.

    Attributes:
        name: its name in code and, with hyphens, on the command line.
        title: its label in the form.
        about: one line of help.
        type: `bool`, `int` or `float`.
        default: its default, or a function of `(rows, cols)` that returns it.
        low: the least value allowed; `False` for a `bool`.
        high: the greatest value allowed; `True` for a `bool`.
    """

    name: str
    title: str
    about: str
    type: type[bool] | type[int] | type[float]
    default: Setting | Callable[[int, int], Setting]
    low: Setting = False
    high: Setting = True

    def default_for(self, *, rows: int, cols: int) -> Setting:
        """The default for a map of that size."""
        return self.default(rows, cols) if callable(self.default) else self.default

    def checked(self, value: Any) -> Setting:
        """`value` converted to this parameter's type.

        Raises:
            VinguiError: it is of another type or out of bounds.
        """
        kind: Any = {bool: bool, int: Integral, float: Real}[self.type]
        if (
            isinstance(value, kind)
            and isinstance(value, bool) == (self.type is bool)
            and self.low <= value <= self.high
        ):
            return self.type(value)
        wanted = {bool: "true or false", int: "a whole number", float: "a number"}[self.type]
        bounds = "" if self.type is bool else f" from {self.low} to {self.high}"
        raise VinguiError(f"{self.name} must be {wanted}{bounds}, not {value!r}")


@dataclass(frozen=True)
class Kind:
    """A kind of generated map.

    Attributes:
        name: its name on the command line.
        title: its name in the window.
        about: what such a map looks like, in one line.
        parameters: the generator's parameters.
        ground: generates walls and terrain, from `rows`, `cols`, `rng` and every parameter by its
            name.
    """

    name: str
    title: str
    about: str
    parameters: tuple[Parameter, ...]
    ground: Callable[..., Ground]

    def settings(self, *, rows: int, cols: int, **given: Setting) -> dict[str, Setting]:
        """The value of every parameter: the given values, checked, and defaults for the map's size.

        Raises:
            VinguiError: a given value is out of bounds or of another type, or its name is unknown.
        """
        names = [parameter.name for parameter in self.parameters]
        for name in given:
            if name not in names:
                raise VinguiError(
                    f"There is no parameter {name!r} of {self.name}; there are {', '.join(names)}"
                )
        return {
            parameter.name: parameter.checked(given[parameter.name])
            if parameter.name in given
            else parameter.default_for(rows=rows, cols=cols)
            for parameter in self.parameters
        }


_TAKEN: Final = (
    *("kind", "out", "rows", "cols", "rng", "size", "count", "seed", "starts", "uniform"),
    *("demonstrations", "moves", "help", "run", "index", "jobs", "scheduler"),
    *("progress", "on_progress"),
)
"""Names that parameters cannot have: those of other options, and of arguments of `generate`."""


def adapted(extension: Extension) -> Kind:
    """The kind of an extension, whose generator raises `VinguiError` alone.

    Raises:
        Exception: it is no kind.
    """
    kind = extension.entry_point.load()
    if not isinstance(kind, Kind):
        raise VinguiError(f"it is of the type {type(kind).__name__}, not a Kind")
    for parameter in kind.parameters:
        if parameter.name in _TAKEN or not parameter.name.isidentifier():
            raise VinguiError(f"a parameter cannot have the name {parameter.name!r}")
        parameter.checked(parameter.default_for(rows=28, cols=28))

    def ground(*, rows: int, cols: int, **given: Any) -> Ground:
        with extension.naming():
            made = kind.ground(rows=rows, cols=cols, **given)
            made = made if isinstance(made, Ground) else Ground(np.asarray(made))
            if made.walls.dtype != bool or made.walls.shape != (rows, cols):
                raise TypeError(
                    f"Expected {rows}x{cols} bool, received {made.walls.dtype} "
                    f"of the shape {made.walls.shape}"
                )
        return made

    return replace(kind, ground=ground)
