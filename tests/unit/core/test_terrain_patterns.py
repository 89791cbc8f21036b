"""The colours and textures of terrain."""

from itertools import combinations

import numpy as np
import pytest

from vingui.core.colours import ON_DARK, ON_LIGHT
from vingui.core.terrain import STANDARD, Palette, Terrain, palette_of_levels
from vingui.core.terrain_patterns import (
    terrain_colours,
    terrain_marks,
    texture,
    texture_colours,
    tile_side,
)
from vingui.core.value_colours import rgb

_LUMA = np.array([0.299, 0.587, 0.114])


def _palette(count: int) -> Palette:
    return Palette(tuple(Terrain(f"kind {n}", 1 + n, "#8899aa", chr(97 + n)) for n in range(count)))


def test_the_ground_has_no_texture_and_the_next_eleven_kinds_have_one_each() -> None:
    palette = _palette(13)
    textures = [texture(palette, kind) for kind in range(13)]
    assert textures[0] == ()
    assert len(set(textures[1:12])) == 11
    assert textures[12] == textures[1]


@pytest.mark.parametrize("palette", [_palette(17), palette_of_levels([1, 2, 3])])
def test_levels_have_no_textures(palette: Palette) -> None:
    assert not any(texture(palette, kind) for kind in range(len(palette)))


@pytest.mark.parametrize("tile", [0.25, 0.5, 1, 2, 8])
def test_marks_lie_in_their_kinds(tile: float) -> None:
    rng = np.random.default_rng(3)
    terrain = rng.integers(0, 3, (4, 7)).astype(np.uint8).repeat(6, axis=0).repeat(6, axis=1)
    marks = terrain_marks(terrain, STANDARD, tile)
    assert set(marks) == {1, 2}
    for kind, lines in marks.items():
        x, y = np.concatenate([points.reshape(-1, 2) for points in lines]).T.astype(int)
        assert len(x) > 0
        assert (terrain[y, x] == kind).all()


@pytest.mark.parametrize(("tile", "share"), [(0.5, 1.0), (1, 1.0), (4, 0.9)])
def test_a_kind_is_full_of_marks(tile: float, share: float) -> None:
    terrain = np.full((40, 60), 4, np.uint8)
    count = sum(map(len, terrain_marks(terrain, STANDARD, tile)[4]))
    assert count >= share * len(texture(STANDARD, 4)) * (40 / tile) * (60 / tile)


def test_marks_of_a_part_are_those_of_the_whole_map() -> None:
    terrain = np.random.default_rng(1).integers(0, 5, (24, 24)).astype(np.uint8)
    whole, part = (
        {
            (kind, *np.round(points[:2], 9).ravel())
            for kind, lines in terrain_marks(terrain, STANDARD, 1, bounds=bounds).items()
            for line in lines
            for points in line
        }
        for bounds in (None, (4, 8, 12, 24))
    )
    assert part == {
        (kind, x, y, *rest) for kind, x, y, *rest in whole if 8 <= x < 24 and 4 <= y < 12
    }


@pytest.mark.parametrize("cell", [0.3, 1, 5, 11, 12, 30])
def test_tiles_are_about_as_large_for_cells_of_all_sizes(cell: float) -> None:
    assert 11 <= tile_side(cell, least=11) * cell < 22


def test_dearer_kinds_are_darker_in_print() -> None:
    luma = terrain_colours(STANDARD, dark=False) @ _LUMA
    assert (np.diff(luma) < -8).all()


def test_the_first_kind_looks_as_free_cells_do() -> None:
    for dark, colours in ((False, ON_LIGHT), (True, ON_DARK)):
        ground = terrain_colours(STANDARD, dark=dark)[0]
        assert "#" + bytes(ground).hex() == colours["free"]


@pytest.mark.parametrize("dark", [False, True])
def test_textures_stand_out_from_their_colours_in_grey(dark: bool) -> None:
    colours = terrain_colours(STANDARD, dark=dark)
    assert (np.abs((texture_colours(colours).astype(float) - colours) @ _LUMA) > 30).all()


# Machado, Oliveira and Fernandes, 2009: what those who lack one kind of cones see, in linear RGB.
SIGHTS = {
    "all": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def lab(colour, sight="all"):
    """A colour as somebody sees it, in CIELAB: `(3,)`, lightness first."""
    part = np.array(colour) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(SIGHTS[sight]) @ linear, 0, 1)
    x, y, z = np.cbrt(np.maximum(XYZ @ seen / [0.95047, 1, 1.08883], 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(("look", "least"), [(ON_LIGHT, 14), (ON_DARK, 8)], ids=["light", "dark"])
def test_any_two_standard_kinds_and_walls_differ_for_everybody(look, least, sight):
    kinds = terrain_colours(STANDARD, dark=look is ON_DARK).tolist()
    for one, other in combinations([*kinds, rgb(look["wall"])], 2):
        assert np.linalg.norm(lab(one, sight) - lab(other, sight)) > least, (one, other)
