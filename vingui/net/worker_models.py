"""Models as other processes load them: by name or file, and the same ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vingui.core.cards import ModelCard, find_model
from vingui.core.errors import VinguiError
from vingui.core.moves import rule_named
from vingui.core.recipe import checksum, checksum_of
from vingui.net.planner import Planner
from vingui.net.zoo import load_planner
from vingui.paths import MODELS


def model_record(planner: Planner, file: Path | None) -> dict[str, Any]:
    """What another process needs to know to load a model, a JSON object.

    Args:
        planner: the model.
        file: its file; `None` of a method.
    """
    if file is None:
        name = planner.name
    else:
        # Those that come with vingui lie elsewhere on other machines.
        name = file.stem if file.parent == MODELS else str(file.resolve())
    return {
        "model": name,
        "sha256": "" if file is None else checksum(file),
        "moves": planner.rule.name,
        "engine": planner.engine,
    }


def loaded_model(record: Mapping[str, Any]) -> tuple[Planner, ModelCard | None, Path | None]:
    """Load the model of a `model_record`.

    Returns:
        The model, its card and its file, `None` of a method.

    Raises:
        VinguiError: it cannot be loaded, or is another one here.
    """
    name = record["model"]
    if checksum_of(name) != record["sha256"]:
        raise VinguiError(
            f"{name} is another file on the worker than on the machine that asks for it. Put the "
            "model into a folder that both share"
        )
    planner, card = load_planner(name, engine=record["engine"], rule=rule_named(record["moves"]))
    return planner, card, find_model(name) if record["sha256"] else None
