"""The table of several trainings, with means and spreads over their seeds.

Its rows are those of `vingui.core.training_runs`.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from statistics import fmean, stdev
from typing import Any, Final

from vingui.core.phrases import percent
from vingui.core.training_runs import Row

_RATES: Final = ("success", "optimal")
_COLUMNS: Final[Mapping[str, Callable[[float], str]]] = {
    "loss": "{:z.4f}".format,
    **dict.fromkeys(_RATES, percent),
    "minutes": "{:z.2f}".format,
}
_SPREADS: Final = {**_COLUMNS, **dict.fromkeys(_RATES, "{:z.2%}".format)}


def table(rows: Sequence[Row]) -> list[list[str]]:
    """The cells of the table, with its head.

    Of each run there is a line; of runs that differ in their seeds only, also one of the means and
    one of the standard deviations, "std". Rates are means over the sets of held-out maps.
    """
    if not rows:
        return []
    names = [name.replace("_", " ") for name in rows[0]["settings"]]
    seeded = "seed" in rows[0]
    columns = [name for name in _COLUMNS if any(_measures(row)[name] is not None for row in rows)]
    lines = [[*names, *["seed"] * seeded, *columns]]
    for group in _groups(rows):
        begin = list(group[0]["settings"].values())
        for row in group:
            cells = [_cell(_measures(row)[name], _COLUMNS[name]) for name in columns]
            if row["error"] is not None:
                cells[:1] = ["failed"]
            lines.append([*begin, *[str(row.get("seed"))] * seeded, *cells])
        statistics = _statistics(group)
        if statistics["runs"] > 1:
            for title, key, texts in (("mean", "mean", _COLUMNS), ("std", "std", _SPREADS)):
                cells = [_cell(statistics[name][key], texts[name]) for name in columns]
                lines.append([*begin, title, *cells])
    return lines


def table_lines(rows: Sequence[Row]) -> list[str]:
    """The table as lines of text; below it, if there are several, success by sets of maps."""
    if not rows:
        return []
    return [*_aligned(table(rows)), *_by_set(rows)]


def _by_set(rows: Sequence[Row]) -> Iterator[str]:
    if all(len(row["results"]) < 2 for row in rows):
        return
    groups = [(group[0]["settings"], _statistics(group)) for group in _groups(rows)]
    sets = dict.fromkeys(one for _, group in groups for one in group["results"])
    heads = [", ".join(settings.values()) for settings, _ in groups]
    rates = (
        [name, *(_mean_and_spread(group["results"].get(name)) for _, group in groups)]
        for name in sets
    )
    yield ""
    yield from _aligned([["success by held-out maps: mean, std", *heads], *rates])


def _mean_and_spread(rates: Mapping[str, Any] | None) -> str:
    if rates is None:
        return ""
    mean, spread = (rates["success"][key] for key in ("mean", "std"))
    return percent(mean) if spread is None else f"{percent(mean)}, {_SPREADS['success'](spread)}"


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (f"{cell:>{wide}}" for cell, wide in zip(line, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows that differ in their seeds only."""
    return [list(group) for _, group in groupby(rows, lambda row: row["settings"])]


def _measures(row: Row) -> dict[str, float | None]:
    results = row["results"]
    rates = {key: fmean(one[key] for one in results) if results else None for key in _RATES}
    return {"loss": row["loss"], **rates, "minutes": row["minutes"]}


def _statistics(group: Sequence[Row]) -> dict[str, Any]:
    """Means and standard deviations over the runs of a group that did not fail."""
    done = [row for row in group if row["error"] is None]
    found: dict[str, list[Row]] = {}
    for row in done:
        for one in row["results"]:
            found.setdefault(one["maps_of"], []).append(one)
    return {
        "runs": len(done),
        **{name: _spread([_measures(row)[name] for row in done]) for name in _COLUMNS},
        "results": {
            name: {key: _spread([one[key] for one in results]) for key in _RATES}
            for name, results in found.items()
        },
    }


def _spread(values: Sequence[float | None]) -> dict[str, float | None]:
    known = [value for value in values if value is not None]
    return {
        "mean": fmean(known) if known else None,
        "std": stdev(known) if len(known) > 1 else None,
    }


def _cell(value: float | None, text: Callable[[float], str]) -> str:
    return "" if value is None else text(value)


def csv_text(rows: Sequence[Row]) -> str:
    """The rows as CSV, of each run a line, with the rates on each set of maps as shares of 1."""
    text = io.StringIO()
    lines = [_csv_line(row) for row in rows]
    # Runs can have different sets.
    head = dict.fromkeys(name for line in lines for name in line)
    writer = csv.DictWriter(
        text, [*(name for name in head if name != "error"), "error"], lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _csv_line(row: Row) -> dict[str, Any]:
    seed = {"seed": row["seed"]} if "seed" in row else {}
    rates = {f"{key} {one['maps_of']}": one[key] for one in row["results"] for key in _RATES}
    measured = {name: row[name] for name in ("loss", "minutes", "error")}
    return {"file": row["file"], **row["settings"], **seed, **measured, **rates}


def json_text(rows: Sequence[Row]) -> str:
    """The rows as a JSON object, with the means and standard deviations over seeds."""
    summary = [{"settings": group[0]["settings"], **_statistics(group)} for group in _groups(rows)]
    return json.dumps({"runs": list(rows), "summary": summary}, indent=2) + "\n"
