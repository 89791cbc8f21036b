"""Maps in another format, from Python and after an interruption."""

from pathlib import Path

import pytest

import vingui
from vingui.api import converting
from vingui.cli import main
from vingui.core.formats import read_dataset, read_map


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch, tmp_path):
    monkeypatch.setattr(converting, "_CHUNK", 3)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def maps():
    return list(vingui.generate_many("rivers", 10, rows=8, cols=9))


def test_maps_that_are_made_one_by_one_become_a_data_set(maps):
    vingui.save_maps((grid for grid in maps), "set.npz")
    assert list(read_dataset(Path("set.npz")).maps) == maps
    with pytest.raises(vingui.VinguiError, match=r"^set\.json: This file holds one map, and there"):
        vingui.save_maps(maps, "set.json")


def test_what_is_written_is_told(maps):
    vingui.save_maps(maps, "set.npz")
    done = vingui.convert("set.npz", "out/{name}-{index}.map", index=[7, 2])
    assert (done.maps, done.files) == (2, "out/set-7.map and out/set-2.map")
    assert done.notes[-1] == (
        "{name}-{index}.map: This format has no terrain; its cells become free cells of cost 1."
    )
    assert (read_map(Path("out/set-2.map")).walls == maps[2].walls).all()
    vingui.convert("set.npz", "one.json", index=4)
    assert read_map(Path("one.json")) == maps[4]
    with pytest.raises(vingui.VinguiError, match="index must be a whole number from 0 to 9"):
        vingui.convert("set.npz", "one.json", index=10)


def test_files_that_are_written_are_not_written_again(maps, stop_at):
    vingui.save_maps(maps, "set.npz")
    with pytest.raises(KeyboardInterrupt):
        vingui.convert("set.npz", "out/{index}.json", resume="log", on_progress=stop_at(6))
    inodes = [Path(f"out/{index}.json").stat().st_ino for index in range(6)]
    assert not Path("out/6.json").exists()
    # What was written of map 4 is of another map.
    moved = [*maps[:4], maps[9], *maps[5:]]
    vingui.save_maps(moved, "set.npz")
    with pytest.raises(KeyboardInterrupt):
        vingui.convert("set.npz", "out/{index}.json", resume="log", on_progress=stop_at(9))
    assert [read_map(Path(f"out/{index}.json")) for index in range(9)] == moved[:9]
    assert [Path(f"out/{index}.json").stat().st_ino for index in range(3)] == inodes[:3]
    Path("out/7.json").unlink()
    with pytest.raises(vingui.VinguiError, match="It keeps the chunks of another command"):
        vingui.convert("set.npz", "out/{index}.txt", resume="log")
    vingui.convert("set.npz", "out/{index}.json", resume="log")
    assert [read_map(Path(f"out/{index}.json")) for index in range(10)] == moved
    assert not Path("log").exists()


def test_the_command_goes_on(maps, monkeypatch, capsys):
    vingui.save_maps(maps, "set.npz")
    write_map, written = converting.write_map, []

    def interrupt(file, grid):
        if len(written) == 7:
            raise KeyboardInterrupt
        written.append(file.name)
        write_map(file, grid)

    monkeypatch.setattr(converting, "write_map", interrupt)
    words = ["convert", "set.npz", "{index}.json"]
    assert main(words) == 130
    assert capsys.readouterr().err == (
        "vingui convert: interrupted after 6 of 10 maps; add --resume to go on\n"
    )
    written.clear()
    assert main([*words, "--resume"]) == 0
    assert written == [f"{index}.json" for index in range(6, 10)]
    assert capsys.readouterr().out == "wrote 10 maps to 0.json, ... 9.json\n"
    assert [read_map(Path(f"{index}.json")) for index in range(10)] == maps
    assert not list(Path().glob("*.unfinished"))
