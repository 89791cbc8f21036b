"""YAML with nothing in it but texts, lists and mappings.

No tags, which make objects; no anchors and aliases, which make gigabytes of a few lines.
"""

import re
from typing import Any, Final

from vingui.core.errors import VinguiError
from vingui.core.files import gist

_MAX_DEPTH: Final = 8
_MAX_EVENTS: Final = 4096

_TAB: Final = re.compile(
    r"""
    (?P<kept>(?<![^\s\[{,:])(?:"(?:[^"\\]|\\.)*+"|'[^']*+'))  # a text in quotes
    | (?<!\S)\#[^\n]*+  # a comment
    | (?P<open>[\[{]) | (?P<close>[\]}])
    | (?P<indent>^[ ]*+\t[ \t]*+)(?=[^\s#])
    | \t
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


def parsed(text: str) -> dict[str, Any]:
    """The one mapping that a YAML text is, every number and flag in it as the text it is.

    Raises:
        VinguiError: it is not such YAML, or nested too deep.
    """
    import yaml

    text = _without_tabs(text)
    try:
        _check(text)
        # Of all loaders the one that makes nothing of what it reads but text.
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        what = gist(ValueError(error.problem))
        raise VinguiError(f"The YAML is damaged{line}: {what}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise VinguiError(f"The YAML is damaged: {gist(error)}") from error
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise VinguiError("It must be YAML of keys and values")
    return content


def _without_tabs(text: str) -> str:
    """The same YAML with spaces for the tabs between tokens, which PyYAML does not read.

    YAML allows them there, and yaml-cpp, which ROS uses, reads them. As indentation they are
    allowed inside brackets only, and stay for PyYAML to refuse elsewhere.
    """
    depth = 0

    def replaced(found: re.Match[str]) -> str:
        nonlocal depth
        depth += bool(found["open"]) - bool(found["close"])
        if found["kept"] or (found["indent"] and not depth):
            return found[0]
        return found[0].replace("\t", " ")

    return _TAB.sub(replaced, text) if "\t" in text else text


def _check(text: str) -> None:
    import yaml

    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.BaseLoader)):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise VinguiError("YAML with anchors and aliases is not read; write the values out")
        # A plain text has none, and one in quotes says so without a tag of its own.
        if getattr(event, "tag", None) is not None:
            raise VinguiError("YAML with tags is not read; remove them")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH or count > _MAX_EVENTS:
            raise VinguiError("The YAML is longer or nested deeper than that of any map")
