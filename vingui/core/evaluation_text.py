"""The results of an evaluation as lines of text."""

from collections.abc import Iterator, Sequence
from typing import Final

from vingui.core.evaluation_rows import Rate, Row, datasets, groups, range_title, rates, title
from vingui.core.phrases import counted, percent

_MOST_KS: Final = 8


def table_lines(rows: Sequence[Row]) -> list[str]:
    """The rows in lines: of each set a table of the models, then success by groups of starts."""
    return [line for name in datasets(rows) for line in _of_set(name, rows)]


def _of_set(name: str, rows: Sequence[Row]) -> Iterator[str]:
    chosen = [row for row in rows if row["dataset"] == name]
    first = chosen[0]
    more = f" ({first['unreachable']:,} more without a path)" if first["unreachable"] else ""
    maps, starts = counted(first["maps"], "map"), counted(first["starts"], "start")
    yield f"{name}: {maps}, {starts}{more}"
    titles = [title(row, rows) for row in chosen]
    wide = max(map(len, titles))
    costly = any("mean_cost_ratio" in row for row in chosen)
    ratio = "  times the least" if costly else ""
    yield (
        f"  {'':<{wide}}   success       95 % interval  optimal   excess{ratio}  actions  "
        "time per map"
    )
    for row, words in zip(chosen, titles, strict=True):
        yield f"  {words:<{wide}}{_rates(row, costly=costly)}"
    rules = dict.fromkeys(row["moves"] for row in chosen)
    for rule in rules:
        # Best paths have other lengths under another rule.
        under = f", moves {rule}" if len(rules) > 1 else ""
        alike = [row for row in chosen if row["moves"] == rule]
        yield from _groups_of(alike, [title(row, alike) for row in alike], under, costly=costly)


def _groups_of(
    rows: Sequence[Row], titles: Sequence[str], under: str, *, costly: bool
) -> Iterator[str]:
    for key, what in (
        ("by_length", "least cost" if costly else "optimal length"),
        ("by_side", "longer side"),
    ):
        ranges = groups(rows, key)
        if key == "by_length" or len(ranges) > 1:
            named = [(one["from"], range_title(one)) for one in ranges]
            yield from _by_group(what + under, named, rows, titles, key)
    ks = [(k, f"{k:,}") for k in _some_ks(rows)]
    if ks:
        yield from _by_group(f"iteration k{under}", ks, rows, titles, "by_k")


def _rates(row: Row, *, costly: bool) -> str:
    low, high = map(percent, row["success_interval"])
    excess, ratio = row["mean_excess"], row.get("mean_cost_ratio")
    cells = [
        f"{percent(row['success']):>10}",
        f"{low:>9} to {high:>7}",
        f"{percent(row['optimal']):>9}",
        f"{'-' if excess is None else f'{excess:z.4f}':>9}",
    ]
    if costly:
        cells.append(f"{'-' if ratio is None else f'{ratio:z.4f}':>17}")
    right, seconds = row["action_accuracy"], row["seconds_per_map"]
    cells.append(f"{'-' if right is None else percent(right):>9}")
    cells.append(f"{'-' if seconds is None else f'{1000 * seconds:z.2f} ms':>14}")
    return "".join(cells)


def _by_group(
    what: str,
    named: Sequence[tuple[int, str]],
    rows: Sequence[Row],
    titles: Sequence[str],
    key: str,
) -> Iterator[str]:
    """A table of success by groups of starts, a column for each row that has groups."""
    columns = [
        (words, rates(row, key)) for row, words in zip(rows, titles, strict=True) if row[key]
    ]
    widths = [max(len(words), 7) for words, _ in columns]
    head = "".join(f"  {words:>{wide}}" for (words, _), wide in zip(columns, widths, strict=True))
    yield f"  {f'success by {what}':<38}{'starts':>8}{head}"
    for group, words in named:
        known = [each[group] for _, each in columns if group in each]
        cells = (
            f"  {_success(each.get(group)):>{wide}}"
            for (_, each), wide in zip(columns, widths, strict=True)
        )
        yield f"    {words:<34}{known[0].starts:>10,}{''.join(cells)}".rstrip()


def _success(rate: Rate | None) -> str:
    return "" if rate is None else percent(rate.success)


def _some_ks(rows: Sequence[Row]) -> list[int]:
    """Some of the ks that rows have, evenly spread, with the last of each."""
    found = sorted({group["k"] for row in rows for group in row["by_k"]})
    last = {row["by_k"][-1]["k"] for row in rows if row["by_k"]}
    step = max(1, -(-len(found) // _MOST_KS))
    return sorted(last | set(found[::-step]))
