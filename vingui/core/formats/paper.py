"""The data of the VIN paper (Tamar et al. 2016), as avivt/VIN ships it in MATLAB files.

Training, `gridworld_{8,16,28}.mat`: one row a state. `im_data (n, s*s)`, 1 where free;
`value_data (n, s*s)`, 10 at the goal; `state_xy_data (n, 2)`, the `(row, col)` from 0;
`label_data (n, 1)`, an optimal action 0..7; row-major. The `batch_*` arrays hold the same, one
row a map and ten states in it.

Test, `gridworld_{8,16,28}_test.mat`: one row a map. `all_im_data (n, s*s)`;
`all_value_data (n, s*s)`, 10 at the goal; `all_states_xy (n, 1)`, a cell of optimal paths
`(length, 2)` from start to goal, `(row, col)` from 1; column-major.

The order of the cells is checked: in the wrong order, states and paths run through walls.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.formats import base
from vingui.core.formats.base import Format
from vingui.core.formats.mat5 import Variable, list_variables, read_cells, read_numeric
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.state_table import (
    Order,
    StateTable,
    stack_of,
    table_of_actions,
    whole_numbers,
)
from vingui.core.phrases import counted

_GOAL_VALUE: Final = 10
_TRAINING: Final = ("im_data", "value_data", "state_xy_data", "label_data")
_BATCH: Final = (
    "batch_im_data", "batch_value_data", "state_x_data", "state_y_data", "batch_label_data",
)  # fmt: skip
_TEST: Final = ("all_im_data", "all_value_data", "all_states_xy")

_MAX_PATH_BYTES: Final = 16 * 2**20
"""A thousand times as much as in the paper's files; checking takes sixteen times the memory."""


def matches(head: bytes, path: Path) -> bool:
    """Whether it is a MATLAB file: of version 5 to 7, or of 7.3, which `read` refuses."""
    return head.startswith((b"MATLAB ", b"\x89HDF\r\n\x1a\n"))


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read the training or the test layout, distinguished by their arrays.

    Raises:
        VinguiError: it is not a valid MATLAB file of version 5 to 7, the arrays are not those of
            the paper, or in neither order of the cells are all states free.
        OSError: it cannot be read.
    """
    variables = list_variables(path)
    usual: Order = "column-major"
    notes: tuple[str, ...] = ()
    if set(_TEST) <= variables.keys():
        table = _test_table(path, variables)
    elif set(_TRAINING) <= variables.keys():
        usual = "row-major"
        table, notes = _training_table(path, variables)
    else:
        raise VinguiError(
            f"It needs the paper's arrays, {', '.join(_TRAINING)} or {', '.join(_TEST)}, "
            f"but has {brief(', '.join(variables) or 'none')}"
        )
    stack, order_notes = stack_of(table, usual)
    return DataSet(path.stem, stack, notes + order_notes)


def _test_table(path: Path, variables: Mapping[str, Variable]) -> StateTable:
    free, goals = _images(path, variables["all_im_data"], variables["all_value_data"])
    variable = variables["all_states_xy"]
    if math.prod(variable.shape) != len(free):
        raise VinguiError(
            f"{variable.name} must hold {len(free)} paths, and its shape is {brief(variable.shape)}"
        )
    base.check_bytes("Paths", variable.nbytes, _MAX_PATH_BYTES)
    paths = read_cells(path, variable)
    for index, cells in enumerate(paths):
        if cells.ndim != 2 or cells.shape[1] != 2 or not len(cells):
            raise VinguiError(f"Path {index} must have shape (length, 2), not {brief(cells.shape)}")
    lengths = np.array([len(cells) for cells in paths])
    cells = whole_numbers("all_states_xy", np.concatenate(paths)) - 1
    last = np.cumsum(lengths) - 1
    owners = np.repeat(np.arange(len(paths)), lengths)
    return StateTable(free, goals, cells[last - lengths + 1], cells, owners, cells[last])


def _training_table(
    path: Path, variables: Mapping[str, Variable]
) -> tuple[StateTable, tuple[str, ...]]:
    names: tuple[str, ...] = _TRAINING
    if _size(variables, _TRAINING) > base.MAX_ARRAY_BYTES and set(_BATCH) <= variables.keys():
        names = _BATCH
    images, values, *state_names, label_name = names
    free, goals = _images(path, variables[images], variables[values])
    columns = [_rows(path, variables[name], len(free)) for name in state_names]
    states = np.hstack(columns) if len(columns) == 1 else np.stack([c[:, 0] for c in columns], 1)
    if states.shape[1] != 2:
        raise VinguiError(f"States must have two numbers, not {states.shape[1]}")
    actions = _rows(path, variables[label_name], len(free))[:, 0]
    table = table_of_actions(free, goals, states, actions)
    if names is _BATCH:
        note = (
            f"Took one state of each map, {counted(len(free), 'map')}: with all of them the set "
            "would not fit in memory."
        )
    else:
        note = f"Every state is one map with one start: {counted(len(free), 'map')}, with repeats."
    return table, (note,)


def _size(variables: Mapping[str, Variable], names: tuple[str, ...]) -> int:
    return sum(variables[name].nbytes for name in names)


def _images(
    path: Path, image: Variable, value: Variable
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """The free cells of maps, `(n, s*s)` bool, and the flat index of each goal, `(n,)`."""
    side = math.isqrt(image.shape[1]) if len(image.shape) == 2 else 0
    if len(image.shape) != 2 or side * side != image.shape[1] or value.shape != image.shape:
        raise VinguiError(
            f"{image.name} and {value.name} must have one shape (n, s*s), "
            f"not {brief(image.shape)} and {brief(value.shape)}"
        )
    base.check_size(side, side)
    base.check_count(image.shape[0])
    base.check_bytes("The maps", image.nbytes + value.nbytes)
    pixels = read_numeric(path, image)
    free = pixels == 1
    # Counting saves an array as large as the maps, which may take a quarter of a gigabyte.
    if np.count_nonzero(pixels) != np.count_nonzero(free):
        raise VinguiError(f"{image.name} must hold 0 and 1 only")
    del pixels
    return free, base.goal_places(read_numeric(path, value) == _GOAL_VALUE)


def _rows(path: Path, variable: Variable, count: int) -> NDArray[np.int64]:
    """The whole numbers of a variable with `count` rows of at most ten numbers each."""
    shape = variable.shape
    if len(shape) != 2 or shape[0] != count or not 1 <= shape[1] <= 10:
        raise VinguiError(f"{variable.name} must have shape ({count}, 1 to 10), not {brief(shape)}")
    return whole_numbers(variable.name, read_numeric(path, variable))


FORMAT: Final = Format(
    name="paper",
    title="Data of the VIN paper (MATLAB)",
    suffixes=(".mat",),
    matches=matches,
    read=read,
)
