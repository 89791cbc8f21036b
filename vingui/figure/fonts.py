"""The one font of figures, and those of this machine for the characters that it lacks."""

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.font_manager import FontEntry, fontManager, get_font
from matplotlib.ft2font import FT2Font, LoadFlags

_FAMILIES: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "Droid Sans Fallback",
)
"""Looked at before all others: well made, and most of what figures lack is in them."""

_STAND_INS: Final = ("Last Resort", "LastResort", ".LastResort")
"""Beginnings of the names of fonts that have the same box for all characters of a script."""

PLAIN: Final[Any] = {
    "style": "normal",
    "variant": "normal",
    "weight": "normal",
    "stretch": "normal",
}
"""The properties of all fonts that Matplotlib finds by `families`: their names say it all."""

_OWN: Final = "vingui: "
"""What the names begin with under which Matplotlib finds chosen files, and nothing else."""

_found: Final[dict[tuple[str, bool], tuple[int, str] | None]] = {}
"""For a character, and whether it is bold: the place of its font among all, and its own name."""


def font_file(*, bold: bool) -> Path:
    """The file of the font that Matplotlib brings along."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(mpl.get_data_path(), "fonts", "ttf", name)


def drawable(text: str) -> str:
    """The text with a stand-in for each character that no font has.

    Matplotlib warns of such a character and draws a box.
    """
    lacking = _lacking(text)
    _look_for(lacking, bold=False)
    missing = {mark for mark in lacking if _found[mark, False] is None}
    return "".join("\N{REPLACEMENT CHARACTER}" if mark in missing else mark for mark in text)


def families(text: str, *, bold: bool) -> tuple[str, ...]:
    """What Matplotlib finds the fonts of a text by: for each character the first that has it.

    Which fonts these are is the same each time, as long as no other ones are installed.

    Returns:
        `()` where the one font has all that any has.
    """
    lacking = _lacking(text)
    _look_for(lacking, bold=bold)
    places = {place for mark in lacking if (place := _found[mark, bold])}
    if not places:
        return ()
    own = FontEntry(fname=str(font_file(bold=bold)), size="scalable")
    return _named(own), *(name for _, name in sorted(places))


def pdf_font_type(names: Collection[str]) -> int:
    """How a PDF is to hold fonts: 42, as they are, or 3, as drawings of their letters.

    Of PostScript outlines that Matplotlib embeds as if they were TrueType, many viewers show
    nothing.

    Args:
        names: some of `families`, and others.
    """
    used = (_opened(one) for one in _own_entries() if one.name in names)
    return 42 if all(_is_truetype(font) for font in used) else 3


def _is_truetype(font: FT2Font) -> bool:
    table = font.get_sfnt_table("maxp")
    return table is not None and table["version"] == (1, 0)


def _lacking(text: str) -> set[str]:
    glyphs = get_font(str(font_file(bold=False)))
    return {mark for mark in set(text) if not glyphs.get_char_index(ord(mark))}


def _look_for(marks: Iterable[str], *, bold: bool) -> None:
    """Find the fonts of characters, each font being opened once for all of them."""
    left = {mark for mark in marks if (mark, bold) not in _found}
    _found.update(dict.fromkeys((mark, bold) for mark in left))
    # Fonts have glyphs of control characters, which are nothing to be seen.
    left = {mark for mark in left if unicodedata.category(mark)[0] != "C"}
    for place, entry in enumerate(_installed(bold=bold) if left else ()):
        having = _having(entry, left)
        if having:
            name = _named(entry)
            _found.update({(mark, bold): (place, name) for mark in having})
            left -= having
        if not left:
            return


def _having(entry: FontEntry, marks: set[str]) -> set[str]:
    # A font may be gone since it was listed, or damaged.
    with suppress(OSError, RuntimeError, ValueError):
        font = _opened(entry)
        return {mark for mark in marks if _has(font, mark)}
    return set()


def _has(font: FT2Font, mark: str) -> bool:
    index = font.get_char_index(ord(mark))
    if not index or unicodedata.category(mark) == "Zs":
        return bool(index)
    # Some have all characters, but empty; of those in colours there may be no outlines.
    font.load_glyph(index, flags=LoadFlags.NO_SCALE | LoadFlags.NO_HINTING)
    return len(font.get_path()[0]) > 0


def _installed(*, bold: bool) -> Iterator[FontEntry]:
    """All fonts, those that suit a figure first."""
    order = partial(_order, bold=bold)
    yield from sorted((one for one in fontManager.ttflist if _is_usable(one)), key=order)
    yield from sorted((one for one in _unlisted() if _is_usable(one)), key=order)


def _is_usable(entry: FontEntry) -> bool:
    return not entry.name.startswith((_OWN, *_STAND_INS))


@cache
def _unlisted() -> tuple[FontEntry, ...]:
    """The fonts that were installed since Matplotlib made its list, which it keeps for good."""
    known = {entry.fname for entry in fontManager.ttflist}
    return tuple(
        entry
        for path in sorted(set(font_manager.findSystemFonts()) - known)
        for entry in _faces(path)
    )


def _faces(path: str) -> list[FontEntry]:
    """A file's fonts, as Matplotlib lists them."""
    before = len(fontManager.ttflist)
    # As Matplotlib does with fonts that it cannot read, whatever that raises.
    with suppress(Exception):
        fontManager.addfont(path)
    faces = fontManager.ttflist[before:]
    del fontManager.ttflist[before:]
    return faces


def _order(entry: FontEntry, *, bold: bool) -> tuple[Any, ...]:
    name, weight = entry.name, font_manager.weight_dict.get(str(entry.weight), entry.weight)
    return (
        _FAMILIES.index(name) if name in _FAMILIES else len(_FAMILIES),
        (entry.style, entry.variant, entry.stretch) != ("normal", "normal", "normal"),
        2 if "Mono" in name or "Serif" in name else "Sans" not in name,
        abs(int(weight) - (700 if bold else 400)),
        name,
        entry.fname,
        _index(entry),
    )


def _named(entry: FontEntry) -> str:
    """The name by which Matplotlib finds a font from now on, whatever its family is called."""
    name = f"{_OWN}{entry.fname} {_index(entry)}"
    if all(one.name != name for one in _own_entries()):
        fontManager.ttflist.append(replace(entry, name=name, **PLAIN))
    return name


def _own_entries() -> list[FontEntry]:
    return [one for one in fontManager.ttflist if one.name.startswith(_OWN)]


def _opened(entry: FontEntry) -> FT2Font:
    index = _index(entry)
    return FT2Font(entry.fname, face_index=index) if index else FT2Font(entry.fname)


def _index(entry: FontEntry) -> int:
    """Which font of its file it is: Matplotlib 3.10 knows the first only."""
    return int(getattr(entry, "index", 0))
