"""What the commands share: arguments, output, and a quiet start of TensorFlow."""

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from vingui.cli.name_patterns import filled, make_folder
from vingui.cli.printing import STANDARD_OUTPUT
from vingui.core.cards import ModelCard, default_model, find_model
from vingui.core.errors import VinguiError
from vingui.core.files import printable, replacing, shown
from vingui.core.formats import format_to_write, write_map
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import DEFAULT_RULE, RULES, rule_named

if TYPE_CHECKING:
    from vingui.net.planner import Planner

Item = TypeVar("Item")


def add_command(
    commands: Any, name: str, *, about: str, description: str, examples: str
) -> argparse.ArgumentParser:
    """A parser for a command, with its examples at the end of its help."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=about,
        description=description,
        epilog="examples:\n" + "\n".join(f"  {line}" for line in examples.strip().splitlines()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return parser


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """`--model`, `--moves` and `--iterations`, as `planner_for` reads them."""
    parser.add_argument(
        "--model",
        metavar="NAME|FILE",
        help='a shipped model (see "vingui models") or a .keras file; '
        "without it, the default model of the movement rule",
    )
    parser.add_argument(
        "--moves",
        metavar="RULE",
        choices=RULES,
        help="the movement rule: "
        + "; ".join(f"{rule.name} ({rule.title})" for rule in RULES.values())
        + f". Without it, the model's, or {DEFAULT_RULE.name}",
    )
    parser.add_argument(
        "--iterations",
        metavar="N|auto",
        type=iterations,
        default=None,
        help='K, the Bellman backups; "auto" stops when the values do. '
        "Without it, auto for a dynamic network and the trained K for the paper's",
    )


def cell(text: str) -> Cell:
    """`R,C` as a cell."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*,\s*(\d{1,6})\s*", text)
    if not found:
        raise argparse.ArgumentTypeError(f"must be ROW,COL from 0, like 3,12, not {text!r}")
    return int(found[1]), int(found[2])


def size(text: str) -> tuple[int, int]:
    """`RxC`, or `N` for a square, as rows and columns."""
    found = re.fullmatch(r"(\d{1,6})(?:x(\d{1,6}))?", text)
    if not found:
        raise argparse.ArgumentTypeError(f"must be ROWSxCOLS, like 28x40, not {text!r}")
    return int(found[1]), int(found[2] or found[1])


def iterations(text: str) -> int | str:
    """`N` or `auto`."""
    if text == "auto":
        return text
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f'must be a whole number from 1 to 999999999, or "auto", not {text!r}'
        )
    return int(text)


def model_file(options: argparse.Namespace) -> Path:
    """The `.keras` file of the model that the model arguments ask for.

    Raises:
        VinguiError: there is none.
    """
    return find_model(_wanted_model(options))


def _wanted_model(options: argparse.Namespace) -> str:
    return options.model or default_model(rule_named(options.moves or DEFAULT_RULE.name))


def planner_for(options: argparse.Namespace) -> tuple["Planner", ModelCard | None, int | None]:
    """The planner, its card and K (`None` for auto) that the model arguments ask for.

    Raises:
        VinguiError: there is no such model, or it knows another movement rule than asked for.
    """
    with status("Starting TensorFlow"), import_tensorflow_quietly():
        from vingui.net.zoo import load_planner
    planner, card = load_planner(_wanted_model(options))
    if options.moves not in (None, planner.model.moves):
        raise VinguiError(
            f"The model {planner.name} plans under movement rule {planner.model.moves}, not "
            f"{options.moves}. Choose another model, or leave out --moves"
        )
    if options.iterations is None:
        return planner, card, planner.own_iterations
    return planner, card, None if options.iterations == "auto" else options.iterations


@contextmanager
def import_tensorflow_quietly() -> Iterator[None]:
    """Import TensorFlow without the lines that it prints by itself.

    They come from C++ and go to the descriptor, whatever Python does to `sys.stderr`. Should the
    import fail, what was said meanwhile is shown; not where it is interrupted.
    """
    python_side = sys.stderr
    python_side.flush()
    with os.fdopen(os.dup(2), "w") as kept, tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        # What Python itself prints meanwhile, as a spinner, still goes where it went.
        sys.stderr = kept
        try:
            from vingui.net.backend import tf

            tf.get_logger().setLevel("ERROR")
            yield
        except Exception:
            said.seek(0)
            kept.write(said.read().decode(errors="replace"))
            raise
        finally:
            kept.flush()
            os.dup2(kept.fileno(), 2)
            sys.stderr = python_side


@contextmanager
def output(target: str) -> Iterator[IO[str]]:
    """A text file that is written whole or not at all, or standard output for `-`.

    Raises:
        VinguiError: it cannot be written.
    """
    if target == STANDARD_OUTPUT:
        yield sys.stdout
        sys.stdout.flush()
        return
    with replacing(Path(target)) as temporary, temporary.open("w", encoding="utf-8") as file:
        yield file


def write_json(target: str, content: dict[str, Any]) -> None:
    """Write a JSON object to a file, whole or not at all, or to standard output for `-`."""
    with output(target) as file:
        file.write(json.dumps(content, indent=2, allow_nan=False) + "\n")


def progress(items: Iterable[Item], *, total: int, doing: str) -> Iterator[Item]:
    """The items, with a progress bar on standard error where somebody can see it."""
    with counting(doing) as watch:
        for done, item in enumerate(items):
            watch(done, total)
            yield item


@contextmanager
def counting(doing: str) -> Iterator[Callable[[float, float], None]]:
    """A progress bar on standard error where somebody sees it; yields how to move it.

    The two numbers are how much is done, and of how much.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(
        console=console,
        transient=True,
        disable=not console.is_terminal,
        # What is printed meanwhile goes above the bar; but what goes to a file is not for it.
        redirect_stdout=os.isatty(1),
    ) as shown:
        task = shown.add_task(escape(printable(doing)), total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def status(doing: str) -> Iterator[Callable[[str], None]]:
    """Say what is going on, on standard error where somebody sees it; yields how to change it."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(escape(printable(doing))) as shown:
        yield lambda text: shown.update(escape(printable(text)))


def write_apart(
    pattern: str, names: Mapping[str, object], maps: Iterable[tuple[int, GridMap]], count: int
) -> None:
    """Write each map to a file of its own.

    Args:
        pattern: of the files' names, with `{index}` where there are several maps.
        names: of the other placeholders.
        maps: each with its index.
        count: of the maps.

    Raises:
        VinguiError: one cannot be written.
    """
    for index, grid in progress(maps, total=count, doing="Writing"):
        out = filled(pattern, {**names, "index": index})
        make_folder(pattern, out)
        write_map(out, grid)


def check_holds(out: Path, count: int) -> None:
    """Raise `VinguiError` where a file of one map is to get several: it says how they can be kept.

    Args:
        out: the file, of a format that is written.
        count: of the maps.
    """
    if count > 1 and ".npz" not in format_to_write(out).written_suffixes:
        raise VinguiError(
            f"{shown(out)}: This file holds one map, and there are {count:,}. Put {{index}} into "
            "its name for a file each, or end it in .npz for all of them"
        )


def files_in_words(pattern: str, names: Mapping[str, object], indices: Sequence[int]) -> str:
    """The files that `write_apart` writes: "m0.json and m1.json", "m0.json, ... m9.json".

    Args:
        pattern: of the file names, with placeholders.
        names: what the placeholders stand for.
        indices: of the maps, at least one.
    """
    first, last = (str(filled(pattern, {**names, "index": indices[at]})) for at in (0, -1))
    if len(indices) == 1:
        return first
    return f"{first} and {last}" if len(indices) == 2 else f"{first}, ... {last}"


def check_suffixes(paths: Sequence[Path], allowed: Sequence[str]) -> None:
    """Raise `VinguiError` unless each path ends in one of the suffixes: before any work."""
    for path in paths:
        if path.suffix.lower() not in allowed:
            raise VinguiError(f"{path.name}: The file name must end in {' or '.join(allowed)}")


def check_target(name: str) -> None:
    """Raise `VinguiError` where a file surely cannot be written: before any work."""
    folder = Path(name).parent
    # A folder that may not be looked into is reported when the file is written.
    with suppress(OSError):
        if not folder.is_dir():
            raise VinguiError(f"{name}: There is no folder {str(folder)!r}; make it first")
        if Path(name).is_dir():
            raise VinguiError(f"{name}: It is a folder; name a file")
