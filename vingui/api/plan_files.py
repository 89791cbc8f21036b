"""The files that are written of the plan of each of many maps."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from vingui.api.file_options import PlanFile
from vingui.api.model import Model
from vingui.api.planning import Plan
from vingui.api.progress import OnProgress
from vingui.api.reproducing import snapshot_plans
from vingui.core.name_patterns import OutputNames, filled, make_folder
from vingui.core.snapshots import Snapshots
from vingui.figure.writing import write_file


@dataclass(eq=False)
class PlanFiles:
    """The files to write for the plan of each map.

    Attributes:
        files: the files.
        model: the model.
        k: the iteration that figures and tables show; `None` for the last.
        folder: what their names are relative to.
        sources: the real paths of the maps' files, which are not overwritten.
    """

    files: Sequence[PlanFile]
    model: Model
    k: int | None = None
    folder: str = ""
    sources: Sequence[str] = ()

    @cached_property
    def _snapshots(self) -> tuple[tuple[int, str], ...]:
        learning = any(file.kind == "learning" for file in self.files)
        model = self.model.file
        return Snapshots(model).listed() if learning and model is not None else ()

    @cached_property
    def _taken(self) -> frozenset[str]:
        return frozenset(self.sources)

    def write(
        self,
        plan: Plan,
        values: Mapping[str, object],
        bar: Callable[[str], AbstractContextManager[OnProgress]] | None = None,
    ) -> list[Path]:
        """Write the files of one map.

        Args:
            plan: its plan.
            values: the values of the placeholders but those that the plan has.
            bar: shows how far a film is; two bars cannot be shown at once.

        Returns:
            Their paths.

        Raises:
            VinguiError: a file cannot be written, or has the name of another or of a map.
        """
        run, names = plan.run, OutputNames(self._taken)
        k = run.nearest(self.k or plan.iterations)
        values = {**values, "k": k, "K": run.latest, "model": run.model}
        written = []
        for file in self.files:
            out = Path(self.folder, filled(file.pattern, values))
            names.take(out)
            make_folder(file.pattern, out)
            snapshots = self._snapshots if file.kind == "learning" else ()
            recipe = plan.recipe(file.kind, file.suffix, file.options_for(run), snapshots)
            model = self.model.file
            source = run if model is None or not snapshots else snapshot_plans(model, recipe)
            is_film = bar is not None and file.kind in ("film", "learning")
            with bar("Drawing the film") if bar and is_film else nullcontext() as on_progress:
                write_file(source, out, recipe, card=self.model.card, on_progress=on_progress)
            written.append(out)
        return written

    def missing_iteration(self, plan: Plan) -> str:
        """That the plan has no such k, as a sentence; empty if it has."""
        wanted, last = self.k or plan.iterations, plan.run.latest
        if wanted <= last or not self.files:
            return ""
        return f"There is no iteration {wanted:,}; the last one, {last:,}, is shown."
