"""What tables and charts show of the rows of an evaluation.

The rows are the JSON objects that `vingui.core.evaluation_protocol` describes.
"""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final

from vingui.core.evaluation_protocol import FailedCase

Row = Mapping[str, Any]

_COLUMNS: Final = (
    *("dataset", "model", "moves", "iterations", "reference", "group", "from", "to", "maps"),
    *("starts", "unreachable", "success", "success_low", "success_high", "optimal"),
    *("mean_excess", "mean_cost_ratio", "action_accuracy", "seconds_per_map"),
)
_GROUPS: Final = {"length": "by_length", "side": "by_side", "k": "by_k"}
"""The lists of a row by the name of their groups in a table."""


@dataclass(frozen=True)
class Rate:
    """The share of some starts that reach their goal.

    Attributes:
        starts: how many there are.
        success: the share of 1.
        low: the lower end of the 95 % interval (Wilson).
        high: the upper end.
        optimal: the share that reaches it by a path of least cost.
    """

    starts: int
    success: float
    low: float
    high: float
    optimal: float

    @classmethod
    def of(cls, group: Row) -> "Rate":
        """That of an entry of `by_length`, `by_side` or `by_k`."""
        starts, reached = group["starts"], group["success"]
        low, high = wilson_interval(reached, starts)
        return cls(starts, reached / starts, low, high, group["optimal"] / starts)


def wilson_interval(successes: int, trials: int) -> list[float]:
    """The 95 % confidence interval of a rate (Wilson 1927), written out to spare a large import."""
    rate, z = successes / trials, NormalDist().inv_cdf(0.975)
    centre = rate + z**2 / (2 * trials)
    half = z * math.sqrt(rate * (1 - rate) / trials + (z / (2 * trials)) ** 2)
    low, high = ((centre + side) / (1 + z**2 / trials) for side in (-half, half))
    # Rounding could make them differ from 0 and 1 at the ends.
    return [low if successes else 0.0, high if successes < trials else 1.0]


def datasets(rows: Sequence[Row]) -> list[str]:
    """The names of the sets, in the order of the rows."""
    return list(dict.fromkeys(row["dataset"] for row in rows))


def title(row: Row, rows: Sequence[Row]) -> str:
    """The model of a row, with its K, and its movement rule if the rows have several."""
    parts = [row["model"]]
    if row["iterations"] is not None:
        parts.append(f"K {row['iterations']}")
    if len({other["moves"] for other in rows}) > 1:
        parts.append(f"moves {row['moves']}")
    return ", ".join(parts)


def range_title(group: Row) -> str:
    """The range of an entry of `by_length` or `by_side`: "10 to below 20", "1,000 and more"."""
    low, high = group["from"], group["to"]
    return f"{low:,} and more" if high is None else f"{low:,} to below {high:,}"


def groups(rows: Sequence[Row], key: str) -> list[Row]:
    """The ranges that any of some rows has in `by_length` or `by_side`, ascending."""
    found = {group["from"]: group for row in rows for group in row[key]}
    return [found[low] for low in sorted(found)]


def rates(row: Row, key: str) -> dict[int, Rate]:
    """The rates of a row's `by_length`, `by_side` or `by_k`, by the lower end of ranges or by k."""
    name = "k" if key == "by_k" else "from"
    return {group[name]: Rate.of(group) for group in row[key]}


def csv_text(rows: Sequence[Row]) -> str:
    """The rows as CSV: for each a line with all starts, and one for each group of them.

    `group` is `all`, `length`, `side` or `k`, and `from` and `to` its range; in the last of open
    ranges `to` is empty. Rates are shares of 1.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerows(_csv_lines(row))
    return text.getvalue()


def _csv_lines(row: Row) -> Iterator[dict[str, Any]]:
    head = {name: row[name] for name in ("dataset", "model", "moves", "iterations")}
    head["reference"] = "yes" if row["reference"] else "no"
    low, high = row["success_interval"]
    whole = {name: row[name] for name in _COLUMNS if name in row}
    yield {**whole, **head, "group": "all", "success_low": low, "success_high": high}
    for group, key in _GROUPS.items():
        for entry in row[key]:
            rate = Rate.of(entry)
            ends = (entry["k"], entry["k"]) if group == "k" else (entry["from"], entry["to"])
            yield {
                **head,
                "group": group,
                "from": ends[0],
                "to": ends[1],
                "starts": rate.starts,
                "success": rate.success,
                "success_low": rate.low,
                "success_high": rate.high,
                "optimal": rate.optimal,
            }


def report(rows: Sequence[Row], cases: Sequence[FailedCase]) -> dict[str, Any]:
    """The rows and the failed cases as a JSON object; that of a single row has its entries too."""
    alone = rows[0] if len(rows) == 1 else {}
    return {**alone, "rows": list(rows), "failures": [_case_record(case) for case in cases]}


def json_text(rows: Sequence[Row], cases: Sequence[FailedCase]) -> str:
    """The text of the JSON file of a report."""
    return json.dumps(report(rows, cases), indent=2) + "\n"


def _case_record(case: FailedCase) -> dict[str, Any]:
    return {
        "dataset": case.dataset,
        "map": case.index,
        "start": case.grid.starts[0],
        "model": case.model,
        "iterations": case.iterations,
        "outcome": case.outcome,
        "words": case.sentence,
    }
