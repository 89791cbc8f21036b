"""See planning converge: gridworlds planned by Keras Value Iteration Networks.

From Python:

    import vingui

    grid = vingui.generate("caves", seed=1)
    plan = vingui.plan(grid)
    plan.save("plan.png")

`import vingui` itself imports neither NumPy nor TensorFlow nor Qt: a name of `__all__` is imported
when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from vingui.version import VERSION

if TYPE_CHECKING:
    from vingui.api.converting import Conversion, convert, save_maps
    from vingui.api.evaluation import EvaluationResult, evaluate
    from vingui.api.generating import generate_many
    from vingui.api.maps import generate, open_map, open_maps, save_map
    from vingui.api.model import Model, load_model, models
    from vingui.api.plan_batches import PlannedMap
    from vingui.api.planning import Plan, plan
    from vingui.api.planning_many import plan_many
    from vingui.api.reproducing import Reproduction, reproduce
    from vingui.api.training import teach, train
    from vingui.api.training_runs import TrainingResults, train_many
    from vingui.api.viewing import View, view
    from vingui.core.cards import ModelCard
    from vingui.core.dataset import DataSet
    from vingui.core.errors import VinguiError
    from vingui.core.formats import ReadOptions
    from vingui.core.grid import Demonstration, GridMap
    from vingui.core.rollout import Outcome, Trajectory
    from vingui.core.terrain import Palette, Terrain
    from vingui.core.train_settings import TrainSettings

__version__ = VERSION

__all__ = [
    "Conversion",
    "DataSet",
    "Demonstration",
    "EvaluationResult",
    "GridMap",
    "Model",
    "ModelCard",
    "Outcome",
    "Palette",
    "Plan",
    "PlannedMap",
    "ReadOptions",
    "Reproduction",
    "Terrain",
    "TrainSettings",
    "TrainingResults",
    "Trajectory",
    "View",
    "VinguiError",
    "convert",
    "evaluate",
    "generate",
    "generate_many",
    "load_model",
    "models",
    "open_map",
    "open_maps",
    "plan",
    "plan_many",
    "reproduce",
    "save_map",
    "save_maps",
    "teach",
    "train",
    "train_many",
    "view",
]

_MODULES: Final = {
    "vingui.api.converting": ("Conversion", "convert", "save_maps"),
    "vingui.api.evaluation": ("EvaluationResult", "evaluate"),
    "vingui.api.generating": ("generate_many",),
    "vingui.api.maps": ("generate", "open_map", "open_maps", "save_map"),
    "vingui.api.model": ("Model", "load_model", "models"),
    "vingui.api.plan_batches": ("PlannedMap",),
    "vingui.api.planning": ("Plan", "plan"),
    "vingui.api.planning_many": ("plan_many",),
    "vingui.api.reproducing": ("Reproduction", "reproduce"),
    "vingui.api.training": ("teach", "train"),
    "vingui.api.training_runs": ("TrainingResults", "train_many"),
    "vingui.api.viewing": ("View", "view"),
    "vingui.core.cards": ("ModelCard",),
    "vingui.core.dataset": ("DataSet",),
    "vingui.core.errors": ("VinguiError",),
    "vingui.core.formats": ("ReadOptions",),
    "vingui.core.grid": ("Demonstration", "GridMap"),
    "vingui.core.rollout": ("Outcome", "Trajectory"),
    "vingui.core.terrain": ("Palette", "Terrain"),
    "vingui.core.train_settings": ("TrainSettings",),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *(name for name in globals() if name.startswith("__"))])
