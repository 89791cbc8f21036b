"""Maps typed or copied as text: letters, or numbers; `.txt` and `.csv`.

`#` is a wall, `.` is free, `G` a goal, `S` a start, one line a row; goals and starts come in
reading order. Only these are written. Also read, with a note, are blanks as free cells, `E` as a
goal, small letters, full blocks as walls, and grids of 0 and 1. Cells may be separated by blanks,
tabs, commas or semicolons.

There is no terrain: a text has no legend, and small letters already stand for capital ones. A
vingui map is as easy to read, and has a legend.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from vingui.core.dataset import DataSet, as_cell
from vingui.core.errors import VinguiError
from vingui.core.files import read_text
from vingui.core.formats.base import MAX_TEXT_BYTES, Format, check_size, only_map
from vingui.core.formats.number_grid import meaning_of_digits, numbers_of, walls_of
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.text_cleanup import copied_lines
from vingui.core.formats.text_grid import characters, drawn
from vingui.core.grid import MAX_SIDE, GridMap
from vingui.core.phrases import counted

_WRITTEN: Final = "#.GS"
_KNOWN: Final = "#.GSE 01"
_LEGEND: Final = (
    "a map has # for walls, . or blanks for free cells, G or E for goals and S for starts; "
    "or 1 for walls and 0 for free cells"
)
_SMALL: Final = str.maketrans("gse", "GSE")
_BLOCK: Final = "\u2588"
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:e[-+]?[0-9]+)?|true|false", re.IGNORECASE)
_FIRST_NUMBERS: Final = {"-1", "0", "1", "100", "true", "false"}
_BRACKETS: Final = re.compile(r"\[([^\[\]]*)\]")
_MARGIN: Final = 2
"""The most words of a row besides its cells: a label before them and an empty word after them; and
the most rows of a table besides those of the map: a row of labels and an opening bracket."""


def matches(head: bytes, path: Path) -> bool:
    """Whether it consists of the four characters that are written."""
    text = head.strip()
    return bool(text) and not text.strip(_WRITTEN.encode() + b"\r\n")


def begins_as_map(head: bytes) -> bool:
    """Whether a text begins with a row of a map; most `.txt` and `.csv` files do not."""
    try:
        lines, _ = copied_lines(head.decode("utf-8", "ignore"))
    except VinguiError:
        return False
    words = re.sub(r"[\s,;\[\]\"]+", " ", lines[0]).split() if lines else []
    letters = set("".join(words).translate(_SMALL).replace(_BLOCK, "#"))
    if letters & set("#.") and letters <= set(_KNOWN):
        return True
    digits = len(words) == 1 and len(words[0]) > 1 and letters <= set("01")
    numbers = len(words) > 1 and all(
        word.lower().removesuffix(".").removesuffix(".0") in _FIRST_NUMBERS for word in words
    )
    return digits or numbers


def read(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read a map.

    Raises:
        VinguiError: it is not a valid map.
    """
    grid, notes = decoded(read_text(path, limit=MAX_TEXT_BYTES), options)
    return DataSet(path.stem, (grid,), notes)


def decoded(text: str, options: ReadOptions = DEFAULT_OPTIONS) -> tuple[GridMap, tuple[str, ...]]:
    """The map that a text draws, and notes on how it was read.

    Raises:
        VinguiError: it is not a valid map.
    """
    lines, notes = copied_lines(text)
    if not lines:
        raise VinguiError("The text is empty: there is no map in it")
    table = _table(lines)
    if table is None:
        grid, more = _of_letters(*_rows(lines), options)
    elif all(_NUMBER.fullmatch(word) for row in table for word in row):
        walls, more = walls_of(numbers_of(table), options)
        grid = GridMap(walls)
    elif any(len(word) > 1 for row in table for word in row):
        raise VinguiError(_about_words(table))
    else:
        rows = ["".join(word or " " for word in row) for row in table]
        grid, more = _of_letters(rows, (), options)
    return grid, notes + more


# Separated cells.


def _table(lines: Sequence[str]) -> list[list[str]] | None:
    """The words of each row, if cells are separated or are all digits; else `None`."""
    if lines[0].lstrip().startswith("["):
        # As Python and NumPy print arrays; NumPy breaks long rows over several lines.
        joined = " ".join(lines)
        if joined.count("[") > MAX_SIDE + _MARGIN:
            raise VinguiError(f"A map has at most {MAX_SIDE} rows, but this text has more")
        found = _BRACKETS.findall(joined)
        if not found:
            raise VinguiError("There is no row in these brackets. A row looks like [0, 1, 0]")
        return _unlabelled([_words(row.replace(",", " "), None) for row in found])
    for separator in ("\t", ";", ","):
        if separator in lines[0].strip():
            if len(lines) > MAX_SIDE + _MARGIN:
                raise VinguiError(
                    f"A map has at most {MAX_SIDE} rows, but this text has {len(lines):,}"
                )
            table = [_words(line.lstrip(" "), separator) for line in lines]
            if all(not row[-1] for row in table):
                table = [row[:-1] for row in table]
            return _unlabelled(table)
    table = [_words(line, None) for line in lines]
    if all(len(row) > 1 for row in table):
        apart = all(" ".join(row) == line.strip() for row, line in zip(table, lines, strict=True))
        single = all(len(word) == 1 for row in table for word in row)
        if (apart and single) or all(_NUMBER.fullmatch(word) for row in table for word in row):
            return table
    rows = [line.strip() for line in lines]
    if all(row.isascii() and row.isdigit() for row in rows):
        check_size(len(rows), max(map(len, rows)))
        return [list(row) for row in rows]
    return None


def _words(line: str, separator: str | None) -> list[str]:
    # Counted first: a line of a million words is refused before they are made.
    words = line.split(separator, MAX_SIDE + _MARGIN)
    if len(words) > MAX_SIDE + _MARGIN:
        raise VinguiError(f"A row of a map has at most {MAX_SIDE} cells, but this one has more")
    return [word.strip().strip("\"'").strip() for word in words]


def _unlabelled(table: list[list[str]]) -> list[list[str]]:
    """The table without numbers of columns and rows, which tables are often saved with."""
    head, *rows = table or [[]]
    counting = [str(col) for col in range(len(head))]
    if len(head) > 2 and head == counting:
        return rows
    if len(head) > 1 and head == ["", *counting[:-1]]:
        labels = [row[0] for row in rows]
        if labels == [str(row) for row in range(len(rows))]:
            return [row[1:] for row in rows]
    return table


def _about_words(table: Sequence[Sequence[str]]) -> str:
    for row, words in enumerate(table):
        for col, word in enumerate(words):
            if len(word) > 1 and not _NUMBER.fullmatch(word):
                return f"{word[:20]!r} at row {row}, col {col} is neither a number nor one letter"
    return "The map mixes numbers and letters. Use only one of them"


# Cells side by side.


def _rows(lines: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The rows of a map in letters, and notes. Rows with blanks are made equally long."""
    rows = [line.strip() for line in lines]
    if not any(" " in row or "\t" in row for row in rows):
        return rows, ()
    # A blank inside is a cell, and then those before and after a row may be cells too.
    margin = min(len(line) - len(line.lstrip()) for line in lines if line)
    rows = [line[margin:] for line in lines]
    cols = max(map(len, rows))
    check_size(len(rows), cols)
    short = sum(len(row) < cols for row in rows)
    more = (f"Filled up {short} of {counted(len(rows), 'row')} with free cells.",) if short else ()
    return [row.ljust(cols) for row in rows], more


def _of_letters(
    rows: Sequence[str], notes: tuple[str, ...], options: ReadOptions
) -> tuple[GridMap, tuple[str, ...]]:
    found = set().union(*rows)
    rows = [row.translate(_SMALL).replace(_BLOCK, "#") for row in rows]
    codes = characters(rows, known=_KNOWN, legend=_LEGEND)
    notes += _notes_on(found, {chr(code) for code in np.unique(codes)})
    wall = "#"
    if found & set("01"):
        wall, note = meaning_of_digits(options)
        notes += (note,)
    goals = tuple(as_cell(goal) for goal in np.argwhere(np.isin(codes, [ord("G"), ord("E")])))
    starts = tuple(as_cell(start) for start in np.argwhere(codes == ord("S")))
    if len(goals) > 1:
        notes += (f"The map has {counted(len(goals), 'goal')}.",)
    return GridMap(codes == ord(wall), goals, starts), notes


def _notes_on(written: set[str], read: set[str]) -> tuple[str, ...]:
    """Notes on characters with one likely meaning.

    Raises:
        VinguiError: two characters have the same meaning.
    """
    for one, others, what in ((".", " ", "free cells"), ("G", "E", "the goal"), ("01", "#. ", "")):
        first, second = sorted(read & set(one)), sorted(read & set(others))
        if first and second:
            names = " and ".join("blanks" if char == " " else char for char in first + second)
            why = f"may both mean {what}" if what else "are mixed in one map"
            raise VinguiError(f"{names} {why}. Use only one kind")
    notes = (
        (" ", "Took blanks as free."),
        ("E", "Took E as the goal."),
        (_BLOCK, f"Took {_BLOCK} as wall."),
    )
    small = ("Took small letters as capital ones.",) if written & set("gse") else ()
    return (*(note for char, note in notes if char in written | read), *small)


def write(path: Path, dataset: DataSet) -> None:
    """Write a data set's only map.

    Raises:
        VinguiError: the data set has several maps, or a start lies on a goal: a cell has room for
            one letter.
    """
    grid = only_map(dataset)
    if set(grid.goals) & set(grid.starts):
        raise VinguiError(
            "A start lies on a goal, which text cannot show. Move it, or save in another format"
        )
    rows = [list(row) for row in drawn(grid.walls)]
    for row, col in grid.starts:
        rows[row][col] = "S"
    for row, col in grid.goals:
        rows[row][col] = "G"
    text = "".join("".join(row) + "\n" for row in rows)
    path.write_text(text, encoding="ascii", newline="\n")


FORMAT: Final = Format(
    name="text",
    title="Text map of # . G S or of 0 and 1",
    suffixes=(".txt", ".csv"),
    matches=matches,
    read=read,
    write=write,
    written_suffixes=(".txt",),
    keeps_goals=True,
)
