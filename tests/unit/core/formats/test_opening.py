import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from vingui.core.dataset import DataSet, MapStack
from vingui.core.embedding import KEY, xmp_packet
from vingui.core.errors import VinguiError
from vingui.core.formats import (
    FORMATS,
    format_of,
    format_to_write,
    opening,
    read_dataset,
    read_map,
    readable_suffixes,
    writable_suffixes,
    write_dataset,
    write_map,
)
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap


@pytest.fixture
def grid(walls):
    return GridMap(walls, ((1, 1),), ((2, 2),))


def test_the_registry_is_sound():
    names = [file_format.name for file_format in FORMATS.values()]
    assert len(set(names)) == len(names)
    for file_format in FORMATS.values():
        assert set(file_format.written_suffixes) <= set(file_format.suffixes)
        assert bool(file_format.written_suffixes) == (file_format.write is not None)
        assert all(suffix == suffix.lower() and suffix[0] == "." for suffix in file_format.suffixes)
    assert set(writable_suffixes()) == {
        ".json",
        ".npz",
        ".map",
        ".yaml",
        ".txt",
        ".png",
        ".pgm",
    }
    assert {".mat", ".scen", ".jpg", ".yml"} < set(readable_suffixes())


def test_no_format_matches_anothers_file(tmp_path, grid):
    for suffix in writable_suffixes():
        path = tmp_path / f"map{suffix}"
        write_map(path, grid)
        head = path.read_bytes()[:4096]
        assert [
            file_format.name for file_format in FORMATS.values() if file_format.matches(head, path)
        ] == [format_to_write(path).name]


def test_the_format_of_a_file_is_known_before_it_is_read(tmp_path, grid, refused):
    for suffix in writable_suffixes():
        path = tmp_path / f"map{suffix}"
        write_map(path, grid)
        assert format_of(path) is format_to_write(path)
    wrong = (tmp_path / "map.json").rename(tmp_path / "maps.png")
    assert format_of(wrong).name == "map"
    with pytest.raises(VinguiError, match=r"^missing\.png: There is no such file"):
        format_of(tmp_path / "missing.png")
    with pytest.raises(VinguiError, match="It is a folder"):
        format_of(tmp_path)


def test_what_a_format_loses_is_reported(tmp_path, grid):
    placed = GridMap(grid.walls, frame=MapFrame(0.05))
    losses = {
        file_format.name: file_format.losses((placed, grid))
        for file_format in FORMATS.values()
        if file_format.write
    }
    both = ("goals and starts are left out", "resolution and origin are left out")
    assert losses.pop("map") == ()
    for name, said in losses.items():
        kept = {"ros": both[:1], "set": both[1:], "text": both[1:]}.get(name, both)
        assert len(said) == len(kept)
        assert all(part in sentence for part, sentence in zip(kept, said, strict=True))
        file_format = next(
            file_format for file_format in FORMATS.values() if file_format.name == name
        )
        assert file_format.losses((GridMap(grid.walls),)) == ()


def test_case_does_not_matter(tmp_path, grid):
    for suffix in writable_suffixes():
        path = tmp_path / f"map{suffix.upper()}"
        write_map(path, grid)
        np.testing.assert_array_equal(read_map(path).walls, grid.walls)


def test_a_file_under_another_formats_name_is_read_with_a_note(tmp_path, grid):
    path = tmp_path / "map.json"
    write_map(path, grid)
    wrong = path.rename(tmp_path / "map.png")
    dataset = read_dataset(wrong)
    assert list(dataset.maps) == [grid]
    assert dataset.notes == ("Read as vingui map because of its content, despite its ending .png.",)
    unknown = wrong.rename(tmp_path / "map")
    assert read_dataset(unknown).maps[0] == grid
    unknown.write_text(unknown.read_text().replace("#...#", "#..X#"))
    with pytest.raises(VinguiError, match=r"^map: 'X' at row 2, col 3 is .*\(read as vingui map"):
        read_dataset(unknown)


def test_a_name_alone_does_not_make_a_file(tmp_path, refused):
    for suffix in readable_suffixes():
        path = tmp_path / f"fake{suffix}"
        path.write_bytes(b"\x01\x02nothing of the kind\x00" * 20)
        refused(path)


def test_what_no_format_knows_is_refused_with_the_suffixes(tmp_path, refused):
    for name in ("notes.docx", "Makefile"):
        path = tmp_path / name
        path.write_text("all:\n")
        refused(path, ".json, .npz, .npy, .mat, .map, .scen")


@pytest.mark.parametrize("suffix", readable_suffixes())
def test_empty_files_and_folders_of_such_names_are_refused(tmp_path, refused, suffix):
    path = tmp_path / f"empty{suffix}"
    path.touch()
    refused(path, "The file is empty")
    folder = tmp_path / f"folder{suffix}"
    folder.mkdir()
    refused(folder, "The folder holds no maps")


def test_missing_files_and_odd_names_are_refused(tmp_path, refused):
    refused(tmp_path / "missing.json", "There is no such file or folder")
    refused(tmp_path / ("x" * 300), "File name too long")
    with pytest.raises(VinguiError, match="null character"):
        read_dataset(tmp_path / "a\0b.json")
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    refused(pipe, "It is a pipe")
    device = tmp_path / "device.png"
    device.symlink_to("/dev/zero")
    refused(device, "It is a pipe, socket or device")
    loop = tmp_path / "loop.json"
    loop.symlink_to("loop.json")
    refused(loop, "Too many levels of symbolic links")


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", ["map_data.pkl", "map.pickle", "map.npz"])
def test_pickles_are_refused_with_the_reason(tmp_path, refused, name, protocol):
    path = tmp_path / name
    path.write_bytes(pickle.dumps({"im": np.zeros(3)}, protocol=protocol))
    if protocol >= 2 or path.suffix != ".npz":
        refused(path, "a Python pickle, which can run code when it is loaded", "numpy.savez")
    else:
        refused(path)


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path, grid, walls):
    folder = tmp_path / "rooms"
    (folder / "deeper").mkdir(parents=True)
    write_map(folder / "b.json", grid)
    Image.fromarray(np.where(walls, np.uint8(0), np.uint8(255))).save(folder / "c.png")
    write_map(folder / "a.txt", grid.with_goal((2, 1)))
    stack = MapStack(np.stack([walls, walls]), np.array([[1, 2], [2, 3]]))
    write_dataset(folder / "d.npz", DataSet("d", stack))
    write_map(folder / "deeper" / "e.json", grid)
    (folder / ".hidden.json").write_text("{")
    (folder / "README.md").write_text("not a map")
    dataset = read_dataset(folder)
    assert dataset.name == "rooms"
    assert dataset.labels == ["a.txt", "b.json", "c.png", "d.npz", "d.npz"]
    assert dataset.describe(3) == "4x5, goal at row 1, col 2; d.npz"
    assert [each.goal for each in dataset.maps] == [(2, 1), (1, 1), None, (1, 2), (2, 3)]
    assert dataset.notes[0] == "Read 5 maps from 4 files."
    assert dataset.notes[1].startswith(
        "c.png: Read 5x4 pixels (width x height) as cells, threshold 128 of 255 (Otsu)"
    )
    assert read_map(folder, index=4).goal == (2, 3)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("b.json", b'{"format": "vingui-map", "version": 1, ', "It is not a vingui map"),
        ("b.txt", b"#####\n#..x#\n", "'x' at row 1, col 3"),
        ("b.yaml", b"image: lost.pgm\nresolution: 1\norigin: [0, 0, 0]\n", "'lost.pgm'"),
        ("b.map", b"type octile\nheight 5000\nwidth 4\nmap\n" + b"....\n" * 5000, "5000x4"),
        ("b.png", b"\x89PNG\r\n\x1a\n", "picture"),
        ("b.npz", b"PK\x03\x04", "npz"),
        ("b.mat", b"nothing", "This is not a MATLAB file"),
        ("b.scen", b"version 1\n0\tnone.map\t5\t4\t1\t1\t2\t2\t1.4\n", "none.map"),
    ],
)
def test_a_folder_goes_on_after_a_bad_file_and_names_it(tmp_path, grid, name, content, reason):
    write_map(tmp_path / "a.json", grid)
    (tmp_path / name).write_bytes(content)
    write_map(tmp_path / "c.txt", grid)
    dataset = read_dataset(tmp_path)
    assert dataset.labels == ["a.json", "c.txt"]
    assert dataset.notes[0] == "Read 2 maps from 2 files."
    [refused] = dataset.refused
    assert refused.startswith(f"{name}: ")
    assert reason in refused
    assert "\n" not in refused


def test_a_folder_of_bad_files_alone_is_refused(tmp_path):
    (tmp_path / "a.json").write_text('{"format": "vingui-map"}')
    with pytest.raises(VinguiError, match=r"^a\.json: "):
        read_dataset(tmp_path)
    (tmp_path / "b.txt").write_text("#####\n#..x#\n")
    with pytest.raises(
        VinguiError, match=r"None of its 2 files could be read\. The first: a\.json: "
    ):
        read_dataset(tmp_path)


def test_a_folder_goes_on_after_a_file_that_may_not_be_read(tmp_path, grid, monkeypatch):
    write_map(tmp_path / "a.json", grid)
    write_map(tmp_path / "b.txt", grid)
    opened = Path.open

    # The superuser, who tests may run as, may read everything.
    def refused(path, *args, **kwargs):
        if path.name == "b.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refused)
    dataset = read_dataset(tmp_path)
    assert dataset.labels == ["a.json"]
    assert [line.partition(":")[0] for line in dataset.refused] == ["b.txt"]
    assert dataset.refused[0].endswith("cannot be read: Permission denied")


RECIPE = '{"format":"vingui-recipe","version":1}'


def as_png(path):
    texts = PngInfo()
    texts.add_text(KEY, RECIPE, zip=True)
    Image.new("L", (8, 8)).save(path, pnginfo=texts)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("b.png", as_png),
        ("b.webp", lambda path: Image.new("L", (8, 8)).save(path, xmp=xmp_packet(RECIPE))),
        ("b.gif", lambda path: Image.new("L", (8, 8)).save(path, comment=RECIPE.encode())),
        ("b.json", lambda path: path.write_text('{"format": "vingui-run", "version": 1}')),
        ("b.npz", lambda path: np.savez(path, walls=np.zeros((3, 5), bool), goal=[0, 0])),
    ],
)
def test_a_folder_leaves_out_what_vingui_made_of_a_plan(tmp_path, grid, name, write):
    write_map(tmp_path / "a.json", grid)
    write(tmp_path / name)
    dataset = read_dataset(tmp_path)
    assert dataset.labels == ["a.json"]
    assert dataset.notes == (
        f"Read 1 map from 1 file. Left out 1 file that vingui made of a plan: {name}.",
    )
    assert not dataset.refused


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_a_folder_leaves_out_films(tmp_path, grid, suffix):
    write_map(tmp_path / "a.json", grid)
    pages = [Image.new("L", (8, 8), grey) for grey in (0, 80, 200)]
    pages[0].save(tmp_path / f"b{suffix}", save_all=True, append_images=pages[1:], duration=50)
    pages[2].save(tmp_path / f"still{suffix}")
    dataset = read_dataset(tmp_path)
    assert dataset.labels == ["a.json", f"still{suffix}"]
    assert dataset.notes[0] == f"Read 2 maps from 2 files. Left out 1 film: b{suffix}."


def test_a_folder_of_products_alone_says_so(tmp_path):
    as_png(tmp_path / "a.png")
    with pytest.raises(
        VinguiError, match=r"The folder holds no maps.*\. Left out 1 file that vingui made"
    ):
        read_dataset(tmp_path)


def test_a_folder_leaves_out_what_is_no_map_and_says_so(tmp_path, grid):
    write_map(tmp_path / "a.json", grid)
    write_map(tmp_path / "b.txt", grid)
    (tmp_path / "README.txt").write_text("Maps of the office.\n#####\n")
    (tmp_path / "package.json").write_text('{"name": "maps"}')
    dataset = read_dataset(tmp_path)
    assert dataset.labels == ["a.json", "b.txt"]
    assert dataset.notes == (
        "Read 2 maps from 2 files. Left out 2 files without a map: README.txt, package.json.",
    )
    for name in ("data.yaml", "empty.txt"):
        (tmp_path / name).write_text("")
    assert (
        read_dataset(tmp_path)
        .notes[0]
        .endswith("Left out 4 files without a map: README.txt, data.yaml, empty.txt, ....")
    )


def test_a_folder_reads_a_map_by_its_scenario(tmp_path, grid):
    write_map(tmp_path / "a.map", grid)
    write_map(tmp_path / "b.map", grid)
    (tmp_path / "a.map.scen").write_text("version 1\n0\ta.map\t5\t4\t1\t1\t2\t2\t1.4\n")
    dataset = read_dataset(tmp_path)
    assert [each.goal for each in dataset.maps] == [(2, 2), None]
    assert dataset.labels == ["a.map.scen, bucket 0, optimal length 1.40", "b.map"]
    assert dataset.rule == "8-both-free"
    write_map(tmp_path / "c.json", grid)
    assert read_dataset(tmp_path).rule == ""


def test_a_folder_reads_a_picture_by_its_yaml_and_leaves_other_yaml(tmp_path, grid):
    write_map(tmp_path / "a.yaml", GridMap(grid.walls, frame=MapFrame(0.5)))
    write_map(tmp_path / "b.pgm", grid)
    (tmp_path / "settings.yaml").write_text("image: a\nscale: [1, 2]\n")
    dataset = read_dataset(tmp_path)
    assert dataset.labels == ["a.yaml", "b.pgm"]
    assert [each.frame for each in dataset.maps] == [MapFrame(0.5), None]
    (tmp_path / "c.yaml").write_text("image: b.pgm\nresolution: fine\norigin: [0, 0, 0]\n")
    [refused] = read_dataset(tmp_path).refused
    assert refused.startswith("c.yaml: resolution must be a number")


def test_a_folder_of_too_much_is_refused(tmp_path, grid, monkeypatch):
    for name in "abc":
        write_map(tmp_path / f"{name}.json", grid)
    monkeypatch.setattr(opening.base, "MAX_ARRAY_BYTES", 40)
    [refused] = read_dataset(tmp_path).refused
    assert refused.startswith("c.json: With this file the maps of the folder would be more than 40")
    monkeypatch.setattr(opening, "_MAX_FILES", 2)
    with pytest.raises(VinguiError, match="has 3 map files; at most 2"):
        read_dataset(tmp_path)


@pytest.mark.parametrize("index", [1, -1])
def test_a_map_that_is_not_there_is_named(tmp_path, grid, index):
    write_map(tmp_path / "a.json", grid)
    with pytest.raises(
        VinguiError, match=rf"^a\.json: There is no map {index}; its maps are 0 to 0"
    ):
        read_map(tmp_path / "a.json", index=index)


@pytest.mark.parametrize("suffix", [".json", ".map", ".txt", ".pgm", ".png", ".yaml"])
@pytest.mark.parametrize(("full", "kind"), [(True, "wall"), (False, "free")])
def test_a_map_that_is_all_wall_or_all_free_is_warned_of(tmp_path, suffix, full, kind):
    path = tmp_path / f"a{suffix}"
    write_map(path, GridMap(np.full((3, 4), full)))
    dataset = read_dataset(path)
    assert dataset.notes[0] == f"Warning: every cell of the map is {kind}."


def test_a_set_is_warned_of_by_numbers(tmp_path):
    walls = np.zeros((4, 3, 3), bool)
    walls[0, 1, 1] = True
    stack = MapStack(walls, np.zeros((4, 2), int))
    write_dataset(tmp_path / "a.npz", DataSet("a", stack))
    assert read_dataset(tmp_path / "a.npz").notes[0] == "Warning: of 4 maps, 3 have no wall."
    (tmp_path / "b.map").write_text("type octile\nheight 2\nwidth 2\nmap\n..\n..\n")
    (tmp_path / "b.map.scen").write_text("version 1\n" + "0\tb.map\t2\t2\t0\t0\t1\t1\t1.4\n" * 2)
    notes = read_dataset(tmp_path / "b.map.scen").notes
    assert notes[0] == "Warning: of 2 maps, 2 have no wall."


def test_a_picture_that_a_path_or_a_link_leads_to_is_no_map_of_its_own(tmp_path, walls):
    source = tmp_path / "source"
    source.mkdir()
    write_map(source / "a.yaml", GridMap(walls))
    (source / "a.pgm").rename(source / "deep.pgm")
    install = tmp_path / "install"
    install.mkdir()
    (source / "a.yaml").write_text(
        (source / "a.yaml").read_text().replace("a.pgm", "package://robot/deep.pgm")
    )
    for name in ("a.yaml", "deep.pgm"):
        (install / name).symlink_to(source / name)
    for folder in (source, install):
        assert [str(label) for label in read_dataset(folder).labels] == ["a.yaml"]


def test_a_folder_tells_how_far_it_is_read_and_may_be_ended(tmp_path, walls):
    for name in "abc":
        write_map(tmp_path / f"{name}.txt", GridMap(walls))
    steps = []
    read_dataset(tmp_path, on_progress=lambda done, total: steps.append((done, total)))
    assert steps == [(0, 3), (1, 3), (2, 3)]

    def cancel(done, total):
        if done == 1:
            raise VinguiError("Reading was cancelled.")

    with pytest.raises(VinguiError, match="Reading was cancelled"):
        read_dataset(tmp_path, on_progress=cancel)
