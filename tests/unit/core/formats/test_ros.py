"""ROS's occupancy maps, written by hand, by PyYAML and by Pillow."""

import math
import os

import numpy as np
import pytest
import yaml
from PIL import Image

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.formats import (
    PictureOptions,
    ReadOptions,
    format_of,
    read_dataset,
    read_map,
    ros,
    saving,
    write_dataset,
    write_map,
)
from vingui.core.formats.cost_levels import CostLevels
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap

TEXT = """\
image: arena.pgm
resolution: 0.05
origin: [-10.0, 2.5, 0.0]
negate: 0
occupied_thresh: 0.65
free_thresh: 0.196
"""

UNKNOWN = 205


@pytest.fixture
def pixels(walls):
    """As map_saver writes them, one cell unknown."""
    grey = np.where(walls, np.uint8(0), np.uint8(254))
    grey[2, 3] = UNKNOWN
    return grey


@pytest.fixture
def path(tmp_path, pixels):
    Image.fromarray(pixels).save(tmp_path / "arena.pgm")
    path = tmp_path / "arena.yaml"
    path.write_text(TEXT)
    return path


def changed(**keys):
    return yaml.safe_dump({**yaml.safe_load(TEXT), **keys})


def cells(path, **options):
    return read_map(path, ReadOptions(**options)).walls


def one_pixel(path, value, **keys):
    """What 2x2 pixels of a value are, with unknown taken for each."""
    picture = path.with_name("one.png")
    shape = (2, 2) if np.ndim(value) == 0 else (2, 2, len(value))
    Image.fromarray(np.full(shape, value, np.uint8)).save(picture)
    path.write_text(changed(image="one.png", **keys))
    states = {bool(cells(path, unknown=unknown)[0, 0]) for unknown in ("wall", "free")}
    return "unknown" if len(states) == 2 else ("wall" if states.pop() else "free")


def test_it_is_read_with_the_unknown_as_wall(path, walls):
    dataset = read_dataset(path)
    unknown = walls.copy()
    unknown[2, 3] = True
    assert list(dataset.maps) == [GridMap(unknown, frame=MapFrame(0.05, (-10, 2.5, 0)))]
    assert dataset.name == "arena"
    assert dataset.notes == (
        (
            "Read 5x4 pixels (width x height) as cells, from arena.pgm; "
            "0.05 m per cell, origin -10, 2.5."
        ),
        "Took 1 unknown of 20 pixels as wall.",
    )
    assert format_of(path).name == "ros"


def test_the_unknown_may_be_free(path, walls):
    dataset = read_dataset(path, ReadOptions(unknown="free"))
    np.testing.assert_array_equal(dataset.maps[0].walls, walls)
    assert dataset.notes[-1] == "Took 1 unknown of 20 pixels as free."
    with pytest.raises(VinguiError, match="Unknown cells must be wall or free, not 'maybe'"):
        ReadOptions(unknown="maybe")


def test_the_picture_alone_stays_a_picture(path, walls):
    grid = read_map(path.with_suffix(".pgm"))
    assert grid == GridMap(walls)


@pytest.mark.parametrize(
    ("value", "state"),
    # 1 - v / 255 above 0.65: v up to 89; below 0.196: v from 206 on.
    [(0, "wall"), (89, "wall"), (90, "unknown"), (205, "unknown"), (206, "free"), (255, "free")],
)
def test_the_thresholds_are_map_servers(path, value, state):
    assert one_pixel(path, value) == state
    assert one_pixel(path, 255 - value, negate=1) == state


@pytest.mark.parametrize("mode", ["trinary", "scale", "Trinary"])
def test_a_threshold_itself_counts(path, mode):
    # 51 is occupied to 80 %, 204 to 20 %, whatever binary fractions make of them.
    assert one_pixel(path, 51, occupied_thresh=0.8, free_thresh=0.1, mode=mode) == "wall"
    assert one_pixel(path, 204, occupied_thresh=0.8, free_thresh=0.2, mode=mode) == "free"
    assert one_pixel(path, (0, 51, 102), occupied_thresh=0.8, mode=mode) == "wall"
    assert one_pixel(path, 204, occupied_thresh=0.8, negate=1, mode=mode) == "wall"
    assert one_pixel(path, 51, occupied_thresh=0.5, free_thresh=0.5, mode=mode) == "wall"


def test_just_beside_a_threshold_is_unknown(path):
    assert one_pixel(path, 52, occupied_thresh=0.8, free_thresh=0.1) == "unknown"
    assert one_pixel(path, 203, occupied_thresh=0.8, free_thresh=0.2) == "unknown"


@pytest.mark.parametrize(
    ("mode", "kind"),
    # In trinary mode transparency is averaged in, and black is not quite black.
    [("trinary", "L"), ("trinary", "RGB"), ("trinary", "1"), ("scale", "L"), ("scale", "RGBA")],
)
@pytest.mark.parametrize("negate", [0, 1])
def test_thresholds_at_their_ends_mean_black_and_white(path, walls, mode, negate, kind):
    grey = np.where(walls ^ bool(negate), np.uint8(0), np.uint8(255))
    Image.fromarray(grey).convert(kind).save(path.with_name("mask.png"))
    ends = {"occupied_thresh": 1.0, "free_thresh": 0.0}
    path.write_text(changed(image="mask.png", mode=mode, negate=negate, **ends))
    for unknown in ("wall", "free"):
        dataset = read_dataset(path, ReadOptions(unknown=unknown))
        np.testing.assert_array_equal(dataset.maps[0].walls, walls)
        assert len(dataset.notes) == 1


def test_shades_between_become_costs_and_a_note_says_so(path):
    shades = np.array([[255, 254, 200, 128], [127, 90, 1, 0]], np.uint8)
    Image.fromarray(shades).save(path.with_suffix(".pgm"))
    path.write_text(changed(mode="scale", occupied_thresh=1.0, free_thresh=0.0))
    dataset = read_dataset(path)
    (grid,) = dataset.maps
    assert grid.walls.tolist() == [[False] * 4, [False, False, False, True]]
    assert grid.costs.tolist() == [[1, 1, 3, 5], [6, 7, 10, 1]]
    (note,) = dataset.notes[1:]
    assert note == (
        "Mode scale has 6 shades of 8 pixels between its thresholds; they became 10 kinds of "
        "terrain, of cost 1 to 10."
    )
    options = ReadOptions(picture=PictureOptions(levels=CostLevels(2, 1, 4)))
    assert read_map(path, options).costs.tolist() == [[1, 1, 1, 1], [4, 4, 4, 1]]
    # Half of the way from 0.2 to 0.6 is 0.4, 153; from 0.6 on, 102, it is wall.
    path.write_text(changed(mode="scale", occupied_thresh=0.6, free_thresh=0.2))
    grid = read_map(path, options)
    assert grid.walls.tolist() == [[False] * 4, [False, True, True, True]]
    assert grid.costs[grid.free].tolist() == [1, 1, 1, 4, 4]


def test_a_map_without_shades_has_no_terrain(path, pixels):
    path.write_text(changed(mode="scale"))
    assert not read_map(path).has_costs


def test_raw_percents_between_the_thresholds_become_costs(path):
    percents = np.array([[0, 19, 20, 42], [43, 64, 65, 101]], np.uint8)
    Image.fromarray(percents).save(path.with_suffix(".pgm"))
    path.write_text(changed(mode="raw"))
    options = PictureOptions(levels=CostLevels(2, 1, 4))
    dataset = read_dataset(path, ReadOptions(picture=options, unknown="free"))
    (grid,) = dataset.maps
    assert grid.walls.tolist() == [[False] * 4, [False, False, True, False]]
    # Unknown is no shade: as free it has the lowest cost.
    assert grid.costs.tolist() == [[1, 1, 1, 1], [4, 4, 1, 1]]
    unknown, shades = dataset.notes[1:]
    assert unknown == "Took 1 unknown of 8 pixels as free."
    assert shades == (
        "Mode raw has 4 shades of 8 pixels between its thresholds; they became 2 kinds of "
        "terrain, of cost 1 to 4."
    )


def test_larger_cells_have_the_mean_cost_of_their_pixels(path):
    shades = np.full((4, 4), 255, np.uint8)
    shades[:2, :2] = [[102, 153], [255, 102]]
    shades[2, 2] = 0
    Image.fromarray(shades).save(path.with_suffix(".pgm"))
    path.write_text(changed(mode="scale", occupied_thresh=1.0, free_thresh=0.0))
    options = PictureOptions(levels=CostLevels(10, 1, 10), cell=2)
    grid = read_map(path, ReadOptions(picture=options))
    assert grid.walls.tolist() == [[False, False], [False, True]]
    # The levels 6, 4, 0 and 6.
    assert grid.costs.tolist() == [[5, 1], [1, 1]]


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("7", "vingui_costs must be [levels, lightest, darkest], not '7'"),
        ("[7, 1]", "vingui_costs must be"),
        ("[7, 1, x]", "every part of vingui_costs must be a number, not 'x'"),
        ("[2.5, 1, 2]", "The levels of vingui_costs must be a whole number, not 2.5"),
        ("[7, 0, 2]", "The cost at the lightest must be"),
        ("[7, .nan, 2]", "every part of vingui_costs must be a number"),
        ("[300, 1, 2]", "There must be 1 to 240 levels of costs, not 300"),
    ],
)
def test_costs_that_are_none_are_refused(path, refused, value, part):
    path.write_text(TEXT + f"vingui_costs: {value}\n")
    refused(path, part)


@pytest.mark.parametrize(("grey", "kind"), [(0, "wall"), (254, "free"), (UNKNOWN, "wall")])
def test_a_map_without_walls_or_free_cells_is_warned_of(path, grey, kind):
    Image.fromarray(np.full((4, 5), grey, np.uint8)).save(path.with_suffix(".pgm"))
    assert read_dataset(path).notes[0] == f"Warning: every cell of the map is {kind}."


def test_colours_are_averaged_without_weights(path):
    # Their mean is 89 and 90, their brightness to the eye far apart.
    assert one_pixel(path, (0, 12, 255)) == "wall"
    assert one_pixel(path, (0, 255, 12)) == "wall"
    assert one_pixel(path, (15, 255, 0)) == "unknown"


def test_transparency_is_a_channel_in_trinary_and_unknown_in_scale(path):
    clear_white, black, white = (255, 255, 255, 0), (0, 0, 0, 255), (255, 255, 255, 255)
    assert one_pixel(path, clear_white) == "unknown"
    assert one_pixel(path, clear_white, mode="scale") == "unknown"
    assert one_pixel(path, (0, 0, 0, 254), mode="scale") == "unknown"
    for mode in ("trinary", "scale"):
        assert one_pixel(path, black, mode=mode) == "wall"
        assert one_pixel(path, white, mode=mode) == "free"


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (0, "free"),
        (19, "free"),
        (20, "free"),
        (64, "free"),
        (65, "wall"),
        (100, "wall"),
        (101, "unknown"),
        (255, "unknown"),
    ],
)
@pytest.mark.parametrize("negate", [0, 1])
def test_raw_pixels_are_percents(path, value, state, negate):
    assert one_pixel(path, value, mode="raw", negate=negate) == state


def test_what_is_left_out_is_as_map_server_writes_it(path):
    path.write_text("image: arena.pgm\nresolution: 1e-1\norigin: [0, -1.5e2, .5]\nowner: me\n")
    found = ros.metadata(path)
    assert found == ros.Metadata(
        "arena.pgm", MapFrame(0.1, (0, -150, 0.5)), False, 0.65, 0.196, "trinary"
    )


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace(": ", ":\t"),
        TEXT.replace(", ", ",\t").replace("\n", "\t# it's a comment\n"),
        TEXT.replace("[-10.0, 2.5, 0.0]", "[\n\t-10.0,\n\t2.5,\n\t0.0\n\t]"),
        "\t# by hand\n\t\n" + TEXT.replace(" arena.pgm", "\t'arena.pgm'\t"),
        TEXT + "owner:\tit's {me}\t# [\n",
    ],
)
def test_tabs_between_tokens_are_blanks(path, text):
    expected = ros.metadata(path)
    path.write_text(text)
    assert ros.metadata(path) == expected


def test_tabs_in_quotes_stay_and_tabs_as_indentation_are_refused(path, refused):
    path.write_text(TEXT.replace("arena.pgm", '"are\tna.pgm"'))
    assert ros.metadata(path).image == "are\tna.pgm"
    path.write_text(TEXT.replace("negate", "\tnegate"))
    refused(path, "The YAML is damaged in line 4")


@pytest.mark.parametrize("flag", ["1", "true", "True", "yes"])
def test_negate_is_a_flag_or_a_number(path, flag):
    path.write_text(TEXT.replace("negate: 0", f"negate: {flag}"))
    assert ros.metadata(path).negate


def test_it_is_read_as_pyyaml_and_pillow_wrote_it(tmp_path, pixels, walls):
    for style in (None, True, False):
        content = {
            "image": "deep/of arena.png",
            "resolution": 0.1,
            "origin": [-1.5e-07, 2.0, 0.25],
            "negate": 0,
            "occupied_thresh": 0.65,
            "free_thresh": 0.25,
            "mode": "scale",
        }
        (tmp_path / "deep").mkdir(exist_ok=True)
        Image.fromarray(pixels).convert("RGBA").save(tmp_path / "deep" / "of arena.png")
        path = tmp_path / "arena.yml"
        path.write_text(yaml.safe_dump(content, default_flow_style=style))
        grid = read_map(path)
        assert grid.frame == MapFrame(0.1, (-1.5e-07, 2.0, 0.25))
        np.testing.assert_array_equal(grid.walls, walls)


def test_larger_cells_are_walls_where_anything_is(path):
    Image.fromarray(np.pad(np.zeros((1, 1), np.uint8), (4, 5), constant_values=254)).save(
        path.with_suffix(".pgm")
    )
    dataset = read_dataset(path, ReadOptions(picture=PictureOptions(cell=3)))
    assert np.argwhere(dataset.maps[0].walls).tolist() == [[1, 1]]
    # 10x10 pixels and cells of 3: the last row of cells reaches two pixels below the picture.
    assert dataset.maps[0].frame == MapFrame(0.15000000000000002, (-10, 2.5 - 2 * 0.05, 0))
    assert "A cell is a wall if any of its pixels is one." in dataset.notes
    half = read_dataset(path, ReadOptions(picture=PictureOptions(cell=3, dark_share=0.5)))
    assert not half.maps[0].walls.any()
    assert "A cell is a wall if 50% of its pixels or more are walls." in half.notes


def test_a_crop_stays_where_it_is_in_metres(path):
    rng = np.random.default_rng(5)
    Image.fromarray(np.where(rng.random((40, 60)) < 0.5, np.uint8(0), np.uint8(254))).save(
        path.with_suffix(".pgm")
    )
    path.write_text(changed(origin=[3.0, -4.0, 0.7]))
    whole = read_map(path)
    part = read_map(path, ReadOptions(picture=PictureOptions(crop=(5, 7, 20, 31))))
    np.testing.assert_array_equal(part.walls, whole.walls[5:25, 7:38])
    np.testing.assert_allclose(
        part.frame.world([(0, 0), (19, 30)], part.rows),
        whole.frame.world([(5, 7), (24, 37)], whole.rows),
    )
    coarse = read_map(path, ReadOptions(picture=PictureOptions(crop=(5, 7, 20, 30), longest=15)))
    np.testing.assert_allclose(
        coarse.frame.world([(0, 0)], coarse.rows),
        whole.frame.world([(5, 7), (6, 8)], whole.rows).mean(axis=0, keepdims=True),
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "The file is empty"),
        ("a: [", "The YAML is damaged in line 1: expected the node content"),
        ("- 1\n- 2\n", "YAML of keys and values"),
        ("just text\n", "YAML of keys and values"),
        ("? [a]\n: b\n", "The YAML is damaged"),
        (changed(image=None), "the file 'null', but its folder holds no file of that name"),
        (changed(image=["a.pgm"]), "image must be the name of a picture, not ['a.pgm']"),
        (TEXT.replace("image: arena.pgm\n", ""), "image must be the name of a picture, not None"),
        (TEXT.replace("resolution: 0.05\n", ""), "resolution must be a number, not None"),
        (changed(resolution="fine"), "resolution must be a number, not 'fine'"),
        (changed(resolution=0), "The resolution must be above 0"),
        (changed(resolution=math.inf), "resolution must be a number, not '.inf'"),
        (TEXT.replace("0.05", "1_0"), "resolution must be a number, not '1_0'"),
        (TEXT.replace("0.05", "9" * 400), "resolution must be a number"),
        (TEXT.replace("0.05", "nan"), "resolution must be a number, not 'nan'"),
        (changed(origin=[0, 0]), "origin must be [x, y, yaw], not ['0', '0']"),
        (changed(origin=[0, 0, "east"]), "every part of origin must be a number, not 'east'"),
        (changed(negate=2), "negate must be 0 or 1, not '2'"),
        (changed(occupied_thresh=65), "occupied_thresh must be from 0 to 1, not 65"),
        (changed(free_thresh=-0.1), "free_thresh must be from 0 to 1, not -0.1"),
        (
            changed(free_thresh=0.7),
            "free_thresh must be at most occupied_thresh; they are 0.7 and 0.65",
        ),
        (changed(mode="grey"), "mode must be one of trinary, scale, raw, not 'grey'"),
        (
            TEXT.replace("image: arena", "image: &name arena"),
            "YAML with anchors and aliases is not read",
        ),
        (TEXT + "copy: *name\n", "YAML with anchors and aliases is not read"),
        (TEXT.replace("arena.pgm", "!!python/name:os.system"), "YAML with tags is not read"),
        (
            TEXT.replace("arena.pgm", "!!python/object/apply:os.system ['true']"),
            "YAML with tags is not read",
        ),
        (TEXT.replace("0.05", "!!float 0.05"), "YAML with tags is not read"),
        (TEXT + "deep: " + "[" * 60_000, "longer or nested deeper"),
        (TEXT + "- " * 30_000, "The YAML is damaged"),
        (TEXT + "long: [" + "1, " * 9000 + "]\n", "longer or nested deeper"),
        (TEXT + "---\n" + TEXT, "The YAML is damaged"),
        (TEXT + "# " + "x" * 65_536, "at most 65,536 can be read"),
    ],
)
def test_what_is_wrong_is_named(path, refused, text, part):
    path.write_text(text)
    refused(path, part)


def test_an_alias_bomb_is_refused_at_once(path, refused):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    path.write_text(TEXT + "\n".join(lines) + "\n")
    refused(path, "YAML with anchors and aliases is not read")


@pytest.mark.parametrize(
    "name",
    [
        "/",
        "../outside.pgm",
        "deep/../../outside.pgm",
        "..\\outside.pgm",
        "file:///%2e%2e/outside.pgm",
        "C:outside.pgm",
        ".",
        "..",
        "a\x07.pgm",
        "a\nb.pgm",
    ],
)
def test_pictures_elsewhere_are_refused(path, pixels, refused, name):
    folder = path.parent / "inside"
    (folder / "deep").mkdir(parents=True)
    Image.fromarray(pixels).save(path.parent / "outside.pgm")
    inside = folder / "arena.yaml"
    inside.write_text(changed(image=name))
    refused(inside, "It names the file ")


def picture_below(path, name):
    """Put the picture at a path below the folder of the `.yaml`."""
    target = path.parent / name
    target.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".pgm").rename(target)


@pytest.mark.parametrize(
    "name",
    [
        "maps/arena.pgm",
        "../maps/arena.pgm",
        "../../deep/../arena.pgm",
        "./arena.pgm",
        "~/maps/arena.pgm",
        "~robot/arena.pgm",
        "$(find my_robot)/maps/arena.pgm",
        "file:///home/robot/maps/arena.pgm",
        "file:///home/my%20robot/%61rena.pgm",
        "FILE:/arena.pgm",
        "package://my_robot/maps/arena.pgm",
        "model://hall/arena.pgm",
        "maps\\arena.pgm",
        ".\\arena.pgm",
        "C:\\maps\\arena.pgm",
        "C:/maps/arena.pgm",
        "C:arena.pgm",
        "\\\\host\\share\\arena.pgm",
    ],
)
def test_a_path_of_another_machine_leads_to_the_picture_beside(path, walls, name):
    path.write_text(changed(image=name))
    np.testing.assert_array_equal(cells(path, unknown="free"), walls)
    assert [str(label) for label in read_dataset(path.parent).labels] == ["arena.yaml"]


@pytest.mark.parametrize(
    "name",
    ["package://my_robot/maps/deep/arena.pgm", "/ws/src/maps/deep/arena.pgm", "../deep/arena.pgm"],
)
def test_the_longest_ending_that_lies_in_the_folder_counts(path, walls, name):
    picture_below(path, "deep/arena.pgm")
    path.write_text(changed(image=name))
    np.testing.assert_array_equal(cells(path, unknown="free"), walls)
    Image.new("L", (5, 4), 254).save(path.with_suffix(".pgm"))
    dataset = read_dataset(path, ReadOptions(unknown="free"))
    np.testing.assert_array_equal(dataset.maps[0].walls, walls)
    assert f"It names its picture {name!r}; took the one in its folder." in dataset.notes


def test_a_colon_in_a_name_is_no_url(path, walls):
    picture_below(path, "hall:1.pgm")
    path.write_text(changed(image="hall:1.pgm"))
    np.testing.assert_array_equal(cells(path, unknown="free"), walls)


def test_links_into_one_folder_are_read(path, walls):
    # As colcon build --symlink-install and stores of data make them.
    install, source = path.parent / "install", path.parent
    install.mkdir()
    for name in ("arena.yaml", "arena.pgm"):
        (install / name).symlink_to(source / name)
    np.testing.assert_array_equal(cells(install / "arena.yaml", unknown="free"), walls)
    assert len(read_dataset(install).maps) == 1
    # The picture alone in the folder that the link leads to.
    (install / "arena.pgm").unlink()
    np.testing.assert_array_equal(cells(install / "arena.yaml", unknown="free"), walls)
    # Names in the store are others.
    (source / "arena.pgm").rename(source / "5f3c")
    (install / "arena.pgm").symlink_to("../5f3c")
    np.testing.assert_array_equal(cells(install / "arena.yaml", unknown="free"), walls)
    # The folder itself a link.
    (source / "linked").symlink_to(install)
    np.testing.assert_array_equal(cells(source / "linked" / "arena.yaml", unknown="free"), walls)


@pytest.mark.parametrize("outside", ["store/arena.pgm", "store/deep/arena.pgm"])
def test_a_link_into_a_folder_that_is_not_its_own_is_refused(path, refused, outside):
    install, source = path.parent / "install", path.parent / "source"
    install.mkdir()
    source.mkdir()
    path.rename(source / "arena.yaml")
    picture_below(path, outside)
    (install / "arena.yaml").symlink_to(source / "arena.yaml")
    (install / "arena.pgm").symlink_to(path.parent / outside)
    refused(install / "arena.yaml", "is a link that leaves it, which is not followed")


@pytest.mark.parametrize("folder", ["/home/robot/maps/", "C:\\maps\\", "\\\\host\\share\\"])
def test_of_a_whole_path_the_name_counts(path, refused, walls, folder):
    # map_saver -f /home/robot/maps/arena
    path.write_text(changed(image=f"{folder}arena.pgm"))
    np.testing.assert_array_equal(cells(path, unknown="free"), walls)
    assert len(read_dataset(path.parent).maps) == 1
    path.write_text(changed(image=f"{folder}passwd"))
    refused(path, "but its folder holds no file of that name")


def test_links_that_leave_the_folder_and_pipes_are_refused(path, refused):
    folder = path.parent / "inside"
    folder.mkdir()
    inside = folder / "arena.yaml"
    inside.write_text(TEXT)
    (folder / "arena.pgm").symlink_to(path.with_suffix(".pgm"))
    refused(inside, "'arena.pgm' in its folder is a link that leaves it")
    (folder / "arena.pgm").unlink()
    os.mkfifo(folder / "arena.pgm")
    refused(inside, "the file 'arena.pgm', but its folder holds no file")
    (folder / "arena.pgm").unlink()
    refused(inside, "the file 'arena.pgm', but its folder holds no file")


def test_a_damaged_picture_is_named(path):
    path.with_suffix(".pgm").write_bytes(b"P5\n4 5\n255\n..")
    with pytest.raises(
        VinguiError, match=r"^arena\.yaml: arena\.pgm: The picture is cut short or damaged"
    ):
        read_dataset(path)
    path.write_text(changed(image="arena.yaml"))
    with pytest.raises(VinguiError, match=r"^arena\.yaml: .* its folder holds no file"):
        read_dataset(path)


def test_it_is_written_as_map_saver_does(tmp_path, walls):
    path = tmp_path / "it's here.yaml"
    write_map(path, GridMap(walls, ((1, 1),), ((2, 2),), MapFrame(1e-05, (-10, 2.5, 0.25))))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["it's here.pgm", "it's here.yaml"]
    assert yaml.safe_load(path.read_text()) == {
        "image": "it's here.pgm",
        "resolution": 1e-05,
        "origin": [-10.0, 2.5, 0.25],
        "negate": 0,
        "occupied_thresh": 0.65,
        "free_thresh": 0.196,
        "mode": "trinary",
    }
    with Image.open(path.with_suffix(".pgm")) as image:
        assert image.format == "PPM"
        np.testing.assert_array_equal(np.array(image), np.where(walls, 0, 254))


def test_the_name_is_the_files_and_not_the_data_sets(tmp_path, walls):
    write_dataset(tmp_path / "b.yaml", DataSet("../a", (GridMap(walls),)))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["b.pgm", "b.yaml"]
    assert read_map(tmp_path / "b.yaml").frame == MapFrame(1)


def test_saving_again_replaces_both(path, walls):
    write_map(path, GridMap(walls))
    write_map(path, GridMap(~walls))
    assert read_map(path).walls.tolist() == (~walls).tolist()


def test_anothers_picture_is_not_replaced(tmp_path, path, walls, refused):
    mine = tmp_path / "mine.pgm"
    mine.write_text("a photograph")
    for text in (None, TEXT, "no map"):
        target = tmp_path / "mine.yaml"
        if text is not None:
            target.write_text(text)
        with pytest.raises(VinguiError, match=r"^mine\.yaml: mine\.pgm beside it"):
            write_map(target, GridMap(walls))
        assert mine.read_text() == "a photograph"
        assert (target.read_text() if target.exists() else None) == text
    assert len(list(tmp_path.iterdir())) == 4


def test_nothing_is_written_through_a_link(tmp_path, walls):
    folder = tmp_path / "inside"
    folder.mkdir()
    outside = tmp_path / "outside.pgm"
    (folder / "a.yaml").write_text(changed(image="a.pgm"))
    (folder / "a.pgm").symlink_to(outside)
    for _ in range(2):
        with pytest.raises(VinguiError, match=r"a\.pgm beside it belongs to something else"):
            write_map(folder / "a.yaml", GridMap(walls))
        outside.touch()
    assert outside.read_bytes() == b""


def test_a_failure_leaves_both_files(path, walls, monkeypatch):
    before = path.read_bytes(), path.with_suffix(".pgm").read_bytes()

    def fail(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(
        VinguiError, match=r"^arena\.pgm: The file cannot be written: the disk is full"
    ):
        write_map(path, GridMap(~walls))
    assert (path.read_bytes(), path.with_suffix(".pgm").read_bytes()) == before
    assert len(list(path.parent.iterdir())) == 2


def test_a_name_that_no_line_holds_is_refused(tmp_path, walls):
    with pytest.raises(VinguiError, match=r"The name 'a\\nb' has characters"):
        write_map(tmp_path / "a\nb.yaml", GridMap(walls))
    assert list(tmp_path.iterdir()) == []


def test_beside_is_for_formats_of_two(tmp_path, walls):
    assert saving.format_to_write(tmp_path / "a.yaml").beside.suffix == ".pgm"
    assert saving.format_to_write(tmp_path / "a.pgm").beside is None
