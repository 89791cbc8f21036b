"""What tests of several rooms share: maps to learn costs from, and a cluster of workers."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from vingui.core import extensions
from vingui.core.formats import FORMATS
from vingui.core.generate import KINDS
from vingui.core.grid import Demonstration, GridMap
from vingui.core.methods import METHODS


def _walk(grid: GridMap, rng: np.random.Generator) -> Demonstration:
    """A path that goes anywhere on the map, also through walls."""
    cells = [(int(rng.integers(grid.rows)), int(rng.integers(grid.cols)))]
    for _ in range(rng.integers(1, 6)):
        row, col = cells[-1]
        near = [(row + down, col + right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
        near.remove((row, col))
        inside = [cell for cell in near if 0 <= cell[0] < grid.rows and 0 <= cell[1] < grid.cols]
        cells.append(inside[rng.integers(len(inside))])
    return Demonstration(tuple(cells))


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster whose workers are threads of this process."""
    # Few tests need it, and its import takes a while.
    from distributed import LocalCluster

    # Not on Dask's usual port, which another process may have.
    port = {"dashboard_address": "127.0.0.1:0"}
    with LocalCluster(
        processes=False, n_workers=2, dashboard_address=None, scheduler_kwargs=port
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="session")
def taught() -> Callable[..., GridMap]:
    """`taught(grid, seed)`: the map with up to three demonstrations, and mostly an elevation."""

    def with_both(grid: GridMap, seed: int, *, elevated: bool | None = None) -> GridMap:
        rng = np.random.default_rng(seed)
        shown = tuple(_walk(grid, rng) for _ in range(rng.integers(4)))
        heights = rng.normal(0, 1000, grid.walls.shape).astype(np.float32)
        has = rng.random() < 0.7 if elevated is None else elevated
        return replace(grid, demonstrations=shown, elevation=heights if has else None)

    return with_both


@pytest.fixture
def install(tmp_path, monkeypatch):
    """`install("stripes", code, entry_points)`: installs a package of one module."""
    folder, added = tmp_path / "installed", []
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(extensions, "_left_out", {})
    extensions.report_to(None)
    for registry in (FORMATS, KINDS, METHODS):
        monkeypatch.setattr(registry, "_found", None)
    extensions.extensions.cache_clear()

    def package(name: str, code: str, entry_points: str) -> None:
        added.append(name)
        info = folder / f"{name}-1.5.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n")
        (info / "entry_points.txt").write_text(entry_points)
        (folder / f"{name}.py").write_text(code)
        monkeypatch.setenv("PYTHONPATH", str(folder))

    yield package
    for name in added:
        sys.modules.pop(name, None)
    extensions.extensions.cache_clear()
