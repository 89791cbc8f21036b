"""Fonts of figures: DejaVu Sans, and fonts of this machine for the characters that it lacks."""

import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any, Final

from matplotlib import font_manager
from matplotlib.font_manager import FontEntry, FontProperties, findfont, fontManager, get_font
from matplotlib.ft2font import FT2Font, LoadFlags

FAMILY: Final = "DejaVu Sans"
"""Comes with Matplotlib, which prefers its own copy to the system's: the same on any machine."""

_PREFERRED: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "Noto Sans CJK KR",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "Droid Sans Fallback",
)
"""Families to search first: well made, with most characters that DejaVu Sans lacks."""

_PLACEHOLDERS: Final = ("Last Resort", "LastResort", ".LastResort")
"""Beginnings of the names of fonts that draw one box for all characters of a script."""

_BOLD_FROM: Final = 600

_found: Final[dict[str, str | None]] = {}
"""The family found for a character; `None` where no font of this machine has it."""


def families(text: str) -> list[str]:
    """The font families of a text, for Matplotlib's `font.family`.

    Each character that DejaVu Sans lacks adds the first font that has it. Which one that is
    depends only on the fonts that are installed.
    """
    return [FAMILY, *sorted({found for found in _fallbacks(text).values() if found}, key=_rank)]


def drawable(text: str) -> str:
    """Replace each character that no font has, of which Matplotlib would warn and draw a box."""
    found = _fallbacks(text)
    return "".join("\N{REPLACEMENT CHARACTER}" if found.get(c, "") is None else c for c in text)


def pdf_font_type(names: Iterable[str]) -> int:
    """How a PDF should embed fonts: 42, as they are, or 3, as drawings of their letters.

    Matplotlib embeds PostScript outlines as if they were TrueType; many viewers show nothing then.

    Args:
        names: the families in use.
    """
    fonts = (get_font(findfont(FontProperties(family=name))) for name in names if name != FAMILY)
    return 42 if all(map(_is_truetype, fonts)) else 3


def _is_truetype(font: FT2Font) -> bool:
    table = font.get_sfnt_table("maxp")
    return table is not None and table["version"] == (1, 0)


def _fallbacks(text: str) -> dict[str, str | None]:
    """The family for each character that DejaVu Sans lacks."""
    dejavu = get_font(findfont(FontProperties(family=FAMILY)))
    missing = {c for c in text if not dejavu.get_char_index(ord(c))}
    unknown = missing - _found.keys()
    _found.update(dict.fromkeys(unknown))
    # Fonts have glyphs for control characters, but these show nothing.
    unknown = {c for c in unknown if unicodedata.category(c)[0] != "C"}
    for entry in _installed() if unknown else ():
        covered = _covered(entry, unknown)
        if covered:
            _found.update(dict.fromkeys(covered, entry.name))
            _ensure_bold(entry)
            unknown -= covered
        if not unknown:
            break
    return {c: _found[c] for c in missing}


def _ensure_bold(entry: FontEntry) -> None:
    """List a font as its family's bold one if there is none, or Matplotlib would warn of that."""
    family = [font for font in fontManager.ttflist if font.name == entry.name]
    if all(_weight(font) < _BOLD_FROM for font in family):
        fontManager.ttflist.append(replace(entry, weight="bold"))


def _covered(entry: FontEntry, characters: set[str]) -> set[str]:
    # A font may have been deleted since it was listed, or be damaged.
    with suppress(OSError, RuntimeError, ValueError):
        # Matplotlib 3.10 knows the first font of a file only.
        index = getattr(entry, "index", 0)
        font = FT2Font(entry.fname, face_index=index) if index else FT2Font(entry.fname)
        return {c for c in characters if _has(font, c)}
    return set()


def _has(font: FT2Font, character: str) -> bool:
    index = font.get_char_index(ord(character))
    if not index or unicodedata.category(character) == "Zs":
        return bool(index)
    # Some fonts have every character, but empty; fonts in colours may have no outlines.
    font.load_glyph(index, flags=LoadFlags.NO_SCALE | LoadFlags.NO_HINTING)
    return len(font.get_path()[0]) > 0


def _installed() -> list[FontEntry]:
    """All fonts, best suited first, also those installed since Matplotlib listed them."""
    _add_new_fonts()
    usable = (font for font in fontManager.ttflist if not font.name.startswith(_PLACEHOLDERS))
    return sorted(usable, key=_order)


@cache
def _add_new_fonts() -> None:
    """Add the fonts that Matplotlib's list, which it makes only once, does not have yet."""
    known = {entry.fname for entry in fontManager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - known):
        # Matplotlib skips unreadable fonts in the same way, on any exception.
        with suppress(Exception):
            fontManager.addfont(path)


def _rank(name: str) -> tuple[int, bool, bool, str]:
    """Sort families: preferred ones, then other sans-serif ones."""
    place = _PREFERRED.index(name) if name in _PREFERRED else len(_PREFERRED)
    return place, "Mono" in name or "Serif" in name, "Sans" not in name, name


def _order(entry: FontEntry) -> tuple[Any, ...]:
    plain = (entry.style, entry.variant, entry.stretch) == ("normal", "normal", "normal")
    return not plain, _rank(entry.name), abs(_weight(entry) - 400), entry.fname


def _weight(entry: FontEntry) -> int:
    return int(font_manager.weight_dict.get(str(entry.weight), entry.weight))
