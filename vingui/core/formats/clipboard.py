"""A map from the clipboard: any of the formats that are text, distinguished by their content."""

import json

from vingui.core.errors import VinguiError
from vingui.core.formats import movingai, run_files, text, vingui_map
from vingui.core.formats.text_cleanup import copied_lines
from vingui.core.grid import GridMap

_HEAD = 4096


def decoded(copied: str) -> tuple[GridMap, tuple[str, ...]]:
    """The map in a copied text, and notes on how it was read.

    Raises:
        VinguiError: the text holds no valid map; a whole sentence without its full stop.
    """
    lines, notes = copied_lines(copied)
    if not lines:
        raise VinguiError("The clipboard holds no map")
    if lines[0].startswith(("http://", "https://")):
        raise VinguiError("The clipboard holds a web address: download the file and open it")
    content = "\n".join(lines)
    if lines[0].lstrip().startswith("{"):
        return _of_json(content), notes
    if lines[0].split()[:1] == ["type"]:
        return movingai.decoded(copied)
    try:
        return text.decoded(copied)
    except VinguiError as error:
        if text.begins_as_map(content[:_HEAD].encode("utf-8", "replace")):
            raise
        raise VinguiError("The clipboard holds no map") from error


def _of_json(content: str) -> GridMap:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise VinguiError("The clipboard holds no map") from None
    if isinstance(found, dict) and found.get("format") == run_files.NAME:
        found = found.get("map")
    if not isinstance(found, dict) or found.get("format") != vingui_map.NAME:
        raise VinguiError("The clipboard holds JSON, but no vingui map")
    return vingui_map.decoded(found)
