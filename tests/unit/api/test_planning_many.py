"""Plans on many maps: the same, however the work is divided and whatever interrupts it."""

import json
import os
import signal
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
import pytest

import vingui
from vingui.api import plan_batches
from vingui.api.file_options import PlanFile
from vingui.api.plan_batches import MapToPlan, PlanSetup, plan_chunk, plans_in_batches
from vingui.api.plan_files import PlanFiles
from vingui.cli import main
from vingui.core.rollout import Outcome
from vingui.net.batches import Batches
from vingui.net.planner import Planner


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch, tmp_path):
    monkeypatch.setattr(plan_batches, "MOST_MAPS", 3)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def maps():
    """Maps of several kinds and sizes, of which one has no goal."""
    return [
        *vingui.generate_many("rivers", 3, rows=8, cols=9, starts=2),
        vingui.GridMap(np.zeros((4, 4), bool)),
        *vingui.generate_many("maze", 4, rows=11, cols=7),
    ]


@pytest.fixture(scope="module")
def model():
    return vingui.load_model("dynamic-8")


@pytest.fixture
def planned_on(monkeypatch):
    """The sizes of the maps that are planned on, as they are."""
    grids, plan = [], Planner.plan

    def count(self, grid, **options):
        grids.append(grid)
        return plan(self, grid, **options)

    monkeypatch.setattr(Planner, "plan", count)
    return grids


def test_what_came_of_each_map_is_that_of_its_plan(maps, model, scheduler):
    expected = list(vingui.plan_many(maps, model=model))
    seen = []
    by_workers = vingui.plan_many(
        maps, model=model, scheduler=scheduler, on_progress=lambda *each: seen.append(each)
    )
    assert list(by_workers) == expected
    assert seen == [(done, 8) for done in range(1, 9)]
    assert expected[3].error == "map 3: The map has no goal; give one with goal=(row, col)"
    assert expected[3].outcomes == expected[3].paths == ()
    for index in (0, 1, 2, 4, 5, 6, 7):
        plan, found = vingui.plan(maps[index], model=model), expected[index]
        assert found.outcomes == plan.outcomes
        assert found.record["iterations"] == plan.iterations
        for path, trajectory in zip(found.paths, plan.trajectories, strict=True):
            np.testing.assert_array_equal(path, trajectory.path)


def test_only_the_maps_that_are_wanted_are_planned_on(model, planned_on):
    plans = vingui.plan_many("maze:9:100000", model=model)
    assert next(plans).outcomes == (Outcome.REACHED,)
    next(plans)
    plans.close()
    assert len(planned_on) == 2


def test_files_that_are_written_are_not_made_again(maps, model, scheduler, stop_at, planned_on):
    words = {"model": model, "save": "plans/{index}.csv"}
    whole = {
        each.files[0].name: each.files[0].read_bytes()
        for each in vingui.plan_many(maps, model=model, save="whole/{index}.csv")
        if not each.error
    }
    expected = list(vingui.plan_many(maps, **words))
    for each in expected:
        for file in each.files:
            file.unlink()
    with pytest.raises(KeyboardInterrupt):
        list(vingui.plan_many(maps, **words, resume="log", on_progress=stop_at(6)))
    inodes = {path.name: path.stat().st_ino for path in Path("plans").iterdir()}
    assert sorted(inodes) == ["0.csv", "1.csv", "2.csv", "4.csv", "5.csv"]
    Path("plans/1.csv").unlink()
    planned_on.clear()
    moved = [*maps[:4], maps[4].with_starts(()), *maps[5:]]
    again = list(vingui.plan_many(moved, **words, resume="log", scheduler=scheduler))
    assert sorted(map(str, planned_on)) == sorted(map(str, [maps[1], moved[4], maps[6], maps[7]]))
    assert [each for at, each in enumerate(again) if at != 4] == [
        each for at, each in enumerate(expected) if at != 4
    ]
    files = {path.name: path.read_bytes() for path in Path("plans").iterdir()}
    assert {**files, "4.csv": whole["4.csv"]} == whole
    assert all(
        Path("plans", name).stat().st_ino == inodes[name] for name in ("0.csv", "2.csv", "5.csv")
    )
    assert not Path("log").exists()


@pytest.mark.slow
def test_a_killed_process_loses_nothing(model):
    files, notes = [PlanFile("{index}.npz", "data", ".npz", {})], []
    items = [
        MapToPlan(f"map {at}", grid, values={"index": at})
        for at, grid in enumerate(vingui.generate_many("rivers", 16, rows=8, cols=9))
    ]

    def plans(folder, batches):
        setup = PlanSetup(model, "auto", PlanFiles(files, model, folder=folder))
        with closing(plans_in_batches(setup, items, batches)) as planned:
            yield from (each for _, each in planned)

    expected = list(plans("a", Batches()))
    by_workers = plans("b", Batches(2, on_note=notes.append))
    found = [next(by_workers)]
    running = psutil.Process().children(recursive=True)
    killed = next(one for one in running if "vingui.net.dask_worker" in " ".join(one.cmdline()))
    os.kill(killed.pid, signal.SIGKILL)
    found += by_workers
    # The rest may be done before it is noticed.
    lost = "A worker process was lost; what it had not finished is done again"
    assert notes in ([], [lost])
    for mine, theirs in zip(found, expected, strict=True):
        assert (mine.words, mine.record) == (theirs.words, theirs.record)
        assert mine.files[0].read_bytes() == theirs.files[0].read_bytes()


def test_what_comes_before_the_first_file_is_kept_too(maps, model, stop_at):
    several = [maps[3], maps[4], maps[5]]
    words = {"model": model, "save": "new/{index}.csv", "resume": "new/log"}
    with pytest.raises(KeyboardInterrupt):
        list(vingui.plan_many(several, **words, on_progress=stop_at(2)))
    assert sorted(path.name for path in Path("new").iterdir()) == ["1.csv", "log"]


def test_two_maps_never_share_a_file(maps, model):
    grid = maps[4]
    k = vingui.plan(grid, model=model).iterations
    # What follows the name of the one is the index of the other.
    items = [
        MapToPlan("a", grid, values={"name": "a", "index": f"1{k}"}),
        MapToPlan("b", grid, values={"name": "a1", "index": k}),
    ]
    files = PlanFiles([PlanFile("{name}{index}.csv", "data", ".csv", {})], model)
    planned = [
        each for _, each in plans_in_batches(PlanSetup(model, "auto", files), items, Batches())
    ]
    assert [each.error for each in planned] == [
        "",
        f"b: a1{k}.csv: Two files would have this name; choose another",
    ]


def test_files_that_were_written_elsewhere_are_missed(maps, model, scheduler, monkeypatch):
    monkeypatch.setattr("vingui.api.plan_files.write_file", lambda *_, **__: None)
    plans = vingui.plan_many(maps, model=model, save="{index}.csv", scheduler=scheduler)
    with pytest.raises(vingui.VinguiError, match=r"map 0: Its files are not here\. Name a folder"):
        next(plans)


def test_a_worker_with_another_version_is_refused(model):
    record = PlanSetup(model, "auto", PlanFiles([], model)).record
    with pytest.raises(vingui.VinguiError, match="Install the same version on both"):
        plan_chunk(json.dumps({**record, "version": "0"}), [])


def test_the_command_says_the_same_and_goes_on(maps, scheduler, monkeypatch, capsys):
    for index, grid in enumerate(maps):
        vingui.save_map(grid, f"{index}.json")
    Path("5.json").write_text("[]")
    words = ["plan", *(f"{index}.json" for index in range(8)), "nosuch.json"]
    code, said = main([*words, "--json", "a.json"]), capsys.readouterr()
    assert code == 2
    assert main([*words, "--json", "b.json", "--scheduler", scheduler]) == 2
    assert capsys.readouterr() == said
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()
    assert [one["map"] for one in json.loads(Path("a.json").read_text())["refused"]] == [
        "3.json",
        "5.json",
        "nosuch.json",
    ]
    plan, lines = Planner.plan, said.out.splitlines()

    def interrupt(self, grid, **options):
        if grid == maps[6]:
            raise KeyboardInterrupt
        return plan(self, grid, **options)

    monkeypatch.setattr(Planner, "plan", interrupt)
    assert main([*words, "--json", "c.json"]) == 130
    stopped = capsys.readouterr()
    assert stopped.out.splitlines()[:-1] == lines[:4]
    assert stopped.err.endswith("interrupted after 5.json; add --resume to go on\n")
    monkeypatch.setattr(Planner, "plan", plan)
    assert main([*words, "--json", "c.json", "--resume"]) == 2
    assert capsys.readouterr() == said
    assert Path("a.json").read_bytes() == Path("c.json").read_bytes()
    assert not list(Path().glob("*.unfinished"))
    assert main([*words, "--resume"]) == 2
    assert "--resume goes on with what is kept beside the first file of" in capsys.readouterr().err
