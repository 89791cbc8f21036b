import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image, ImageOps, PngImagePlugin

from vingui.core.embedding import KEY, xmp_packet
from vingui.core.errors import VinguiError
from vingui.core.formats import (
    PictureOptions,
    ReadOptions,
    picture,
    picture_bounds,
    pixels,
    read_dataset,
    read_map,
    write_map,
)
from vingui.core.formats.cells import block_sums, fitting_cell
from vingui.core.formats.cost_levels import CostLevels
from vingui.core.formats.picture import grid_of, histogram, otsu
from vingui.core.formats.pixels import bands, opened, read_grey
from vingui.core.grid import GridMap


@pytest.fixture
def grey(walls):
    return np.where(walls, np.uint8(40), np.uint8(210))


@pytest.mark.parametrize("suffix", [".png", ".pgm", ".bmp", ".ppm", ".jpg", ".gif", ".webp"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_every_kind_is_read(tmp_path, walls, grey, suffix, mode):
    path = tmp_path / f"map{suffix}"
    # Large cells, so that the blur stays inside them.
    side = 16 if suffix in (".jpg", ".webp") else 1
    Image.fromarray(np.kron(grey, np.ones((side, side), np.uint8))).convert(mode).save(path)
    dataset = read_dataset(path, ReadOptions(picture=PictureOptions(cell=side)))
    assert list(dataset.maps) == [GridMap(walls)]
    assert dataset.name == "map"


def test_one_bit_and_palette_pictures_are_read(tmp_path, walls, grey):
    for mode, suffix in (("1", ".png"), ("1", ".pbm"), ("P", ".png"), ("LA", ".png")):
        path = tmp_path / f"{mode}{suffix}"
        image = Image.fromarray(grey)
        image.convert(mode, dither=Image.Dither.NONE).save(path)
        assert read_map(path) == GridMap(walls)


@pytest.mark.parametrize("suffix", [".png", ".pgm"])
def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path, walls, suffix):
    path = tmp_path / f"deep{suffix}"
    Image.fromarray(np.where(walls, np.uint16(3000), np.uint16(60000))).save(path)
    assert read_map(path) == GridMap(walls)
    assert set(np.unique(read_grey(path).grey)) == {3000 // 257, 60000 // 257}


def test_transparency_lies_over_white(tmp_path, walls):
    path = tmp_path / "clear.png"
    black = np.zeros((*walls.shape, 4), np.uint8)
    black[..., 3] = np.where(walls, 255, 0)
    Image.fromarray(black, "RGBA").save(path)
    assert read_map(path) == GridMap(walls)
    half = np.zeros((2, 2, 4), np.uint8)
    half[..., 3] = 51
    Image.fromarray(half, "RGBA").save(path)
    assert set(np.unique(read_grey(path).grey)) == {204}


def test_a_photograph_is_turned_as_its_camera_says(tmp_path, walls, grey):
    path = tmp_path / "photo.png"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(grey).copy()).save(path, exif=exif)
    assert read_map(path) == GridMap(walls)


def test_otsu_parts_two_heaps():
    rng = np.random.default_rng(1)
    dark = rng.normal(60, 12, 300).clip(0, 255)
    light = rng.normal(180, 12, 900).clip(0, 255)
    assert 100 < otsu(histogram(np.concatenate([dark, light]).astype(np.uint8))) < 140
    assert otsu(histogram(np.array([0, 255], np.uint8))) == 128
    assert otsu(histogram(np.array([9, 10], np.uint8))) == 10
    assert otsu(histogram(np.array([7, 7], np.uint8))) == 128


def test_otsu_is_the_best_of_all_thresholds():
    values = np.random.default_rng(2).integers(0, 256, 500).astype(np.uint8)

    def spread(threshold):
        dark, light = values[values < threshold], values[values >= threshold]
        return len(dark) * len(light) * (dark.mean() - light.mean()) ** 2

    best = max(spread(threshold) for threshold in range(int(values.min()) + 1, int(values.max())))
    assert spread(otsu(histogram(values))) == pytest.approx(best)


def test_the_threshold_is_the_first_light_grey():
    grey = np.array([[99, 100], [100, 99]], np.uint8)
    assert grid_of(grey, PictureOptions(threshold=100)).walls.tolist() == [
        [True, False],
        [False, True],
    ]
    assert grid_of(grey, PictureOptions(threshold=0)).walls.tolist() == [[False] * 2] * 2
    white = np.full((2, 2), 255, np.uint8)
    assert grid_of(white, PictureOptions(threshold=256)).walls.all()


def test_inverted_light_is_wall(grey, walls):
    np.testing.assert_array_equal(grid_of(grey, PictureOptions(invert=True)).walls, ~walls)


def test_a_cell_is_a_wall_if_half_of_it_is_dark():
    grey = np.full((4, 6), 255, np.uint8)
    grey[0, :2] = 0
    grey[0, 2] = 0
    grey[:2, 4:] = 0
    options = PictureOptions(cell=2)
    assert grid_of(grey, options).walls.tolist() == [[True, False, True], [False, False, False]]
    strict = PictureOptions(cell=2, dark_share=1)
    assert grid_of(grey, strict).walls.tolist() == [[False, False, True], [False, False, False]]
    lenient = PictureOptions(cell=2, dark_share=0.25)
    assert grid_of(grey, lenient).walls[0].all()


def test_cells_at_the_edge_are_judged_by_what_they_have():
    grey = np.full((5, 5), 255, np.uint8)
    grey[4, :] = 0
    found = grid_of(grey, PictureOptions(cell=3)).walls
    assert found.tolist() == [[False, False], [True, True]]


def test_large_pictures_are_made_to_fit(tmp_path):
    assert fitting_cell(4096, 4096) == 1
    assert fitting_cell(4097, 3) == 2
    assert fitting_cell(16384, 100) == 4
    path = tmp_path / "wide.png"
    pixels = np.full((6, 12_000), 255, np.uint8)
    pixels[3:] = 0
    Image.fromarray(pixels).save(path)
    dataset = read_dataset(path)
    assert dataset.maps[0].walls.shape == (2, 4000)
    assert dataset.maps[0].walls.tolist() == [[False] * 4000, [True] * 4000]
    (note,) = dataset.notes
    assert note == (
        "Read 12000x6 pixels (width x height) as 2x4000 cells (rows x columns) of 3x3 pixels, "
        "threshold 128 of 255 (Otsu): "
        "a cell is a wall if 50% of its pixels or more are darker."
    )


@pytest.mark.parametrize(("value", "word"), [(255, "free"), (200, "free"), (0, "wall")])
def test_a_picture_of_one_grey_has_a_result(tmp_path, value, word):
    path = tmp_path / "plain.png"
    Image.new("L", (5, 4), value).save(path)
    dataset = read_dataset(path)
    assert dataset.maps[0].walls.all() == (word == "wall")
    assert dataset.notes == (
        f"Warning: every cell of the map is {word}.",
        "Read 5x4 pixels (width x height) as cells; they have one grey only.",
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 257}, "The threshold must be 0 to 256, not 257"),
        ({"threshold": -1}, "The threshold must be 0 to 256, not -1"),
        ({"cell": 0}, "Cells must have 1 pixel or more, not 0"),
        ({"dark_share": 0}, "The dark-pixel fraction must be above 0 and at most 1, not 0"),
        ({"dark_share": 1.1}, "The dark-pixel fraction must be above 0 and at most 1, not 1.1"),
        ({"dark_share": float("nan")}, "above 0 and at most 1, not nan"),
        ({"longest": 1}, "The longest side must have 2 to 4096 cells, not 1"),
        ({"longest": 4097}, "The longest side must have 2 to 4096 cells, not 4097"),
        ({"cell": 2, "longest": 20}, "Give the size of a cell or that of the map, not both"),
        ({"crop": (-1, 0, 4, 4)}, "The crop must begin at row 0, col 0 or later"),
        ({"crop": (0, 0, 0, 4)}, "have 1x1 pixel or more; it is 4x0 from row 0, col 0"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(VinguiError, match=re.escape(message)):
        PictureOptions(**options)


def test_a_cell_that_leaves_no_map_is_refused(grey):
    with pytest.raises(VinguiError, match="not 1x1"):
        grid_of(grey, PictureOptions(cell=10))


def test_the_longest_side_chooses_the_cell(tmp_path):
    grey = np.full((100, 260), 255, np.uint8)
    assert grid_of(grey, PictureOptions(longest=52)).walls.shape == (20, 52)
    assert grid_of(grey, PictureOptions(longest=100)).walls.shape == (34, 87)
    assert grid_of(grey, PictureOptions(longest=1024)).walls.shape == (100, 260)


def test_a_crop_is_read_alone_and_chooses_otsus_threshold(tmp_path, walls, grey):
    path = tmp_path / "part.png"
    whole = np.zeros((9, 12), np.uint8)
    whole[3:7, 5:10] = grey
    Image.fromarray(whole).save(path)
    dataset = read_dataset(path, ReadOptions(picture=PictureOptions(crop=(3, 5, 4, 5))))
    assert list(dataset.maps) == [GridMap(walls)]
    (note,) = dataset.notes
    assert note == (
        "Read 5x4 from row 3, col 5, of 12x9 pixels (width x height) as cells, "
        "threshold 125 of 255 (Otsu): "
        "pixels that are darker are walls."
    )
    with pytest.raises(
        VinguiError,
        match=r"^part\.png: .* inside the 12x9 pixels \(width x height\); it is 5x4 from row 6",
    ):
        read_dataset(path, ReadOptions(picture=PictureOptions(crop=(6, 5, 4, 5))))


def test_what_was_seen_comes_with_its_histogram(grey):
    found = picture.thresholded(grey, PictureOptions(invert=True, cell=2))
    assert (found.counts[40], found.counts[210], found.counts.sum()) == (15, 5, 20)
    assert found.threshold == otsu(histogram(grey)) == 125
    assert found.note.endswith("a cell is a wall if 50% of its pixels or more are not darker.")
    assert found.grid == grid_of(grey, PictureOptions(invert=True, cell=2))


@given(
    marked=arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=20)),
    side=st.integers(1, 23),
)
def test_blocks_are_added_up_to_the_edges(marked, side):
    sums = block_sums(marked, side)
    for (row, col), found in np.ndenumerate(sums):
        block = marked[row * side : (row + 1) * side, col * side : (col + 1) * side]
        assert found == block.sum()
    assert sums.sum() == marked.sum()


@given(
    grey=arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=30)),
    share=st.floats(0.01, 1),
    cell=st.integers(1, 9),
    threshold=st.integers(0, 256),
)
def test_inverting_and_turning_the_share_round_is_the_opposite(grey, share, cell, threshold):
    if min(-(-side // cell) for side in grey.shape) < 2:
        return
    options = {"threshold": threshold, "cell": cell}
    dark = grid_of(grey, PictureOptions(dark_share=share, **options)).walls
    stricter = grid_of(grey, PictureOptions(dark_share=min(1, share + 0.2), **options)).walls
    assert not (stricter & ~dark).any()
    every = grid_of(grey, PictureOptions(dark_share=1, **options)).walls
    some = grid_of(grey, PictureOptions(dark_share=1e-9, invert=True, **options)).walls
    np.testing.assert_array_equal(every, ~some)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_that_of_pillow(tmp_path, orientation):
    path = tmp_path / "turned.png"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.arange(35, dtype=np.uint8).reshape(5, 7)).save(path, exif=exif)
    with Image.open(path) as image:
        np.testing.assert_array_equal(
            read_grey(path).grey, np.array(ImageOps.exif_transpose(image))
        )


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "CMYK", "I;16"])
def test_bands_make_up_the_whole(tmp_path, monkeypatch, mode):
    monkeypatch.setattr(pixels, "_BAND_PIXELS", 20)
    values = np.random.default_rng(3).integers(0, 256, (11, 6)).astype(np.uint8)
    path = tmp_path / ("map.jpg" if mode == "CMYK" else "map.png")
    if mode == "I;16":
        Image.fromarray(values.astype(np.uint16) * 257).save(path)
        np.testing.assert_array_equal(read_grey(path).grey, values)
        return
    Image.fromarray(values).convert(mode).save(path)
    with opened(path) as image:
        parts = list(bands(image, "L"))
        np.testing.assert_array_equal(
            np.concatenate([part for _, part in parts]), np.array(image.convert("L"))
        )
    assert [(rows.start, rows.stop) for rows, _ in parts] == [(0, 3), (3, 6), (6, 9), (9, 11)]


def test_pictures_of_no_size_for_a_map_are_refused(tmp_path, refused):
    path = tmp_path / "line.png"
    Image.new("L", (1, 9)).save(path)
    refused(path, "not 9x1")


@pytest.mark.parametrize("suffix", [".png", ".pgm"])
def test_a_picture_is_written_black_on_white(tmp_path, walls, suffix):
    path = tmp_path / f"out{suffix}"
    write_map(path, GridMap(walls, ((1, 1),), ((2, 2),)))
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.array(image), np.where(walls, 0, 255))


@pytest.mark.parametrize("suffix", [".png", ".pgm", ".bmp", ".jpg", ".gif", ".webp"])
def test_pictures_cut_short_are_refused(tmp_path, refused, suffix):
    path = tmp_path / f"cut{suffix}"
    pixels = np.random.default_rng(4).integers(0, 255, (40, 40)).astype(np.uint8)
    Image.fromarray(pixels).save(path)
    data = path.read_bytes()
    for length in (4, 20, len(data) // 2):
        path.write_bytes(data[:length])
        refused(path)


def test_other_kinds_of_picture_are_refused(tmp_path, refused):
    path = tmp_path / "scan.png"
    Image.new("L", (5, 4)).save(path, format="TIFF")
    refused(path, "This is not a PNG, JPEG, GIF, WebP, BMP or PGM picture")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("film.gif", "GIF"),
        ("film.webp", "WEBP"),
        ("film.png", "PNG"),
        ("phone.jpg", "MPO"),
        ("phone.jpeg", "MPO"),
        ("odd.bmp", "MPO"),
    ],
)
def test_of_several_pictures_the_first_is_read(tmp_path, grey, walls, name, kind):
    path = tmp_path / name
    frames = [
        Image.fromarray(np.kron(values, np.ones((8, 8), np.uint8))).convert("RGB")
        for values in (grey, 255 - grey, grey)
    ]
    options = {"lossless": True} if kind == "WEBP" else {}
    frames[0].save(path, kind, save_all=True, append_images=frames[1:], **options)
    dataset = read_dataset(path, ReadOptions(picture=PictureOptions(cell=8)))
    np.testing.assert_array_equal(dataset.maps[0].walls, walls)
    assert "The file holds more than one picture; read the first." in dataset.notes


def test_a_photograph_with_a_thumbnail_behind_it_is_turned_upright(tmp_path, grey, walls):
    large = np.kron(grey, np.ones((16, 16), np.uint8))
    # 6: the camera was held so that the picture is to be turned clockwise.
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = Image.fromarray(np.ascontiguousarray(np.rot90(large)))
    thumbnail = Image.fromarray(255 - large[::4, ::4])
    path = tmp_path / "phone.jpg"
    photo.save(path, "MPO", save_all=True, append_images=[thumbnail], exif=exif)
    options = ReadOptions(picture=PictureOptions(cell=16))
    np.testing.assert_array_equal(read_map(path, options).walls, walls)
    # What lies behind the first picture may be missing: a thumbnail that was cut off.
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"\xff\xd8\xff") + 20])
    np.testing.assert_array_equal(read_map(path, options).walls, walls)


def test_a_still_picture_apart_from_its_animation_is_the_first(tmp_path, grey, walls):
    path = tmp_path / "still.png"
    frames = [Image.fromarray(255 - grey), Image.fromarray(grey)]
    Image.fromarray(grey).save(path, save_all=True, append_images=frames, default_image=True)
    np.testing.assert_array_equal(read_map(path).walls, walls)


@pytest.mark.parametrize("kind", ["L", "RGB"])
@pytest.mark.parametrize("most", [1, 15, 100, 254, 1000])
def test_any_highest_value_of_a_pgm_is_white(tmp_path, walls, kind, most):
    path = tmp_path / "a.pgm"
    values = np.where(walls, 0, most).astype(np.uint8 if most < 256 else ">u2")
    pixels = np.repeat(values[..., None], len(kind), axis=2)
    head = f"{'P5' if kind == 'L' else 'P6'}\n# by hand\n5 4\n{most}\n"
    path.write_bytes(head.encode() + pixels.tobytes())
    grey = read_grey(path).grey
    np.testing.assert_array_equal(grey, np.where(walls, 0, 255))


@pytest.mark.parametrize(
    ("mode", "options", "kind"),
    [
        ("RGB", {"lossless": True}, b"VP8L"),
        ("RGB", {"quality": 90}, b"VP8 "),
        ("RGBA", {"quality": 90}, b"VP8X"),
    ],
)
def test_a_webp_picture_has_bounds_of_its_own(tmp_path, monkeypatch, refused, mode, options, kind):
    path = tmp_path / "map.webp"
    Image.new(mode, (300, 200)).save(path, **options)
    assert path.read_bytes()[12:16] == kind
    assert read_grey(path).grey.shape == (200, 300)
    # Nothing of it may be opened before.
    monkeypatch.setattr(Image, "open", None)
    monkeypatch.setattr(picture_bounds, "MAX_WEBP_PIXELS", 200 * 300 - 1)
    refused(path, "at most 59,999 pixels, not 300x200 in WebP")
    monkeypatch.undo()
    # Pillow reads all of a file at once.
    monkeypatch.setattr(picture_bounds, "_MAX_BYTES_BEFORE_PIXELS", path.stat().st_size - 1)
    refused(path, "so many or so large parts")


def test_a_webp_picture_of_one_colour_is_small_and_sound(tmp_path):
    path = tmp_path / "white.webp"
    Image.new("L", (4096, 4096), 255).save(path, lossless=True)
    # Far fewer than a bit a pixel.
    assert path.stat().st_size < 2000
    assert (read_grey(path).grey == 255).all()


def test_pictures_and_robot_maps_show_real_places(tmp_path, walls):
    for name in ("a.png", "a.pgm", "b.yaml"):
        write_map(tmp_path / name, GridMap(walls))
        dataset = read_dataset(tmp_path / name)
        assert (dataset.rule, dataset.real_place) == ("8-both-free", True)
    assert read_dataset(tmp_path).real_place
    write_map(tmp_path / "c.txt", GridMap(walls))
    assert not read_dataset(tmp_path / "c.txt").rule
    assert not read_dataset(tmp_path).rule


@pytest.mark.parametrize("suffix", [".png", ".webp", ".gif"])
def test_a_picture_that_vingui_made_of_a_plan_is_recognised(tmp_path, grey, suffix):
    path = tmp_path / f"figure{suffix}"
    recipe = '{"format": "vingui-recipe"}'
    image = Image.fromarray(grey)
    info = PngImagePlugin.PngInfo()
    info.add_text(KEY, recipe)
    image.save(path, pnginfo=info, xmp=xmp_packet(recipe), comment=recipe.encode(), lossless=True)
    assert read_grey(path).notes == (
        "Warning: this is a picture that vingui made of a plan; it was read as a map all the same.",
    )
    image.save(path, lossless=True)
    assert read_grey(path).notes == ()


LEVELS = CostLevels(4, 1, 7)


def test_greys_become_levels_of_costs_and_black_is_wall():
    grey = np.array([[255, 196, 195, 136, 135], [76, 75, 16, 15, 0]], np.uint8)
    grid = grid_of(grey, PictureOptions(levels=LEVELS))
    assert grid.walls.tolist() == [[False] * 5, [False, False, False, True, True]]
    assert grid.terrain.tolist() == [[0, 0, 1, 1, 2], [2, 3, 3, 0, 0]]
    assert grid.palette.costs.tolist() == [1, 3, 5, 7]
    turned = grid_of(255 - grey, PictureOptions(levels=LEVELS, invert=True))
    assert turned.walls.tolist() == grid.walls.tolist()
    assert turned.terrain.tolist() == grid.terrain.tolist()


def test_the_threshold_is_where_walls_begin_and_levels_end():
    grey = np.array([[255, 128, 127, 100], [99, 50, 0, 254]], np.uint8)
    grid = grid_of(grey, PictureOptions(levels=CostLevels(2, 5, 1), threshold=100))
    assert grid.walls.tolist() == [[False] * 4, [True, True, True, False]]
    assert grid.costs[grid.free].tolist() == [5, 1, 1, 1, 5]
    assert grid_of(grey, PictureOptions(levels=LEVELS, threshold=256)).walls.all()
    none = grid_of(grey, PictureOptions(levels=LEVELS, threshold=0))
    assert not none.walls.any()
    assert none.terrain.tolist() == [[0, 1, 2, 2], [2, 3, 3, 0]]


def test_a_cell_has_the_cost_of_its_mean_grey_without_its_walls():
    grey = np.full((4, 6), 255, np.uint8)
    grey[:2, :2] = [[255, 135], [195, 195]]
    grey[:2, 2:4] = [[0, 76], [76, 76]]
    grey[:2, 4:] = [[0, 0], [0, 76]]
    grid = grid_of(grey, PictureOptions(levels=LEVELS, cell=2))
    assert grid.walls.tolist() == [[False, False, True], [False] * 3]
    assert grid.terrain.tolist() == [[1, 2, 0], [0, 0, 0]]


def test_a_note_says_which_costs_greys_became(tmp_path):
    path = tmp_path / "heights.png"
    Image.fromarray(np.array([[255, 0], [100, 100]], np.uint8)).save(path)
    (note,) = read_dataset(path, ReadOptions(picture=PictureOptions(levels=LEVELS))).notes
    assert note == (
        "Read 2x2 pixels (width x height) as cells, threshold 16 of 255: pixels that are darker "
        "are walls. Greys became 4 kinds of terrain, of cost 1 to 7."
    )
    alike = PictureOptions(levels=CostLevels(1, 2.5, 9))
    (note,) = read_dataset(path, ReadOptions(picture=alike)).notes
    assert note.endswith("Greys became 1 kind of terrain, of cost 2.5.")


@pytest.mark.parametrize(
    ("levels", "part"),
    [
        ((0, 1, 10), "1 to 240 levels of costs, not 0"),
        ((241, 1, 10), "1 to 240 levels of costs, not 241"),
        ((5, 0, 10), "cost at the lightest must be a number from 0.01 to 1000, not 0"),
        ((5, -1, 10), "not -1"),
        ((5, 1, 1001), "cost at the darkest must be a number from 0.01 to 1000, not 1001"),
        ((5, 1, float("nan")), "not nan"),
        ((5, float("inf"), 1), "not inf"),
        ((2, 3, 3), "2 levels need as many costs, and from 3 to 3 there are fewer"),
        ((200, 1, 1.0001), "200 levels need as many costs"),
    ],
)
def test_levels_that_no_map_can_have_are_refused(levels, part):
    with pytest.raises(VinguiError, match=re.escape(part)):
        CostLevels(*levels)
