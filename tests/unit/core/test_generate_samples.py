"""The sample maps that come with vingui: sound, canonical, and worth showing."""

import json
from pathlib import Path

import pytest
from scipy import ndimage

from vingui.core.formats import vingui_map

FOLDER = Path(__file__).parents[3] / "assets" / "maps"
SAMPLES = sorted(FOLDER.glob("*.json"))
LOCKED_IN = {"locked-keep": 1}
"""How many starts of a sample cannot reach its goal, where there are any, on purpose."""


def sample(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    return content, vingui_map.decoded(content)


def test_there_is_a_gallery():
    assert len(SAMPLES) >= 14
    assert set(LOCKED_IN) <= {path.stem for path in SAMPLES}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_written_as_vingui_writes_maps(path):
    content, grid = sample(path)
    said = {key: content[key] for key in ("title", "about")}
    lines = [f"  {json.dumps(key)}: {json.dumps(text)},\n" for key, text in said.items()]
    version = f'  "version": {content["version"]},\n'
    canonical = vingui_map.encoded(grid).replace(version, version + "".join(lines), 1)
    assert path.read_bytes() == canonical.encode()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_says_what_there_is_to_see(path):
    content, _ = sample(path)
    assert path.stem == path.stem.lower()
    assert 3 <= len(content["title"]) <= 24
    assert 20 <= len(content["about"]) <= 140
    assert content["about"].endswith(".")
    assert content["about"].count(". ") == 0


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_starts_of_a_sample_reach_its_goal(path):
    _, grid = sample(path)
    assert 2 <= len(grid.starts) <= 4
    assert grid.goal not in grid.starts
    # Straight moves alone: then every movement rule has something to show.
    regions, _ = ndimage.label(grid.free)
    reached = [regions[start] == regions[grid.goal] for start in grid.starts]
    assert reached.count(False) == LOCKED_IN.get(path.stem, 0)
    moore, _ = ndimage.label(grid.free, structure=[[1] * 3] * 3)
    reached = [moore[start] == moore[grid.goal] for start in grid.starts]
    assert reached.count(False) == LOCKED_IN.get(path.stem, 0)


def test_titles_differ():
    titles = [sample(path)[0]["title"] for path in SAMPLES]
    assert len(set(titles)) == len(titles)
