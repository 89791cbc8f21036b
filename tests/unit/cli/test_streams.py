"""Maps from standard input and pipes: told by their content, and never more than fits."""

import io
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from vingui.cli import streams
from vingui.cli.streams import check_read_once, is_stream, message_names, read_maps
from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.formats import ReadOptions, write_dataset, write_map
from vingui.core.grid import GridMap

GRID = GridMap(np.eye(4, 5, dtype=bool), ((0, 3),), ((3, 1),))
WALLS = GridMap(GRID.walls)


def contents(folder):
    """The bytes of a file of each kind, and the maps in it."""
    for suffix in (".json", ".txt", ".map", ".png", ".pgm", ".bmp"):
        path = folder / f"a{suffix}"
        if suffix == ".bmp":
            Image.fromarray(np.where(GRID.walls, np.uint8(0), np.uint8(255))).save(path)
        else:
            write_map(path, GRID if suffix in (".json", ".txt") else WALLS)
        yield path.read_bytes(), (GRID if suffix in (".json", ".txt") else WALLS,)
    stack = MapStack(np.stack([GRID.walls] * 3), np.array([[0, 1], [0, 2], [0, 3]]))
    write_dataset(folder / "set.npz", DataSet("set", stack))
    yield (folder / "set.npz").read_bytes(), tuple(stack)


@pytest.fixture
def pipe():
    """`pipe(data)`: the path of a pipe that the data comes through."""
    ends = []

    def make(data):
        reading, writing = os.pipe()
        thread = threading.Thread(target=feed, args=(writing, data))
        thread.start()
        ends.append((reading, thread))
        return Path(f"/dev/fd/{reading}")

    yield make
    for reading, thread in ends:
        os.close(reading)
        thread.join()


def feed(descriptor, data):
    with open(descriptor, "wb") as file:  # noqa: PTH123
        try:
            file.write(data)
            file.flush()
        except BrokenPipeError:
            pass


@pytest.fixture
def standard_input(monkeypatch):
    def put(data):
        stdin = SimpleNamespace(buffer=io.BytesIO(data), isatty=lambda: False)
        monkeypatch.setattr(sys, "stdin", stdin)

    return put


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_every_format_is_recognised_by_its_content(tmp_path, standard_input, name):
    for data, maps in contents(tmp_path):
        standard_input(data)
        dataset = read_maps(Path(name), ReadOptions())
        assert tuple(dataset.maps) == maps
        assert dataset.name == "stdin"
        assert not any("despite its ending" in line for line in dataset.notes)


def test_pipes_that_cannot_go_back_are_read(tmp_path, pipe):
    for data, maps in contents(tmp_path):
        assert tuple(read_maps(pipe(data), ReadOptions()).maps) == maps


def test_a_named_pipe_is_read(tmp_path):
    path = tmp_path / "map.fifo"
    os.mkfifo(path)
    write_map(tmp_path / "a.txt", GRID)
    thread = threading.Thread(target=path.write_bytes, args=((tmp_path / "a.txt").read_bytes(),))
    thread.start()
    assert is_stream(path)
    assert tuple(read_maps(path, ReadOptions()).maps) == (GRID,)
    thread.join()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (b"#.x\n#.G\n", "is not known here"),
        (b'{"format": "vingui-map", ', "It is not a vingui map"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\x80\x04\x95", "pickle"),
        (b"image: a.pgm\nresolution: 0.05\norigin: [0, 0, 0]\n", "It names a second file"),
        (b"version 1\n0\ta.map\t2\t2\t0\t0\t1\t1\t1\n", "give the path of the file instead"),
        (b"../maps/hall.json\n", "It holds only the path '../maps/hall.json'"),
    ],
)
def test_what_is_no_map_is_named_by_where_it_came_from(standard_input, pipe, data, said):
    standard_input(data)
    with pytest.raises(VinguiError, match=rf"^standard input: .*{said}"):
        read_maps(Path("-"), ReadOptions())
    path = pipe(data)
    with pytest.raises(VinguiError, match=rf"^{path}: .*{said}"):
        read_maps(path, ReadOptions())


@pytest.mark.parametrize("more", [1, 1000, 1 << 20])
def test_no_more_is_read_than_a_map_may_have(standard_input, monkeypatch, more):
    monkeypatch.setattr(streams, "_MOST_BYTES", 5000)
    monkeypatch.setattr(streams, "_PIECE", 1000)
    standard_input(b"#" * (5000 + more))
    with pytest.raises(VinguiError, match=r"^standard input: There are more than 5,000 bytes"):
        read_maps(Path("-"), ReadOptions())
    assert sys.stdin.buffer.tell() <= 6000


@pytest.mark.parametrize("words", [["-", "-"], ["-", "a.txt", "/dev/stdin"], ["/dev/stdin"] * 2])
def test_standard_input_is_read_once(words):
    check_read_once([Path("-"), Path("a.txt"), Path("a.txt")])
    with pytest.raises(VinguiError, match="Standard input is given twice"):
        check_read_once([Path(word) for word in words])


def test_files_stay_files(tmp_path):
    write_map(tmp_path / "-.txt", GRID)
    assert not is_stream(tmp_path / "-.txt")
    assert not is_stream(tmp_path / "none.txt")
    assert message_names([Path("a/m.txt"), Path("-"), Path("/dev/fd/63"), Path("b/m.txt")]) == [
        *("a/m.txt", "standard input", "/dev/fd/63", "b/m.txt")
    ]
