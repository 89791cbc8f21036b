"""The arguments of commands that take many maps: who computes, and whether to go on."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vingui.cli.arguments import whole_number_from
from vingui.cli.printing import note
from vingui.cli.progress import counting
from vingui.core.errors import VinguiError
from vingui.core.phrases import counted

if TYPE_CHECKING:
    from vingui.net.batches import Batches

_REMEDY: Final = "add --resume to go on"


def add_batch_arguments(parser: argparse.ArgumentParser, *, verb: str, beside: str) -> None:
    """Add `--jobs`, `--scheduler` and `--resume`, for `batches_of`.

    Args:
        parser: the parser of a command.
        verb: what the processes do, like "plan".
        beside: the file beside which finished chunks are kept.
    """
    group = parser.add_argument_group(
        'many maps (several processes need Dask: pip install "vingui[batches]")',
        "Results are the same, bit for bit, whatever computes them; only times differ.",
    )
    where = group.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs",
        metavar="N",
        type=whole_number_from(1),
        help=f"{verb} in N processes (default: as many as there are cores, once the time that the "
        "first maps took shows that starting them pays)",
    )
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help=f"{verb} on the workers of a Dask cluster, like tcp://host:8786, which must be "
        "trusted and have the same version of vingui",
    )
    add_resume_argument(group, beside=beside)


def add_resume_argument(group: "argparse._ArgumentGroup", *, beside: str) -> None:
    """Add `--resume`; finished chunks are kept beside the file that is named."""
    group.add_argument(
        "--resume",
        action="store_true",
        help="go on with what an earlier run of the same command had finished when it was "
        f"interrupted; it is kept beside {beside}",
    )


def batches_of(options: argparse.Namespace, log: Path | None, *, beside: str) -> "Batches":
    """How the arguments divide the work.

    Args:
        options: the arguments.
        log: the file that keeps finished chunks; `None` without a file beside which it could lie.
        beside: as of `add_batch_arguments`.

    Raises:
        VinguiError: there is nothing to resume.
    """
    from vingui.net.batches import Batches

    if options.resume and log is None:
        raise VinguiError(
            f"--resume goes on with what is kept beside {beside}; name the same one as before"
        )
    return Batches(options.jobs, options.scheduler, log, options.resume, note, _REMEDY)


def add_progress(reason: KeyboardInterrupt, log: Path | None, done: str) -> None:
    """Add to the message of an interruption what was done before it, and how to go on."""
    goes_on = log is not None and log.exists()
    reason.add_note(f"after {done}{f'; {_REMEDY}' if goes_on else ''}")


@contextmanager
def counting_maps(doing: str, log: Path | None) -> Iterator[Callable[[int, int], None]]:
    """Show a bar; yields a function that takes how many maps are done, and of how many.

    An interruption says how many were done, and how to go on.
    """
    done = total = 0
    with counting(doing) as show:

        def on_progress(now_done: int, of: int) -> None:
            nonlocal done, total
            done, total = now_done, of
            show(done, total)

        try:
            yield on_progress
        except KeyboardInterrupt as reason:
            add_progress(reason, log, f"{done:,} of {counted(total, 'map')}")
            raise
