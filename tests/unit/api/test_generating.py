"""Many generated maps: the same, however the work is divided and whatever interrupts it."""

from pathlib import Path

import pytest

import vingui
from vingui.api import generating
from vingui.api.generating import MapSeries, write_generated
from vingui.cli import main
from vingui.core.dataset import DataSet
from vingui.core.formats import read_dataset, write_dataset, write_map
from vingui.core.generate import generate_many
from vingui.core.name_patterns import unfinished
from vingui.net.batches import Batches

MAZES = MapSeries("maze", 10, 9, 11, seed=4)
SLOPES = MapSeries("mountains", 10, 8, 8, seed=4, demonstrations=2)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch, tmp_path):
    monkeypatch.setattr(generating, "_MOST_MAPS", 3)
    monkeypatch.chdir(tmp_path)


def interrupted(out, series, on_progress, **batches):
    with pytest.raises(KeyboardInterrupt):
        write_generated(
            out, series, Batches(log=unfinished(out), **batches), on_progress=on_progress
        )


def resumed(out, series, **batches):
    return write_generated(out, series, Batches(log=unfinished(out), resume=True, **batches))


def test_maps_come_in_order_and_are_those_of_the_command(scheduler):
    expected = generate_many("maze", count=10, seed=4, rows=9, cols=11, starts=3)
    seen = []
    words = {"rows": 9, "cols": 11, "seed": 4, "starts": 3}
    assert list(vingui.generate_many("maze", 10, **words)) == expected
    maps = vingui.generate_many(
        "maze", 10, **words, scheduler=scheduler, on_progress=lambda *each: seen.append(each)
    )
    assert list(maps) == expected
    assert seen == [(done, 10) for done in range(1, 11)]


def test_only_the_maps_that_are_wanted_are_generated(monkeypatch):
    made = []
    monkeypatch.setattr(MapSeries, "map", lambda _, index: made.append(index))
    maps = vingui.generate_many("maze", 1_000_000)
    assert not made
    next(maps)
    next(maps)
    maps.close()
    assert made == [0, 1]


@pytest.mark.parametrize("series", [MAZES, SLOPES])
def test_a_data_set_is_resumed_to_the_same_bytes(series, scheduler, stop_at, monkeypatch):
    write_dataset(Path("wanted.npz"), DataSet("set", [series.map(at) for at in range(10)]))
    interrupted("set.npz", series, stop_at(5))
    assert sorted(path.name for path in Path().iterdir()) == ["set.npz.unfinished", "wanted.npz"]
    interrupted("set.npz", series, stop_at(8), resume=True, scheduler=scheduler)
    made, generate = [], MapSeries.map

    def count(self, index):
        made.append(index)
        return generate(self, index)

    monkeypatch.setattr(MapSeries, "map", count)
    losses = resumed("set.npz", series)
    assert set(made) < {6, 7, 8, 9}
    metres = "This format has no metres; resolution and origin are left out."
    assert losses == ((metres,) if series is SLOPES else ())
    assert Path("set.npz").read_bytes() == Path("wanted.npz").read_bytes()
    assert not unfinished("set.npz").exists()


def test_files_that_are_there_are_not_made_again(scheduler, stop_at):
    out = "new/m{index}.txt"
    interrupted(out, MAZES, stop_at(7))
    written = {path: path.stat().st_ino for path in Path("new").glob("m*")}
    assert unfinished(out) == Path("new/m{index}.txt.unfinished")
    Path("new/m4.txt").unlink()
    resumed(out, MAZES, scheduler=scheduler)
    for index in range(10):
        write_map(Path("wanted.txt"), MAZES.map(index))
        file = Path(f"new/m{index}.txt")
        assert file.read_bytes() == Path("wanted.txt").read_bytes()
        if index not in (3, 4, 5, 6):
            assert file.stat().st_ino == written.get(file, file.stat().st_ino)
    assert len(list(Path("new").iterdir())) == 10


def test_what_a_worker_wrote_elsewhere_is_said(scheduler, monkeypatch):
    monkeypatch.setattr(generating, "write_map", lambda *_: None)
    with pytest.raises(vingui.VinguiError, match=r"Maps 0 to 2: Its files are not here\. Name a"):
        write_generated("{index}.txt", MAZES, Batches(scheduler=scheduler))


def test_maps_that_fit_no_data_set_are_refused_with_its_name():
    series = MapSeries("maze", 10, 9, 11, starts=2)
    with pytest.raises(vingui.VinguiError, match=r"^set\.npz: Each map of a data set has at most"):
        write_generated("set.npz", series, Batches(log=unfinished("set.npz")))
    assert not list(Path().iterdir())


def test_the_command_says_how_to_go_on(monkeypatch, capsys):
    generate = MapSeries.map

    def interrupt(self, index):
        if index == 7:
            raise KeyboardInterrupt
        return generate(self, index)

    monkeypatch.setattr(MapSeries, "map", interrupt)
    words = ["generate", "maze", "set.npz", "--count", "10", "--size", "9", "--seed", "2"]
    assert main(words) == 130
    assert capsys.readouterr().err == (
        "vingui generate: interrupted after 7 of 10 maps; add --resume to go on\n"
    )
    monkeypatch.setattr(MapSeries, "map", generate)
    assert main([*words[:-1], "3", "--resume"]) == 2
    assert "It keeps the chunks of another command" in capsys.readouterr().err
    assert main([*words, "--resume"]) == 0
    expected = generate_many("maze", count=10, seed=2, rows=9, cols=9)
    assert list(read_dataset(Path("set.npz")).maps) == expected
    assert main(["generate", "maze", "one.json", "--resume"]) == 0
