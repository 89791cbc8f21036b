"""Opening and saving: what a file holds, what a format loses, and every way a disk can refuse."""

import json
import resource
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import read_head
from vingui.core.formats import FORMATS, vingui_map, write_dataset, write_map
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap
from vingui.gui import background
from vingui.gui.importing.files import (
    open_filter,
    open_map,
    read_source,
    read_split,
    save_filter,
    save_map,
    suffix_for,
)

GRID = GridMap(np.eye(4, 5, dtype=bool), ((0, 4),), ((3, 0),))
BARE = GridMap(GRID.walls)


def refusal(work):
    with pytest.raises(VinguiError) as caught:
        work()
    message = str(caught.value)
    assert "\n" not in message
    return message


# Opening.


@pytest.mark.parametrize("name", ["maze.json", "maze.npz", "maze.txt", "MAZE.JSON"])
def test_what_was_saved_opens_and_may_be_saved_again(tmp_path, name):
    path = tmp_path / name
    saved = save_map(GRID, path)
    assert (saved.grid, saved.path, saved.losses) == (GRID, path, ())
    opened = open_map(path)
    assert opened.grid == GRID
    assert (opened.path, opened.title) == (path, path.stem)
    assert opened.writable
    assert (opened.about, opened.notes) == ("", ())


@pytest.mark.parametrize("name", ["maze.map", "maze.png", "maze.pgm"])
def test_a_format_without_markers_says_so_and_is_not_written_over_unasked(tmp_path, name):
    path = tmp_path / name
    assert "goals and starts" in " ".join(save_map(GRID, path).losses)
    assert save_map(BARE, path).losses == ()
    opened = open_map(path)
    assert opened.grid == BARE
    assert not opened.writable


def test_a_format_without_metres_says_so_and_is_not_written_over_unasked(tmp_path):
    placed = GridMap(GRID.walls, (GRID.goal,), GRID.starts, MapFrame(0.05))
    assert "metres" in " ".join(save_map(placed, tmp_path / "maze.txt").losses)
    assert save_map(placed, tmp_path / "maze.json").losses == ()
    opened = open_map(tmp_path / "maze.json")
    assert opened.grid == placed
    assert opened.writable
    (loss,) = save_map(placed, tmp_path / "maze.yaml").losses
    assert "goals and starts" in loss
    assert open_map(tmp_path / "maze.yaml").grid.frame == placed.frame


def test_of_several_maps_the_first_is_opened_and_the_file_left_alone(tmp_path):
    maps = [GRID, GRID.with_goal((3, 4)), GRID.with_goal((1, 4))]
    path = tmp_path / "set.npz"
    write_dataset(path, DataSet("set", maps))
    opened = open_map(path)
    assert opened.grid == GRID
    assert opened.title == "set map 0"
    assert "Map 0 of set: 4x5" in opened.about
    assert not opened.writable


def test_a_folder_of_one_map_opens_but_is_no_file_to_save_to(tmp_path):
    write_map(tmp_path / "maze.json", GRID)
    opened = open_map(tmp_path)
    assert opened.grid == GRID
    assert opened.title == tmp_path.name
    assert not opened.writable


def test_a_file_of_another_format_than_its_name_is_not_written_over(tmp_path):
    picture = Image.fromarray(np.where(GRID.walls, 0, 255).astype(np.uint8))
    picture.save(tmp_path / "maze.json", format="PNG")
    opened = open_map(tmp_path / "maze.json")
    assert opened.grid == BARE
    assert not opened.writable
    assert "despite its ending" in opened.notes[0]


def test_a_jpeg_opens_and_cannot_be_written(tmp_path):
    walls = np.repeat(np.repeat(GRID.walls, 8, axis=0), 8, axis=1)
    Image.fromarray(np.where(walls, 0, 255).astype(np.uint8)).save(tmp_path / "maze.jpg")
    opened = open_map(tmp_path / "maze.jpg")
    assert not opened.writable


def test_the_data_of_a_run_is_opened_and_never_saved_over(tmp_path):
    arrays = {"walls": GRID.walls, "goal": GRID.goal, "starts": GRID.starts}
    np.savez(tmp_path / "run.npz", values=np.zeros((5, 4, 5)), **arrays)
    record = {"format": "vingui-run", "version": 1, "map": json.loads(vingui_map.encoded(GRID))}
    (tmp_path / "run.json").write_text(json.dumps(record))
    for name in ("run.npz", "run.json"):
        opened = open_map(tmp_path / name)
        assert opened.grid == GRID
        assert not opened.writable


def test_a_write_protected_file_is_not_writable(tmp_path, monkeypatch):
    path = tmp_path / "maze.json"
    save_map(GRID, path)
    # The superuser, who tests may run as, may write everywhere.
    monkeypatch.setattr("os.access", lambda *_: False)
    assert not open_map(path).writable


@pytest.mark.parametrize("name", ["gone.json", "folder/gone.txt", "nul\0.json", "empty.json"])
def test_what_cannot_be_opened_is_one_line(tmp_path, name):
    (tmp_path / "empty.json").touch()
    refusal(lambda: open_map(tmp_path / name))


def test_opening_and_saving_work_in_a_thread(qtbot, tmp_path, qapp):
    came = []
    path = tmp_path / "maze.json"

    def work():
        assert threading.current_thread() is not threading.main_thread()
        save_map(GRID, path, "Maze")
        return open_map(path)

    background.run(work, on_done=came.append, on_failure=pytest.fail, parent=qapp)
    qtbot.waitUntil(lambda: bool(came))
    assert came[0].grid == GRID


# What there is to choose.


def test_a_file_is_read_as_far_as_there_is_nothing_to_choose(tmp_path):
    write_map(tmp_path / "maze.json", GRID)
    write_map(tmp_path / "maze.png", BARE)
    write_map(tmp_path / "robot.yaml", BARE)
    assert read_source(tmp_path / "maze.json", unknown="wall").content.maps[0] == GRID
    picture = read_source(tmp_path / "maze.png", unknown="wall").content
    assert (picture.name, picture.grey.shape) == ("maze", (4, 5))
    robot = read_source(tmp_path / "robot.yaml", unknown="free").content
    assert (robot.rows, robot.cols, robot.unknown) == (4, 5, "free")
    assert np.array_equal(robot.dataset.maps[0].walls, BARE.walls)
    assert len(read_source(tmp_path, unknown="wall").content.maps) == 3


@pytest.mark.parametrize("name", ["maze.json", "maze.txt", "maze.png", "maze.npz", "maze.map"])
def test_the_head_of_a_file_is_read_once(tmp_path, monkeypatch, name):
    path = tmp_path / name
    save_map(BARE if name.endswith(("png", "map")) else GRID, path)
    heads = []

    def counted(path):
        heads.append(path)
        return read_head(path)

    monkeypatch.setattr("vingui.core.formats.opening.read_head", counted)
    assert read_source(path, unknown="wall").writable == (name[5:] in ("json", "txt", "npz"))
    assert heads == [path]


def test_a_split_that_is_none_means_the_usual_one(tmp_path):
    hot = np.zeros((1, 1, 4, 5), np.uint8)
    hot[0, 0, 0, 4] = 1
    policies = np.zeros((1, 8, 1, 4, 5), np.uint8)
    path = tmp_path / "mazes.npz"
    np.savez(path, *[np.ones((1, 4, 5), np.uint8), hot, policies, hot] * 3)
    for split, read in (("training", "training"), ("exam", "test"), ("", "test")):
        found = read_source(path, unknown="wall", split=split).content
        assert found.split == read_split(path, split).split == read
    # The other splits may be chosen, though this one has one map only.
    assert found.splits == {"training": 1, "validation": 1, "test": 1}


@pytest.mark.parametrize("name", ["cut.png", "none.yaml", "bomb.npz", "gone.map"])
def test_what_cannot_be_read_is_one_line_with_its_name(tmp_path, name):
    write_map(tmp_path / "whole.png", GridMap(np.random.default_rng(0).random((90, 90)) < 0.5))
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:400])
    (tmp_path / "none.yaml").write_text("image: /etc/passwd\nresolution: 1\norigin: [0, 0, 0]\n")
    (tmp_path / "bomb.npz").write_bytes(b"PK\x03\x04" + bytes(300))
    assert refusal(lambda: read_source(tmp_path / name, unknown="wall")).startswith(f"{name}: ")


# Saving where it is refused.


def test_a_folder_that_vanished_is_one_line(tmp_path):
    message = refusal(lambda: save_map(GRID, tmp_path / "gone" / "maze.json"))
    assert message.startswith("maze.json: ")
    assert "No such file or directory" in message


def test_a_read_only_folder_is_one_line(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    # The superuser, who tests may run as, may write everywhere.
    monkeypatch.setattr("os.open", refused)
    assert "Permission denied" in refusal(lambda: save_map(GRID, tmp_path / "maze.json"))


# NumPy leaves the archive that it could not finish to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["maze.json", "maze.npz", "maze.txt", "maze.map", "maze.png"])
def test_on_a_full_disk_the_file_stays_as_it_was(tmp_path, name):
    path = tmp_path / name
    save_map(GRID, path)
    before = path.read_bytes()
    large = GridMap(np.random.default_rng(0).random((512, 512)) < 0.5)
    large = GridMap(large.walls & (np.indices((512, 512)).sum(axis=0) > 0), ((0, 0),))
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, limits[1]))
        message = refusal(lambda: save_map(large, path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert message.startswith(f"{name}: ")
    assert "File too large" in message
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("maze", "The name must end in"),
        ("maze.jpg", "The name must end in"),
        ("maze.npz", "Each map of a data set has a goal"),
        ("folder.json", "it is a folder"),
    ],
)
def test_what_a_format_cannot_hold_is_one_line(tmp_path, name, message):
    (tmp_path / "folder.json").mkdir()
    assert message in refusal(lambda: save_map(BARE, tmp_path / name))
    assert [file.name for file in tmp_path.iterdir()] == ["folder.json"]


# The dialogs' filters.


def test_the_filter_to_open_has_all_readable_files_first():
    kinds = open_filter().split(";;")
    assert kinds[0].startswith("All readable files (")
    for file_format in FORMATS.values():
        for suffix in file_format.suffixes:
            assert f"*{suffix}" in kinds[0].split("(")[1].strip(")").split()
    assert len(kinds) == len(FORMATS) + 2


def test_the_filter_to_save_has_what_can_be_written_our_own_first():
    kinds = save_filter().split(";;")
    assert kinds[0] == "vingui map (*.json)"
    assert len(kinds) == sum(file_format.write is not None for file_format in FORMATS.values())
    assert [suffix_for(kind) for kind in kinds] == [
        file_format.written_suffixes[0] for file_format in FORMATS.values() if file_format.write
    ]
    assert suffix_for("something else") == ".json"
    assert suffix_for("") == ".json"


def test_qt_understands_the_filters(qtbot):
    for filters in (open_filter(), save_filter()):
        dialog = QFileDialog()
        qtbot.addWidget(dialog)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setNameFilter(filters)
        assert dialog.nameFilters() == filters.split(";;")
        assert all(Path(f"a{suffix}").suffix for suffix in map(suffix_for, dialog.nameFilters()))
