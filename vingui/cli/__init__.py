"""The command line: `vingui [MAP|FOLDER]` opens the window, `vingui COMMAND` runs a command.

Exit codes: 0 done; 1 done, but the answer is no; 2 bad input, with one line that says why; 128 + n
ended by signal n, such as 130 by Ctrl+C.
"""

import argparse
import errno
import os
import re
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

from vingui.cli.arguments import decimal_number, whole_number
from vingui.cli.interruption import ending_by_signals, exit_code, words_for
from vingui.cli.printing import complain, note
from vingui.core import extensions
from vingui.core.errors import VinguiError
from vingui.core.memory import naming_short_memory
from vingui.version import VERSION

_COMMANDS: Final = ("plan", "reproduce", "evaluate", "train", "generate", "models", "convert")

_AUTOSAVE: Final = "--autosave"

_DESCRIPTION: Final = """\
Plan on gridworlds with trained Keras Value Iteration Networks.

  vingui [MAP|FOLDER]      open the window, with a map or a folder of maps; with --autosave, every
                           change is saved to MAP at once
  vingui plan MAP          plan on maps; print the outcome, write figures, films and data
  vingui reproduce FILE    make such a file again from the recipe in it, and compare
  vingui evaluate DATA     measure how well a model plans on many maps
  vingui models            list the shipped models and their results
  vingui generate KIND     generate maps: obstacles, noise, maze, rooms, caves
  vingui train OUT         train a network
  vingui convert IN OUT    convert maps from one file format to another

"vingui COMMAND --help" describes a command, with examples."""


class _Parser(argparse.ArgumentParser):
    """A parser whose error messages are one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Limits may be negative: without this "--limits -40,0" would be read as two options.
        self._negative_number_matcher = re.compile(r"-\.?\d.*")
        # Their messages replace argparse's "invalid float value: '1,5'".
        self.register("type", int, whole_number)
        self.register("type", float, decimal_number)

    def error(self, message: str) -> NoReturn:
        complain(f"{self.prog}: {message} (see {self.prog} --help)")
        self.exit(2)


def _parser(command: str | None) -> argparse.ArgumentParser:
    """The parser of the command line; only the named command is imported."""
    parser = _Parser(
        prog="vingui",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="vingui [MAP [--autosave]|FOLDER] | vingui COMMAND ...",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"vingui {VERSION}")
    if command is not None:
        commands = parser.add_subparsers(help=argparse.SUPPRESS, prog="vingui")
        import_module(f"vingui.cli.{command}").add_parser(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: the words after `vingui`; `None` for those of the process.

    Returns:
        The exit code.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words[0] if words and words[0] in _COMMANDS else None
    if name is None and not (words and words[0].startswith("-")):
        return _open_window(words)
    _open_missing_streams()
    extensions.report_to(note)
    command = "vingui" if name is None else f"vingui {name}"
    try:
        return _run(words, name, command)
    except VinguiError as error:
        complain(f"{command}: {error}")
        return 2
    except KeyboardInterrupt as reason:
        # There may be no terminal any more.
        with suppress(OSError):
            complain(f"{command}: {words_for(reason)}")
        return exit_code(reason)
    except BrokenPipeError:
        # The reader is gone, as with "| head".
        _discard_output()
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _discard_output()
        complain(f"{command}: The output cannot be written: {error.strerror}")
        return 2


def _run(words: list[str], name: str | None, command: str) -> int:
    try:
        with ending_by_signals(), naming_short_memory():
            options, unknown = _parser(name).parse_known_args(words)
            options.command_line = shlex.join(["vingui", *words])
            if unknown or name is None:
                # argparse's own message would not name the command.
                return _refuse(f"unrecognized arguments: {' '.join(unknown or words)}", command)
            return int(options.run(options))
    finally:
        # Flushed here, where an error can be reported; at exit, Python would print a traceback.
        sys.stdout.flush()


def _open_missing_streams() -> None:
    """Open streams that the caller closed, as with ">&-", before other files get their numbers."""
    for number, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", closefd=False))


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_window(words: list[str]) -> int:
    autosave = _AUTOSAVE in words[1:]
    words = [word for word in words if word != _AUTOSAVE] if autosave else words
    if len(words) > 1:
        return _refuse(
            f"The window opens one map, or a folder of them, at a time, not {len(words)}; "
            "vingui plan takes many"
        )
    path = Path(words[0]).absolute() if words else None
    if path is not None and not _exists(path):
        return _refuse(
            f"There is no file or folder of maps {words[0]!r}, and no such command: "
            f"the commands are {', '.join(_COMMANDS)}"
        )
    from vingui.gui.system import check_qt

    missing = check_qt()
    if missing:
        complain(*missing.splitlines())
        return 2
    from vingui.gui.app import run

    return run(path, autosave=autosave)


def _exists(path: Path) -> bool:
    # A file in a folder that may not be read counts as missing.
    with suppress(OSError):
        return path.is_file() or path.is_dir()
    return False


def _refuse(reason: str, command: str = "vingui") -> int:
    complain(f"{command}: {reason} (see {command} --help)")
    return 2
