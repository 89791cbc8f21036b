import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vingui.core.dataset import DataSet
from vingui.core.formats import read_dataset, read_map, write_dataset, write_map
from vingui.core.generate import generate_many
from vingui.core.grid import GridMap
from vingui.core.moves import RULES, rule_named
from vingui.core.oracle import solve
from vingui.net.planner import Planner
from vingui.paths import MAPS

LOCKED = MAPS / "locked-keep.json"
TRAP = MAPS / "trap.json"


@pytest.mark.parametrize("moves", RULES)
def test_every_start_of_a_sample_map_reaches_the_goal_on_a_shortest_path(vingui, moves):
    maps = [MAPS / f"{name}.json" for name in ("spiral", "rooms", "perfect-maze", "cave", "trap")]
    done = vingui("plan", *maps, "--moves", moves, "--json", "-")
    assert done.code == 0
    for path, report in zip(maps, json.loads(done.out)["maps"], strict=True):
        grid = read_map(path)
        exact = solve(grid, rule_named(moves)).cost_to_go
        assert report["map"] == path.name
        assert report["moves"] == moves
        assert report["converged"] is True
        assert len(report["trajectories"]) == len(grid.starts)
        for trajectory in report["trajectories"]:
            assert trajectory["outcome"] == "reached"
            assert trajectory["path"][0] == trajectory["start"]
            assert trajectory["path"][-1] == report["goal"]
            assert trajectory["length"] == pytest.approx(exact[tuple(trajectory["start"])])


def test_words_tell_each_start_apart(vingui):
    done = vingui("plan", LOCKED)
    grid = read_map(LOCKED)
    assert done.code == 1
    assert done.err == ""
    lines = done.out.splitlines()
    assert "8 neighbours, corners may be cut" in lines[0]
    assert len(lines) == 1 + len(grid.starts)
    for line, (row, col) in zip(lines[1:], grid.starts, strict=True):
        assert line.startswith(f"start {row},{col}: ")
    assert sum("unreachable: no path leads from" in line for line in lines) == 1
    assert sum("reached the goal" in line for line in lines) == len(grid.starts) - 1


def test_too_few_iterations_are_named_as_the_cause(vingui):
    done = vingui("plan", MAPS / "spiral.json", "--iterations", 10)
    assert done.code == 1
    assert "after K = 10 iterations the values have not reached this cell yet; raise K" in done.out


def test_a_start_that_fails_is_explained_in_the_output_and_in_json(vingui):
    words = ["plan", MAPS / "spiral.json", "--model", "vin-8x8"]
    trajectories = json.loads(vingui(*words, "--json", "-").out)["trajectories"]
    printed = vingui(*words).out.splitlines()
    for trajectory in trajectories:
        found = trajectory["diagnosis"]
        row, col = found["first_wrong_step"]["cell"]
        assert trajectory["why"].startswith(f"First wrong step at row {row}, col {col}: ")
        assert [row, col] in trajectory["path"]
        assert "unlike-training" in found["reasons"]
        assert f"  {trajectory['why']}" in printed
    best = json.loads(vingui("plan", MAPS / "spiral.json", "--json", "-").out)["trajectories"]
    assert not any("why" in trajectory for trajectory in best)


def test_start_and_goal_from_the_command_line_replace_those_of_the_map(vingui):
    done = vingui(
        "plan", TRAP, "--goal", "1,1", "--start", "1,3", "--start", "3,1", "--json", "plan.json"
    )
    with open("plan.json", encoding="utf-8") as file:  # noqa: PTH123
        report = json.load(file)
    assert done.code == 0
    assert report["goal"] == [1, 1]
    assert [one["start"] for one in report["trajectories"]] == [[1, 3], [3, 1]]
    assert [one["length"] for one in report["trajectories"]] == [2.0, 2.0]


def test_the_report_lists_several_goals_with_their_values(vingui):
    words = ["plan", TRAP, "--goal", "1,1", "--goal", "1,3=2.5", "--json", "-"]
    report = json.loads(vingui(*words).out)
    assert report["goal"] == [1, 1]
    assert report["goals"] == [{"cell": [1, 1], "value": 0}, {"cell": [1, 3], "value": 2.5}]


def test_the_report_says_what_a_model_cannot_see(vingui):
    words = "cannot see terrain: it plans as if every cell cost 1"
    blind = vingui("plan", MAPS / "ford.json", "--model", "vin-28x28")
    assert blind.out.splitlines()[1] == f"vin-28x28 {words}"
    assert "more costly than the best" in blind.out
    seeing = vingui("plan", MAPS / "ford.json")
    assert seeing.code == 0
    assert words not in seeing.out
    assert seeing.out.count("(optimal)") == 4


def test_the_arrays_are_those_of_the_plan(vingui, tmp_path):
    done = vingui("plan", TRAP, "--iterations", 60, "--out", "plan.npz", "--values", "all")
    grid = read_map(TRAP)
    with np.load(tmp_path / "plan.npz") as arrays:
        assert {
            *("walls", "goal", "starts", "iterations", "values", "reward", "q", "policy")
        } < set(arrays)
        assert np.array_equal(arrays["walls"], grid.walls)
        assert tuple(arrays["goal"]) == grid.goal
        assert arrays["starts"].tolist() == [list(start) for start in grid.starts]
        assert arrays["iterations"].tolist() == list(range(1, 61))
        assert arrays["values"].shape == (60, *grid.walls.shape)
        assert arrays["q"].shape == arrays["policy"].shape == (*grid.walls.shape, 8)
        assert arrays["reward"].shape == (*grid.walls.shape, 8)
        exact = solve(grid, RULES["8"]).cost_to_go
        assert np.allclose(-arrays["values"][-1], exact, rtol=1e-5)
        # One backup reaches the goal's neighbours and nothing else.
        assert np.array_equal(np.isfinite(arrays["values"][0]), exact < 1.5)
    assert done.code == 0


def test_every_value_function_follows_from_the_changes_in_the_file(vingui, tmp_path):
    vingui("plan", TRAP, "--out", "plan.npz", "--values", "all")
    with np.load(tmp_path / "plan.npz") as arrays:
        values = np.full(arrays["walls"].shape, -np.inf, np.float32)
        ends = np.cumsum(arrays["changed_counts"])
        assert len(ends) == len(arrays["values"])
        for k, (end, count) in enumerate(zip(ends, arrays["changed_counts"], strict=True)):
            changed = slice(end - count, end)
            rows, cols = arrays["changed_cells"][changed].T
            values[rows, cols] = arrays["changed_values"][changed]
            assert np.array_equal(values, arrays["values"][k])


def test_the_keras_layers_plan_the_same_and_their_files_are_made_again(vingui, tmp_path):
    first = vingui("plan", TRAP, "--out", "loops.npz")
    again = vingui("plan", TRAP, "--engine", "keras", "--out", "layers.npz")
    assert (again.code, again.out) == (first.code, first.out)
    with np.load(tmp_path / "loops.npz") as one, np.load(tmp_path / "layers.npz") as other:
        # The layers change every cell in each iteration, and every V_k is a whole map.
        np.testing.assert_allclose(one["values"][0], other["values"][-1], rtol=1e-6)
        assert len(other["values"]) == one["iterations"][0] == len(one["changed_counts"])
        assert "changed_cells" not in other
    assert vingui("reproduce", "layers.npz").code == 0


def test_the_map_of_a_plan_is_planned_on_again(vingui, tmp_path):
    first = vingui("plan", TRAP, "--out", "plan.npz", "--out", "plan.json")
    for name in ("plan.npz", "plan.json"):
        assert read_map(tmp_path / name) == read_map(TRAP)
        again = vingui("plan", name)
        assert again.code == first.code == 0
        assert "Read the map of a run; its values and trajectories stay in the file." in again.err
        assert "reached the goal in " in again.out


def test_the_picture_shows_the_map(vingui, tmp_path):
    done = vingui("plan", TRAP, "--out", "plan.png", "--out", "again.png")
    assert done.code == 0
    with Image.open(tmp_path / "plan.png") as picture:
        assert picture.width > 600
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 50
        assert "trap" in picture.text["Description"]
    assert (tmp_path / "plan.png").read_bytes() == (tmp_path / "again.png").read_bytes()


def test_a_map_without_start_is_planned_for_every_cell(vingui, tmp_path):
    (tmp_path / "map.txt").write_text("...#\n.G.#\n####\n...#\n")
    done = vingui("plan", "map.txt")
    assert done.code == 0
    assert "no start: 6 of 6 cells" in done.out


def test_every_shipped_model_plans(vingui):
    cards = json.loads(vingui("models", "--json", "-").out)["models"]
    assert {card["moves"] for card in cards} == set(RULES)
    vingui("generate", "mountains", "heights.json", "--size", "20")
    for card in cards:
        heights = card["settings"].get("sees") == "elevation"
        path, starts = ("heights.json", 1) if heights else (MAPS / "first-steps.json", 3)
        done = vingui("plan", path, "--model", card["name"])
        # The paper's VIN may fail on a map unlike those of its training.
        assert done.code in ((0,) if card["architecture"] == "dynamic" else (0, 1)), card["name"]
        assert done.out.startswith(f"{card['name']}, ")
        assert done.out.count("\nstart ") == starts


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["nowhere.json"], "nowhere.json: There is no such file"),
        (["map.txt", "--goal", "0,0"], "The goal lies in a wall"),
        (["map.txt", "--goal", "9,9"], "The goal lies outside the 2x3 map"),
        (["map.txt"], "--goal ROW,COL"),
        (["map.txt", "--goal", "1,0", "--start", "0,0"], "The start lies in a wall"),
        (["map.txt", "--goal", "1;0"], "must be ROW,COL"),
        (["map.txt", "--goal", "1,0", "--index", "1"], "--index must be from 0 to 0"),
        (["map.txt", "--goal", "1,0", "--model", "nothing"], "There is no model"),
        (["map.txt", "--goal", "1,0", "--model", "x" * 300], "The file cannot be read"),
        (
            ["map.txt", "--goal", "1,0", "--model", "map.txt"],
            "map.txt: This is not a model: its name must end in .keras",
        ),
        (["map.txt", "--goal", "1,0", "--moves", "9"], "invalid choice: '9'"),
        (
            ["map.txt", "--goal", "1,0", "--moves", "4", "--model", "dynamic-8"],
            "model dynamic-8 plans under movement rule 8, not 4",
        ),
        (["map.txt", "--goal", "1,0", "--iterations", "0"], "must be a whole number from 1"),
        (
            ["map.txt", "--goal", "1,0", "--out", "plan.jpg"],
            "must end in .png, .webp, .svg, .pdf, .g",
        ),
        (["map.txt", "--goal", "1,0", "--out", "plan"], "must end in"),
        (["map.txt", "--goal", "1,0", "--out", "plan.txt"], "maps are written by vingui convert"),
        (["map.txt", "--goal", "1,0", "--film", "plan.png"], "must end in .gif, .mp4, .webp"),
        (["map.txt", "--goal", "1,0", "--out", "{nam}.png"], "no placeholder {nam}"),
        (["map.txt", "--goal", "1,0", "--out", "map.csv", "--k", "0"], "--k: must be a whole"),
        (["map.txt", "--goal", "1,0", "--out", "a.png", "--panels", "x"], "There is no panel"),
        (["map.txt", "--goal", "1,0", "--out", "a.gif", "--rate", "0"], "rate must be from"),
        (["map.txt", "--goal", "1,0", "--film", "a.GIF", "--rate", "51"], "more than 50 frames a"),
        (["map.txt", "--index", "3-1"], "must be a number from 0, a range like 0-99"),
        (
            ["map.txt", "map.txt", "--out", "plan.png"],
            "map.txt is given twice, and plan.png would be",
        ),
        (
            ["map.txt", "--index", "0-3", "--film", "a.gif"],
            "Put {index} into it, like a_{index}.gif",
        ),
        (["map.txt", "map.txt", "--index", "all", "--out", "{name}.png"], "Put {index} into it"),
        (["map.txt", "--goal", "1,0", "--threshold", "999"], "The threshold must be"),
        (
            ["map.txt", "--goal", "1,0", "--out", "no/plan.png"],
            "no/plan.png: There is no folder",
        ),
        (
            ["map.txt", "--goal", "1,0", "--json", "no/plan.json"],
            "There is no folder 'no'",
        ),
    ],
)
def test_bad_input_is_one_clear_line(vingui, tmp_path, words, expected):
    (tmp_path / "map.txt").write_text("#..\n...\n")
    done = vingui("plan", *words)
    assert done.code == 2
    assert expected in done.err
    assert done.err.startswith("vingui plan: ")
    assert done.err.count("\n") == 1


def test_an_export_never_takes_the_name_of_its_map_or_of_another_export(vingui, tmp_path):
    text = TRAP.read_text()
    (tmp_path / "trap.json").write_text(text)
    done = vingui("plan", "trap.json", "--out", "{name}.json")
    assert done.code == 2
    assert "trap.json: This would overwrite a map that is read" in done.err
    assert (tmp_path / "trap.json").read_text() == text
    done = vingui("plan", "trap.json", "--out", "a.csv", "--out", "./a.csv")
    assert done.code == 2
    assert "a.csv: Two files would have this name; choose another" in done.err


def test_tables_and_the_run_are_written_by_suffix(vingui, tmp_path):
    done = vingui("plan", TRAP, "--k", 20, "--out", "walks.csv", "--out", "sub/{name}-{k}-{K}.json")
    assert done.code == 0
    last = done.out.partition("K = ")[2].partition(",")[0]
    record = json.loads((tmp_path / "sub" / f"trap-20-{last}.json").read_text())
    assert record["settings"]["iterations"] == int(last)
    assert record["model"]["card"]["name"] == record["model"]["name"] == "dynamic-8"
    walks = (tmp_path / "walks.csv").read_text().splitlines()
    assert walks[0] == "start,step,row,col,cost,outcome"
    assert vingui("plan", TRAP, "--k", 20, "--table", "values", "--out", "v.csv").code == 0
    beyond = vingui("plan", TRAP, "--k", 99_999, "--out", "last-{k}.csv")
    assert beyond.code == 0
    assert "There is no iteration 99,999; the last one, " in beyond.err
    (last,) = tmp_path.glob("last-*.csv")
    assert f"the last one, {last.stem.removeprefix('last-')}, is shown." in beyond.err
    values = np.genfromtxt(tmp_path / "v.csv", delimiter=",", dtype=np.float32)
    assert vingui("plan", TRAP, "--iterations", 20, "--out", "v.npz").code in (0, 1)
    with np.load(tmp_path / "v.npz") as arrays:
        np.testing.assert_array_equal(np.nan_to_num(values, nan=-np.inf), arrays["values"][-1])


def test_the_rule_is_named_and_another_advised_for_a_real_place(vingui, tmp_path):
    walls = np.eye(6, dtype=bool)[::-1]
    for name in ("hall.yaml", "hall.png", "hall.txt"):
        write_map(tmp_path / name, GridMap(walls))
    squeezed = "Planning under movement rule 8, but nothing real fits between two walls that touch"
    ends = ("--start", "0,0", "--goal", "5,5")
    for name in ("hall.yaml", "hall.png"):
        done = vingui("plan", tmp_path / name, *ends)
        assert done.code == 0
        assert squeezed in done.err
        assert "add --moves 8-both-free" in done.err
        # Without squeezing through the diagonal wall there is no way.
        done = vingui("plan", tmp_path / name, *ends, "--moves", "8-both-free")
        assert done.code == 1
        assert "two walls" not in done.err
    assert "two walls" not in vingui("plan", tmp_path / "hall.txt", *ends).err


def test_trajectories_of_a_robots_map_are_in_metres(vingui, tmp_path):
    Image.fromarray(np.full((4, 6), 254, np.uint8)).save(tmp_path / "robot.pgm")
    (tmp_path / "robot.yaml").write_text(
        "image: robot.pgm\nresolution: 0.5\norigin: [-1.0, 2.0, 0.0]\nnegate: 0\n"
        "occupied_thresh: 0.65\nfree_thresh: 0.196\n"
    )
    done = vingui("plan", "robot.yaml", "--goal", "0,0", "--start", "3,3", "--out", "walk.csv")
    assert done.code == 0
    lines = (tmp_path / "walk.csv").read_text().splitlines()
    assert lines[1] == "1,0,3,3,0.0,reached,0.75,2.25"


def test_many_maps_go_on_after_bad_ones_and_name_them_at_the_end(vingui, tmp_path):
    (tmp_path / "maps").mkdir()
    for name in ("spiral", "trap", "locked-keep"):
        (tmp_path / "maps" / f"{name}.json").write_text((MAPS / f"{name}.json").read_text())
    (tmp_path / "maps" / "bad.json").write_text("{}")
    (tmp_path / "maps" / "aimless.txt").write_text("...\n...\n")
    maps = sorted((tmp_path / "maps").iterdir())
    done = vingui("plan", *maps, "--out", "out/{name}_{K}.csv", "--json", "all.json")
    assert done.code == 2
    assert [line.split(": ")[0] for line in done.out.splitlines()] == [
        *("locked-keep.json", "spiral.json", "trap.json", "3 maps")
    ]
    refused = done.err.partition("vingui plan: 2 maps refused:\n")[2].splitlines()
    assert [line.split(": ")[0] for line in refused] == ["  aimless.txt", "  bad.json"]
    assert len(list((tmp_path / "out").iterdir())) == 3
    report = json.loads((tmp_path / "all.json").read_text())
    assert [one["map"] for one in report["maps"]] == [
        *("locked-keep.json", "spiral.json", "trap.json")
    ]
    assert [one["map"] for one in report["refused"]] == ["aimless.txt", "bad.json"]
    good = [path for path in maps if path.stem in ("spiral", "trap")]
    assert vingui("plan", *good).code == 0
    assert vingui("plan", *good, tmp_path / "maps" / "locked-keep.json").code == 1


@pytest.fixture
def alike(tmp_path):
    """Maps of the same name in several folders."""
    paths = [Path(folder, "trap.json") for folder in ("a", "b", "deep/a")]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(TRAP.read_text())
    return paths


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (
            2,
            ["--out", "{name}.csv"],
            "a/trap.json and of b/trap.json would have the same name; put {fo",
        ),
        (2, ["--film", "out/{name}_{K}.gif"], "would have the same name; put {folder} into it"),
        (2, ["--out", "all.csv"], "would have the same name; put {folder} and {name} into it"),
        (2, ["--out", "{index}.csv"], "would have the same name; put {folder} and {name} into it"),
        (1, ["--out", "a.csv", "--out", "./a.csv"], "Two files would have this name"),
        (1, ["--out", "{name}.csv", "--out", "trap.csv"], "Two files would have this name"),
    ],
)
def test_maps_whose_files_would_have_one_name_are_refused_before_any_work(
    vingui, tmp_path, alike, count, words, said
):
    done = vingui("plan", *alike[:count], *words)
    assert done.code == 2
    assert done.out == ""
    assert said in done.err
    assert done.err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "deep"]


def test_folders_tell_maps_of_one_name_apart(vingui, tmp_path, alike):
    (tmp_path / "b" / "other.txt").write_text("#.G\n")
    done = vingui(
        *("plan", *alike, "b/other.txt", "--out", "out/{folder}-{name}.csv", "--json", "all.json")
    )
    assert done.code == 2
    called = [f"{tmp_path.name}/a/trap.json", "b/trap.json", "deep/a/trap.json"]
    assert [line.split(": ")[0] for line in done.out.splitlines()] == [*called, "3 maps"]
    assert done.err.splitlines()[-1].startswith("  other.txt: The map has 1x3 cells")
    report = json.loads((tmp_path / "all.json").read_text())
    assert [one["map"] for one in report["maps"]] == called
    assert [one["map"] for one in report["refused"]] == ["other.txt"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("b-trap.csv", "deep_a-trap.csv", f"{tmp_path.name}_a-trap.csv")
    ]


def test_a_folder_with_bad_files_is_planned_on_past_them(vingui, tmp_path):
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "a.json").write_text(TRAP.read_text())
    (tmp_path / "maps" / "b.txt").write_text("#.G\n#x.\n")
    (tmp_path / "maps" / "c.map").write_text("type octile\nheight 9\n")
    for words in ([], ["--index", "all"]):
        done = vingui("plan", "maps", *words)
        assert done.code == 2
        assert "the goal in 28 steps" in done.out or "all 3 starts reach" in done.out
        said = done.err.splitlines()
        assert [line.rpartition("maps: ")[2].split(":")[0].strip() for line in said[-2:]] == [
            *("b.txt", "c.map")
        ]
        assert said[-3] in ("vingui plan: 2 files refused:", "vingui plan: 2 maps refused:")
    done = vingui("convert", "maps", "one.json")
    assert done.code == 2
    assert done.out == "wrote 1 map to one.json\n"
    assert "vingui convert: 2 files refused:\n  b.txt: " in done.err
    done = vingui("evaluate", "maps")
    assert done.code == 2
    assert "vingui evaluate: 2 files refused:\n  b.txt: " in done.err


@pytest.fixture
def sets(tmp_path):
    """Two sets of five solved maps; in map 3 of the first one the start is walled in."""
    for name, seed in (("a", 1), ("b", 2)):
        maps = list(generate_many("obstacles", count=5, rows=8, cols=8, seed=seed))
        if name == "a":
            walls = np.zeros((8, 8), bool)
            walls[1] = True
            maps[3] = GridMap(walls, ((7, 7),), ((0, 0),))
        write_dataset(tmp_path / f"{name}.npz", DataSet(name, maps))
    return [tmp_path / "a.npz", tmp_path / "b.npz"]


def test_the_maps_of_a_set_are_planned_on_in_turn(vingui, tmp_path, sets):
    done = vingui("plan", "a.npz", "--index", "1,3-4", "--out", "out/{index}.csv", "--json", "-")
    report = json.loads(done.out)
    maps = read_dataset(sets[0]).maps
    assert done.code == 1
    assert [(one["map"], one["index"]) for one in report["maps"]] == [
        *(("a.npz", 1), ("a.npz", 3), ("a.npz", 4))
    ]
    assert [tuple(one["goal"]) for one in report["maps"]] == [maps[n].goal for n in (1, 3, 4)]
    assert report["refused"] == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["1.csv", "3.csv", "4.csv"]
    assert "a map 3" in (tmp_path / "out" / "3.csv").read_text()
    lines = done.err.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("a.npz, map 1: K = ")
    assert "map 3: K = " in lines[1]
    assert "; unreachable: no path leads" in lines[1]
    assert lines[3] == "3 maps: 2 of 3 starts reach the goal"


def test_all_maps_of_sets_and_files_are_planned_on_past_bad_ones(vingui, tmp_path, sets):
    (tmp_path / "one.txt").write_text("...#\n.G.#\n####\n...#\n")
    (tmp_path / "bad.npz").write_text("nothing")
    words = ["--index", "all", "--goal", "7,7", "--json", "all.json"]
    done = vingui("plan", "bad.npz", *sets, "one.txt", *words)
    assert done.code == 2
    report = json.loads((tmp_path / "all.json").read_text())
    refused = [(one["map"], one["index"]) for one in report["refused"]]
    assert refused[0] == ("bad.npz", None)
    # Not every map is free at 7,7, and one is too small for it.
    assert refused[-1] == ("one.txt", 0)
    assert len(report["maps"]) + len(report["refused"]) == 2 + 10
    said = done.err.partition("maps refused:\n")[2].splitlines()
    assert said[0].startswith("  bad.npz: ")
    assert said[-1] == ("  one.txt: The goal lies outside the 4x4 map, at row 7, col 7")
    assert all(
        f"  {one['reason']}" == line for one, line in zip(report["refused"], said, strict=True)
    )


def test_a_set_that_has_too_few_maps_is_refused_as_a_whole(vingui, tmp_path, sets):
    done = vingui("plan", sets[0], "--index", "3-5", "--out", "{index}.csv")
    assert done.code == 2
    assert done.err == "vingui plan: a.npz: --index must be from 0 to 4, not 5\n"
    done = vingui("plan", *sets, "--index", "999999999")
    assert done.code == 2
    assert "2 maps refused:\n  a.npz: --index must be from 0 to 4, not" in done.err


def test_planning_the_first_map_of_a_set_says_that_there_are_more(vingui, sets):
    done = vingui("plan", sets[0])
    assert done.code == 0
    assert done.out.count("\n") == 2
    assert done.err == "note: Planning on map 0 of 5; --index all plans on each.\n"
    assert vingui("plan", sets[0], "--index", "0").err == ""


def test_maps_without_starts_are_planned_on_for_their_cells(vingui, tmp_path):
    (tmp_path / "map.txt").write_text("...#\n.G.#\n####\n...#\n")
    done = vingui("plan", "map.txt", "--index", "all")
    assert done.code == 0
    assert done.out.splitlines()[0].endswith("no start: 6 of 6 cells that can reach the goal do")
    assert done.out.splitlines()[1:] == ["1 map: no starts"]


def test_a_set_is_read_once(vingui, sets, monkeypatch):
    paths = []
    monkeypatch.setattr(
        "vingui.cli.streams.read_dataset",
        lambda path, how: paths.append(path) or read_dataset(path),
    )
    assert vingui("plan", *sets, "--index", "all").code == 1
    assert paths == sets


def test_an_interrupted_batch_tells_how_far_it_came_and_keeps_what_is_done(
    vingui, tmp_path, sets, monkeypatch
):
    whole = Planner.plan

    def plan(*arguments, **options):
        if len(list(tmp_path.glob("*.csv"))) == 2:
            raise KeyboardInterrupt
        return whole(*arguments, **options)

    monkeypatch.setattr(Planner, "plan", plan)
    words = ["--index", "all", "--out", "{index}.csv", "--json", "all.json"]
    done = vingui("plan", sets[0], *words)
    assert done.code == 130
    assert done.out.splitlines()[-1] == "2 maps: 2 of 2 starts reach the goal"
    said = "vingui plan: interrupted after a.npz, map 1; add --resume to go on\n"
    assert done.err == said
    assert len(json.loads((tmp_path / "all.json").read_text())["maps"]) == 2
    monkeypatch.setattr(Planner, "plan", whole)
    written = {path: path.stat().st_ino for path in tmp_path.glob("*.csv")}
    resumed = vingui("plan", sets[0], *words, "--resume")
    assert len(written) == 2
    assert all(path.stat().st_ino == number for path, number in written.items())
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert vingui("plan", sets[0], *words) == resumed
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == kept


def test_a_reader_of_words_that_leaves_ends_the_batch_and_breaks_no_file(
    vingui, tmp_path, sets, monkeypatch
):
    def say(*_):
        raise BrokenPipeError

    monkeypatch.setattr("vingui.cli.plan.say", say)
    # Where a pipe is broken, the command line lets go of standard output.
    monkeypatch.setattr("os.dup2", lambda *_: None)
    done = vingui("plan", sets[0], "--index", "all", "--json", "all.json")
    assert (done.code, done.err) == (1, "")
    assert json.loads((tmp_path / "all.json").read_text())["refused"] == []


def test_auto_of_a_network_with_a_k_of_its_own_stops_when_the_values_do(vingui):
    own = vingui("plan", MAPS / "first-steps.json", "--model", "vin-8x8")
    auto = vingui("plan", MAPS / "first-steps.json", "--model", "vin-8x8", "--iterations", "auto")
    assert "K = 10, not converged" in own.out
    assert ", converged" in auto.out


@pytest.mark.parametrize("suffix", [".gif", ".mp4", ".webp"])
def test_a_film_that_is_given_up_leaves_no_file(vingui, tmp_path, monkeypatch, suffix):
    @contextmanager
    def counting(_):
        def report(done, total):
            assert total > 4
            if done == 3:
                raise KeyboardInterrupt

        yield report

    monkeypatch.setattr("vingui.cli.plan.counting", counting)
    done = vingui("plan", TRAP, "--film", f"film{suffix}")
    assert done.code == 130
    assert done.err == "vingui plan: interrupted\n"
    assert not list(tmp_path.iterdir())


def test_machine_output_is_all_there_is_on_standard_output(process):
    done = process("plan", LOCKED, "--json", "-")
    report = json.loads(done.out)
    assert done.code == 1
    assert {one["outcome"] for one in report["trajectories"]} == {"reached", "unreachable"}
    assert [one["optimal_length"] is None for one in report["trajectories"]].count(True) == 1
    # TensorFlow's own lines stay away, and the words for people go to standard error.
    assert "unreachable" in done.err
    assert "tensorflow" not in done.err.lower()
    assert not [
        line for line in done.err.splitlines() if line.startswith(("I0000", "W0000", "WARN"))
    ]


WRITTEN = ("--out", "{name}.csv", "--json", "a.json")


def check_standard_input(done, folder, maps):
    assert done.code == maps - 1
    report = json.loads((folder / "a.json").read_text())
    first = report["maps"][0] if maps > 1 else report
    assert (first["map"], first["goal"]) == ("standard input", [8, 24])
    assert (folder / "stdin.csv").exists()


def test_a_map_comes_through_standard_input(process, tmp_path):
    done = process("plan", "-", *WRITTEN, input=TRAP.read_text())
    check_standard_input(done, tmp_path, maps=1)


@pytest.mark.parametrize("words", [["/dev/stdin"], ["-", str(LOCKED)]])
def test_standard_input_is_one_of_the_maps(vingui, tmp_path, monkeypatch, words):
    with TRAP.open(encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)
        done = vingui("plan", *words, *WRITTEN)
    check_standard_input(done, tmp_path, maps=len(words))
