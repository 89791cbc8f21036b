"""YAML of texts, lists and mappings only.

Tags, which make objects, and anchors and aliases, which can make gigabytes from a few lines, are
refused.
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
    """The mapping that a YAML text holds, in which numbers and flags are left as texts.

    Raises:
        VinguiError: it is not such YAML, or is nested too deep.
    """
    import yaml

    text = _without_tabs(text)
    try:
        _check(text)
        # The only loader that reads every value as text.
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
    """The same YAML with spaces instead of tabs between tokens, which PyYAML does not read.

    YAML allows them, and yaml-cpp, which ROS uses, reads them. As indentation, tabs are allowed
    inside brackets only; elsewhere they are left for PyYAML to refuse.
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
        # Plain and quoted texts have no tag.
        if getattr(event, "tag", None) is not None:
            raise VinguiError("YAML with tags is not read; remove them")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH or count > _MAX_EVENTS:
            raise VinguiError("The YAML is longer or nested deeper than that of any map")
