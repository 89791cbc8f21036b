"""Characters that the one font lacks: which font of the machine they are drawn in."""

import re
import zlib
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties, findfont, fontManager
from matplotlib.text import Text

from vingui.core.embedding import read_recipe
from vingui.core.recipe import Recipe
from vingui.figure import SUFFIXES, FigureOptions, compose, fonts
from vingui.figure.film import draw_film, film_ks, pages
from vingui.figure.film_options import FilmOptions
from vingui.figure.saving import save_figure
from vingui.figure.text_layout import width

pytestmark = pytest.mark.slow

MAP = "𰀀𰀁"
"""Of the CJK extension G, which fonts of this machine need not have."""


def make_font(path, family, marks, *, bold=False, empty=False, outlines="TrueType"):
    """A font whose letters are squares."""
    style = "Bold" if bold else "Regular"
    names = {mark: f"u{ord(mark):X}" for mark in marks}
    order = [".notdef", *names.values()]
    builder = FontBuilder(1000, isTTF=outlines == "TrueType")
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({ord(mark): name for mark, name in names.items()})
    pens = {
        name: TTGlyphPen(None) if outlines == "TrueType" else T2CharStringPen(1000, None)
        for name in order
    }
    for pen in () if empty else pens.values():
        pen.moveTo((100, 0))
        for corner in ((100, 800), (900, 800), (900, 0)):
            pen.lineTo(corner)
        pen.closePath()
    if outlines == "TrueType":
        builder.setupGlyf({name: pen.glyph() for name, pen in pens.items()})
    else:
        letters = {name: pen.getCharString() for name, pen in pens.items()}
        builder.setupCFF(f"{family}-{style}".replace(" ", ""), {}, letters, {})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    name = f"{family} {style}"
    builder.setupNameTable(
        {
            "familyName": family,
            "styleName": style,
            "fullName": name,
            "psName": name.replace(" ", ""),
        }
    )
    builder.setupOS2(usWeightClass=700 if bold else 400, fsSelection=32 if bold else 64)
    builder.setupPost()
    builder.save(path)
    return str(path)


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """A machine without fonts but those of Matplotlib, where nothing was searched for yet."""
    own = str(Path(mpl.get_data_path(), "fonts", "ttf"))
    listed = [one for one in fontManager.ttflist if one.fname.startswith(own)]
    monkeypatch.setattr(fontManager, "ttflist", listed)
    monkeypatch.setattr(fonts, "_add_new_fonts", lambda: None)
    forget(monkeypatch)
    yield
    fontManager._findfont_cached.cache_clear()


def forget(monkeypatch):
    """Forget which fonts were found."""
    monkeypatch.setattr(fonts, "_found", {})
    fontManager._findfont_cached.cache_clear()


@pytest.fixture
def install(tmp_path):
    """Installs fonts, each by its family."""

    def installed(family, marks=MAP, **given):
        name = f"{len(list(tmp_path.iterdir()))}.{given.get('outlines', 'TrueType')}.ttf"
        path = make_font(tmp_path / name, family, marks, **given)
        fontManager.addfont(path)
        return path

    return installed


def chosen(text, *, bold=False):
    """The files that Matplotlib takes after DejaVu Sans."""
    first, *others = fonts.families(text)
    assert first == "DejaVu Sans"
    weight = "bold" if bold else "normal"
    return [str(findfont(FontProperties(family=name, weight=weight))) for name in others]


def test_what_no_font_has_has_a_stand_in():
    assert fonts.drawable(f"a{MAP}") == "a\ufffd\ufffd"
    assert fonts.families(f"a{MAP}") == ["DejaVu Sans"]


def test_no_fonts_are_searched_without_need(monkeypatch, room, pixels):
    monkeypatch.setattr(fonts, "_installed", None)
    text = "V₈₀ · Grüße · Лес · |Vₖ − Vₖ₋₁| · 10⁻⁵"
    assert fonts.drawable(text) == text
    assert fonts.families(text) == ["DejaVu Sans"]
    pixels(compose.draw_figure(room, FigureOptions(title=text)).figure)


def test_what_a_font_has_is_drawn_in_it(install, room, pixels):
    install("Some Sans")
    assert fonts.drawable(f"a{MAP}") == f"a{MAP}"
    with mpl.rc_context({"font.family": fonts.families(MAP)}):
        assert width(MAP, 10) == pytest.approx(20)
    options = FigureOptions(title=MAP, caption=f"a{MAP}", bar_label=MAP)
    figure = compose.draw_figure(room, options).figure
    words = [text.get_text() for text in figure.findobj(Text)]
    assert [words.count(one) for one in (MAP, f"a{MAP}")] == [2, 1]
    # The title is two squares, which no letters of the one font are.
    dark = pixels(figure).max(axis=-1) < 64
    row = dark[np.flatnonzero(dark.any(axis=1))[5]]
    widths = np.diff(np.flatnonzero(np.diff(row.astype(int))))[::2]
    assert len(widths) == 2
    assert widths.min() >= 20


def test_a_film_s_words_are_drawn_in_it(install, room):
    install("Some Sans")

    def first_frame(caption):
        options = FilmOptions(figure=FigureOptions(caption=caption), last=1)
        return next(pages(draw_film(room, options, ""), film_ks(room, options))).copy()

    one, other = first_frame(MAP), first_frame("\ufffd\ufffd")
    assert one.shape == other.shape
    assert (one != other).any()


def test_the_font_that_suits_a_figure_best_is_taken(install, monkeypatch):
    ranks = ("Noto Sans CJK SC", "Droid Sans Fallback", "A Sans", "B Sans", "Odd", "A Mono Sans")
    files = {install(family): family for family in reversed(ranks)}
    for family in ranks:
        (best,) = chosen(MAP)
        assert files[best] == family
        fontManager.ttflist[:] = [one for one in fontManager.ttflist if one.fname != best]
        forget(monkeypatch)


def test_it_is_the_same_however_they_are_listed(install, monkeypatch):
    for family in ("B Sans", "A Sans", "C Sans"):
        install(family)
    first = chosen(MAP)
    forget(monkeypatch)
    fontManager.ttflist.reverse()
    assert chosen(MAP[0]) == chosen(MAP[1]) == chosen(MAP) == first


def test_bold_letters_are_bold_where_there_are_such(install):
    light, bold = install("A Sans"), install("A Sans", bold=True)
    assert chosen(MAP) == [light]
    assert chosen(MAP, bold=True) == [bold]


def test_a_bold_title_in_a_font_without_bold_letters_gives_no_warning(install, caplog):
    light = install("A Sans")
    assert chosen(MAP, bold=True) == [light]
    assert not caplog.records


def test_each_character_has_the_first_font_that_has_it(install):
    both, one = install("B Sans", MAP), install("A Sans", MAP[1])
    assert chosen(MAP[0]) == [both]
    assert chosen(MAP[1]) == [one]
    assert set(chosen(MAP)) == {one, both}


def test_empty_letters_boxes_and_damaged_files_are_passed_over(install, monkeypatch):
    install("A Sans", empty=True)
    install("Last Resort High-Efficiency")
    Path(install("B Sans")).write_bytes(b"damaged")
    Path(install("C Sans")).unlink()
    assert fonts.drawable(MAP) == "\ufffd\ufffd"
    good = install("D Sans")
    forget(monkeypatch)
    assert chosen(MAP) == [good]


def test_a_wide_space_needs_no_outline_and_control_characters_no_font(install):
    install("A Sans", "\u3000\t\u200b\ufffe", empty=True)
    assert fonts.drawable("\u3000") == "\u3000"
    assert fonts.drawable("\t\ufffe") == "\ufffd\ufffd"


def test_fonts_that_were_installed_since_the_list_was_made_are_found(tmp_path, monkeypatch):
    path = make_font(tmp_path / "a.ttf", "A Sans", MAP)
    damaged = tmp_path / "b.ttf"
    damaged.write_bytes(b"damaged")
    bare = list(fontManager.ttflist)
    monkeypatch.undo()
    forget(monkeypatch)
    monkeypatch.setattr(fontManager, "ttflist", bare)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(damaged), path])
    fonts._add_new_fonts.cache_clear()
    assert chosen(MAP) == [path]
    assert fonts.drawable(MAP) == MAP


def recipe_of(run, options, suffix):
    return Recipe(
        kind="figure",
        grid=run.grid,
        name=MAP,
        model=run.model,
        sha256="0" * 64,
        rule=run.rule.name,
        iterations=run.latest,
        memory=1 << 20,
        options=options.record(),
        versions={},
        suffix=suffix,
    )


@pytest.mark.parametrize("outlines", ["TrueType", "PostScript"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_are_the_same_each_time(room, tmp_path, install, monkeypatch, suffix, outlines):
    install("A Sans", outlines=outlines)
    options = FigureOptions(title=MAP)
    one, other = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    for path in (one, other):
        recipe = recipe_of(room, options, suffix)
        save_figure(room, path, options, name=MAP, recipe=recipe)
        forget(monkeypatch)
    assert one.read_bytes() == other.read_bytes()
    assert read_recipe(one).name == MAP


@pytest.mark.parametrize("outlines", ["TrueType", "PostScript"])
def test_the_words_of_a_pdf_are_searchable_and_visible(room, tmp_path, install, outlines):
    install("A Sans", outlines=outlines)
    save_figure(room, tmp_path / "a.pdf", FigureOptions(title=MAP), recipe=None)
    data = (tmp_path / "a.pdf").read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    content = b"".join(
        zlib.decompressobj().decompress(stream) for stream in streams if stream[:1] == b"x"
    )
    for mark in MAP:
        assert mark.encode("utf-16be").hex().encode() in content
    # Viewers do not show PostScript outlines that are declared to be TrueType.
    assert (b"/Type3" in data) == (outlines == "PostScript")
    assert (b"/FontFile2" in data) == (outlines == "TrueType")
