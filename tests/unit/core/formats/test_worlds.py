"""Maps with terrain and several goals come back from every format that keeps them."""

import json
import re
import string
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.formats import (
    PictureOptions,
    ReadOptions,
    clipboard,
    format_to_write,
    read_dataset,
    read_map,
    vingui_map,
    write_dataset,
)
from vingui.core.formats.cost_levels import MAX_LEVELS, CostLevels
from vingui.core.formats.world_arrays import terrain_arrays
from vingui.core.grid import MAX_VALUE, GridMap
from vingui.core.map_record import map_of_record, map_record
from vingui.core.terrain import (
    MAX_COST,
    MIN_COST,
    STANDARD,
    Palette,
    Terrain,
    palette_of_levels,
)

COSTS = st.floats(MIN_COST, MAX_COST) | st.sampled_from([0.01, 0.5, 1, 1.5, 9, 1000])
VALUES = st.floats(-MAX_VALUE, MAX_VALUE) | st.sampled_from([0, -2.5, 1e-300])
NAMES = ["", "ö ", '"quoted" ', "\U0001f30a "]
LETTERS = [*(string.ascii_letters + string.digits + ".,;~äß"), "\u0416", "\U0001f7e9"]


@st.composite
def palettes(draw):
    """The standard palette, or one of 1 to 6 kinds."""
    if draw(st.booleans()):
        return STANDARD
    letters = draw(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=6, unique=True))
    return Palette(
        tuple(
            Terrain(
                f"kind {draw(st.sampled_from(NAMES))}{letter}",
                draw(COSTS),
                f"#{draw(st.integers(0, 0xFFFFFF)):06x}",
                letter,
            )
            for letter in letters
        )
    )


@st.composite
def worlds(draw, *, shape=None, palette=None, starts=3, goals=3, least_goals=0, valued=True):
    """A map of 2x2 to 7x7 cells with terrain, and at most so many goals and starts."""
    rows, cols = shape or (draw(st.integers(2, 7)), draw(st.integers(2, 7)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    palette = palette or draw(palettes())
    walls = rng.random((rows, cols)) < draw(st.sampled_from([0.0, 0.3]))
    walls[0, 0] = False
    terrain = rng.integers(len(palette), size=walls.shape).astype(np.uint8)
    free = [tuple(cell) for cell in rng.permutation(np.argwhere(~walls)).tolist()]
    count = draw(st.integers(least_goals, goals))
    placed, others = free[:count], free[count:]
    return GridMap(
        walls,
        tuple(placed),
        tuple(others[: draw(st.integers(0, starts))]),
        terrain=draw(st.sampled_from([terrain, None])),
        palette=palette,
        goal_values=tuple(draw(VALUES) for _ in placed) if valued else (),
    )


@st.composite
def alike_worlds(draw):
    """One to four maps that a data set can hold."""
    shape = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    palette, start = draw(palettes()), draw(st.integers(0, 1))
    options = {"shape": shape, "palette": palette, "least_goals": 1, "starts": 0}
    maps = draw(st.lists(worlds(**options), min_size=1, max_size=4))
    return [grid.with_starts(grid.goals[:start]) for grid in maps]


@given(worlds())
def test_a_map_file_keeps_the_world(tmp_path_factory, grid):
    path = tmp_path_factory.getbasetemp() / "map.json"
    write_dataset(path, DataSet("map", (grid,)))
    assert read_map(path) == grid
    assert clipboard.decoded(path.read_text(encoding="utf-8")) == (grid, ())


@given(alike_worlds())
def test_a_data_set_keeps_its_worlds(tmp_path_factory, maps):
    path = tmp_path_factory.getbasetemp() / "set.npz"
    write_dataset(path, DataSet("set", tuple(maps)))
    stack = read_dataset(path).maps
    assert isinstance(stack, MapStack)
    assert list(stack) == maps
    assert list(stack[1:]) == maps[1:]


@given(worlds(least_goals=1))
def test_the_data_of_a_run_keeps_the_world(tmp_path_factory, grid):
    folder = tmp_path_factory.getbasetemp()
    arrays = {
        "walls": grid.walls,
        "goal": np.array(grid.goal),
        "starts": np.array(grid.starts, int).reshape(-1, 2),
        "goals": np.array(grid.goals),
        "goal_values": np.array(list(grid.valued_goals.values())),
        **terrain_arrays(grid.terrain, grid.palette, grid.walls.shape),
    }
    np.savez(folder / "run.npz", **arrays)
    assert read_map(folder / "run.npz") == grid
    record = {"format": "vingui-run", "version": 1, "map": json.loads(vingui_map.encoded(grid))}
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert read_map(folder / "run.json") == grid
    assert clipboard.decoded(json.dumps(record)) == (grid, ())


@given(worlds())
def test_text_keeps_walls_starts_and_goals_without_values(tmp_path_factory, grid):
    path = tmp_path_factory.getbasetemp() / "map.txt"
    write_dataset(path, DataSet("map", (grid,)))
    kept = GridMap(grid.walls, tuple(sorted(grid.goals)), tuple(sorted(grid.starts)))
    assert read_map(path) == kept
    assert clipboard.decoded(path.read_text())[0] == kept
    lost = " ".join(format_to_write(path).losses((grid,)))
    assert ("no terrain" in lost) == (grid.terrain is not None or grid.palette != STANDARD)
    assert ("no values of goals" in lost) == bool(grid.goal_values)
    assert "one goal" not in lost


@st.composite
def evenly_spaced(draw, most):
    """A palette whose costs have a common step, at most `most` levels."""
    count = draw(st.integers(1, most))
    low = draw(st.sampled_from([0.01, 0.5, 1, 3]))
    step = draw(st.sampled_from([0.1, 0.25, 1, 2]))
    levels = draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=6, unique=True))
    costs = [float(f"{low + step * level:.12g}") for level in levels]
    return palette_of_levels(costs)


@pytest.mark.parametrize("suffix", [".png", ".pgm"])
@given(data=st.data())
def test_a_picture_keeps_walls_and_evenly_spaced_costs(tmp_path_factory, data, suffix):
    grid = data.draw(worlds(palette=data.draw(evenly_spaced(MAX_LEVELS))))
    path = tmp_path_factory.getbasetemp() / f"map{suffix}"
    write_dataset(path, DataSet("map", (grid,)))
    said = " ".join(format_to_write(path).losses((grid,)))
    count, low, high = re.search(r"--levels (\d+) --costs (.+),(.+)\)", said).groups()
    assert "rounded" not in said
    levels = CostLevels(int(count), float(low), float(high))
    back = read_map(path, ReadOptions(picture=PictureOptions(levels=levels)))
    assert_same_costs(back, grid)


@given(data=st.data())
def test_a_ros_map_keeps_walls_and_evenly_spaced_costs(tmp_path_factory, data):
    grid = data.draw(worlds(palette=data.draw(evenly_spaced(100))))
    path = tmp_path_factory.getbasetemp() / "ros.yaml"
    write_dataset(path, DataSet("map", (grid,)))
    assert "rounded" not in " ".join(format_to_write(path).losses((grid,)))
    assert_same_costs(read_map(path), grid)


def assert_same_costs(back, grid):
    assert np.array_equal(back.walls, grid.walls)
    before, after = (
        np.ones(one.walls.shape) if one.costs is None else one.costs for one in (grid, back)
    )
    np.testing.assert_array_equal(after[grid.free], before[grid.free])


@pytest.mark.parametrize(("suffix", "most"), [(".png", 240), (".yaml", 100)])
def test_costs_without_a_common_step_are_rounded_and_a_sentence_says_so(tmp_path, suffix, most):
    palette = palette_of_levels([1, np.pi, 10])
    kinds = np.array([[0, 1], [2, 1]], np.uint8)
    grid = GridMap(np.zeros((2, 2), bool), terrain=kinds, palette=palette)
    path = tmp_path / f"map{suffix}"
    write_dataset(path, DataSet("map", (grid,)))
    assert "rounded" in " ".join(format_to_write(path).losses((grid,)))
    levels = CostLevels(most, 1, 10)
    back = read_map(path, ReadOptions(picture=PictureOptions(levels=levels)))
    np.testing.assert_allclose(back.costs, grid.costs, atol=9 / (most - 1) / 2 + 1e-9)


def world_set(**changes):
    walls = np.zeros((2, 3, 4), bool)
    walls[:, 0, 0] = True
    palette = json.dumps(STANDARD.record()).encode()
    arrays = {
        "walls": walls,
        "goal": np.array([[1, 1], [2, 2]]),
        "terrain": np.ones(walls.shape, np.uint8),
        "palette": np.frombuffer(palette, np.uint8),
        "goals": np.array([[[1, 1], [2, 3]], [[2, 2], [-1, -1]]]),
        "goal_values": np.array([[0, 2.5], [1, 0]]),
    }
    return {name: array for name, array in (arrays | changes).items() if array is not None}


def palette_bytes(*changes):
    kinds = STANDARD.record()
    for number, change in enumerate(changes):
        kinds[number] |= change
    return np.frombuffer(json.dumps(kinds).encode(), np.uint8)


def test_a_map_of_a_set_may_have_fewer_goals(tmp_path):
    np.savez(tmp_path / "set.npz", **world_set(terrain=np.ones((2, 3, 4), ">i8")))
    first, second = read_dataset(tmp_path / "set.npz").maps
    assert first.valued_goals == {(1, 1): 0, (2, 3): 2.5}
    assert second.valued_goals == {(2, 2): 1}
    assert first.terrain.tolist() == [[0, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"terrain": np.ones((2, 3, 4))}, "terrain must hold whole numbers of shape (2, 3, 4)"),
        ({"terrain": np.ones((2, 4, 3), np.uint8)}, "not uint8 of shape (2, 4, 3)"),
        ({"terrain": np.full((2, 3, 4), 5, np.uint8)}, "of terrain 5, but the palette has 5 kinds"),
        ({"terrain": np.full((2, 3, 4), 257)}, "of terrain 257, but the palette has 5 kinds"),
        ({"terrain": np.full((2, 3, 4), -1)}, "of terrain -1, but the palette has 5 kinds"),
        ({"palette": None}, "kinds of terrain need both"),
        ({"terrain": None}, "kinds of terrain need both"),
        ({"palette": np.zeros((2, 2), np.uint8)}, "of shape (bytes,), not uint8 of shape (2, 2)"),
        ({"palette": np.frombuffer(b"[{]", np.uint8)}, "The palette is not written in JSON"),
        ({"palette": np.frombuffer(b"{}", np.uint8)}, "must be a list of 1 to 256 kinds"),
        ({"palette": np.frombuffer(b"[" + b"1," * 299 + b"1]", np.uint8)}, "not one of 300"),
        ({"palette": np.zeros(2**20, np.uint8)}, "A palette may have at most 262,144 bytes"),
        ({"palette": palette_bytes({"cost": 0})}, "The cost of road must be a number from 0.01"),
        ({"palette": palette_bytes({"cost": -1})}, "The cost of road must be"),
        ({"palette": palette_bytes({"cost": float("nan")})}, "The cost of road must be"),
        ({"palette": palette_bytes({"cost": float("inf")})}, "The cost of road must be"),
        ({"palette": palette_bytes({"cost": 10**400})}, "The cost of road must be"),
        ({"palette": palette_bytes({"letter": "g"})}, "Two kinds of terrain have the letter 'g'"),
        ({"goals": np.zeros((2, 2, 3), int)}, "goals must hold whole numbers of shape (2, goals"),
        ({"goals": np.zeros((2, 0, 2), int), "goal_values": None}, "of shape (2, 0, 2)"),
        ({"goals": np.array([[[1, 1]], [[0, 0]]]), "goal_values": None}, "of map 1 lies in a wall"),
        ({"goals": np.array([[[1, 1]], [[3, 0]]]), "goal_values": None}, "of map 1 lies outside"),
        ({"goals": np.full((2, 1, 2), -1), "goal_values": None}, "of map 0 lies outside"),
        ({"goals": None}, "goal_values, but no goals"),
        ({"goal_values": np.zeros((2, 3))}, "numbers of shape (2, 2), received float64"),
        ({"goal_values": np.full((2, 2), np.nan)}, "value of a goal of map 0 is not a number"),
        ({"goal_values": np.array([[0, 0], [np.inf, 0]])}, "of a goal of map 1 is not a number"),
    ],
)
def test_a_damaged_world_is_refused(tmp_path, refused, changes, part):
    np.savez(tmp_path / "set.npz", **world_set(**changes))
    refused(tmp_path / "set.npz", part)


def test_goals_that_claim_much_take_no_memory(tmp_path, refused):
    np.savez_compressed(tmp_path / "set.npz", **world_set(goals=np.zeros((2, 2**22, 2), int)))
    refused(tmp_path / "set.npz", "Goals may have at most 67,108,864 bytes")


def map_text(change):
    """A map file of 3x4 cells after a change of its parsed content."""
    walls = np.zeros((3, 4), bool)
    walls[0, 0] = True
    terrain = np.arange(12, dtype=np.uint8).reshape(3, 4) % 5
    grid = GridMap(walls, ((1, 1), (2, 3)), ((0, 1),), terrain=terrain, goal_values=(0, 2))
    content = json.loads(vingui_map.encoded(grid))
    change(content)
    return json.dumps(content)


def kinds(count):
    """So many kinds, the first five with the letters of the standard palette."""
    letters = [*".gsmw", *(chr(0x4E00 + number) for number in range(count))]
    return [
        {"letter": letter, "name": f"k{number}", "cost": 1, "colour": "#aabbcc"}
        for number, letter in zip(range(count), letters, strict=False)
    ]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (
            lambda it: it["terrain"][1].update(cost=0),
            "The cost of grass must be a number from 0.01",
        ),
        (lambda it: it["terrain"][1].update(cost=-2), "not -2"),
        (lambda it: it["terrain"][1].update(cost=float("nan")), "not nan"),
        (lambda it: it["terrain"][1].update(cost=float("inf")), "not inf"),
        (lambda it: it["terrain"][1].update(cost=10**400), "The cost of grass must be"),
        (lambda it: it["terrain"][1].update(cost=True), "not True"),
        (lambda it: it["terrain"][1].update(cost="1"), "not '1'"),
        (
            lambda it: it.update(terrain=kinds(300)),
            "a list of 1 to 256 kinds of terrain, not one of",
        ),
        (lambda it: it.update(terrain=[]), "A map has 1 to 256 kinds of terrain, not 0"),
        (lambda it: it.update(terrain={"road": 1}), "a list of 1 to 256 kinds"),
        (
            lambda it: it["terrain"][1].update(letter="."),
            "Two kinds of terrain have the letter '.'",
        ),
        (lambda it: it["terrain"][1].update(letter="#"), "The letter of grass must be"),
        (lambda it: it["terrain"][1].update(letter="ab"), "The letter of grass must be"),
        (lambda it: it["terrain"][1].update(name="road"), "Two kinds of terrain have the name"),
        (lambda it: it["terrain"][1].update(name="\n"), "A terrain needs a name in one line"),
        (lambda it: it["terrain"][1].update(colour="red"), 'must be written like "#8cc7a1"'),
        (lambda it: it["terrain"][1].pop("cost"), "A kind of terrain must have colour, cost"),
        (lambda it: it["terrain"].pop(), "'w' at row 1, col 0 is not known here"),
        (lambda it: it["goals"][1].update(cell=[0, 0]), "The goal lies in a wall, at row 0, col 0"),
        (lambda it: it["goals"][1].update(cell=[9, 0]), "The goal lies outside the 3x4 map"),
        (lambda it: it["goals"][1].update(value=float("nan")), "The value of a goal must be"),
        (lambda it: it["goals"][1].update(value=10**400), "The value of a goal must be"),
        (lambda it: it["goals"][1].update(value=None), "The value of a goal must be"),
        (
            lambda it: it.update(goals=[[1, 1, 2]]),
            'Its "goals" must be a list of a cell and a value',
        ),
    ],
)
def test_a_map_file_with_a_bad_world_is_refused(tmp_path, refused, change, part):
    path = tmp_path / "map.json"
    path.write_text(map_text(change))
    refused(path, part)


JUNK = st.sampled_from(
    [
        *(None, True, 0, -1, 1.5, 256, 10**400, float("nan"), float("inf"), 2**63),
        *(
            "",
            "#",
            ".",
            "\n",
            "a" * 500,
            "\ud800",
            "#12345g",
            [],
            {},
            [[]],
            [[1, 1, 1]],
            {"cell": 1},
        ),
    ]
)


def assert_read_or_refused(path):
    message = f"{path.name}: "
    try:
        assert list(read_dataset(path).maps)
    except VinguiError as error:
        message = str(error)
    assert message.startswith(f"{path.name}: ")
    assert message.isprintable()


def places(content, path=()):
    """The path of every value inside a parsed JSON text."""
    items = content.items() if isinstance(content, dict) else ()
    items = enumerate(content) if isinstance(content, list) else items
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def junked(data, content):
    """The content with one to three values in it replaced or removed."""
    for _ in range(data.draw(st.integers(1, 3))):
        found = list(places(content))
        if not found:
            break
        *path, last = data.draw(st.sampled_from(found))
        inner = content
        for key in path:
            inner = inner[key]
        if data.draw(st.booleans()):
            inner[last] = data.draw(JUNK)
        else:
            del inner[last]
    return content


@given(worlds(), st.data())
def test_a_map_file_of_junk_is_read_or_refused(tmp_path_factory, grid, data):
    path = tmp_path_factory.getbasetemp() / "junk.json"
    content = junked(data, json.loads(vingui_map.encoded(grid)))
    path.write_text(json.dumps(content), encoding="utf-8")
    assert_read_or_refused(path)


@given(worlds(least_goals=1), st.data())
def test_a_recipe_of_junk_is_read_or_refused(grid, data):
    content = json.loads(json.dumps(map_record(grid)))
    assert map_of_record(content) == grid
    with suppress(VinguiError):
        map_of_record(junked(data, content))


ARRAYS = st.sampled_from(
    [
        np.zeros(0, np.uint8),
        np.zeros((2, 3, 4)),
        np.full((2, 3, 4), 255, np.uint8),
        np.full((2, 3, 4), -1, np.int8),
        np.full((2, 2, 2), 2**63, np.uint64),
        np.full((2, 2, 2), -1),
        np.zeros((2, 1, 2), int),
        np.full((2, 2), np.nan),
        np.full((2, 2), 1e300),
        np.array("text"),
        np.frombuffer(b'[{"name": 1}]', np.uint8),
        np.frombuffer(b"\xff" * 40, np.uint8),
    ]
)


@given(st.dictionaries(st.sampled_from(["terrain", "palette", "goals", "goal_values"]), ARRAYS))
def test_a_data_set_of_junk_is_read_or_refused(tmp_path_factory, changes):
    path = tmp_path_factory.getbasetemp() / "junk.npz"
    np.savez(path, **world_set(**changes))
    assert_read_or_refused(path)
