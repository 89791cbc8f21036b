"""Evaluating in the window: what is evaluated, and the failed cases that are opened."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from vingui.core.cards import shipped_models
from vingui.core.errors import VinguiError
from vingui.core.evaluation_protocol import FailedCase
from vingui.core.methods import is_extension
from vingui.gui import settings as entries
from vingui.gui.commands.filing import Filing
from vingui.gui.commands.training import Training
from vingui.gui.evaluation.client import EvaluationClient, EvaluationState
from vingui.gui.exporting.controller import Exporting
from vingui.gui.session import Session

if TYPE_CHECKING:
    from vingui.gui.evaluation.choices import EvaluationChoices

_MESSAGE: Final = "evaluation"


class Evaluating(QObject):
    """Begins evaluations and searches, and opens failed cases.

    Args:
        session: the map and the model that plans.
        client: the evaluating process.
        filing: asks about unsaved changes.
        training: the models that were trained in the window.
        exporting: writes the results.
        parent: the Qt parent.
    """

    def __init__(
        self,
        session: Session,
        client: EvaluationClient,
        filing: Filing,
        training: Training,
        exporting: Exporting,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.session, self.client = session, client
        self._filing, self._exporting = filing, exporting
        self.trained_models = training.trained_models
        self._requests: dict[int, tuple[dict[str, str], int]] = {}
        self._is_watched: Callable[[], bool] = lambda: False
        client.found.connect(self._on_found)
        client.state_changed.connect(self._on_state_changed)

    def shown_while(self, is_visible: Callable[[], bool]) -> None:
        """Set when a panel shows how evaluations go: no messages are needed then."""
        self._is_watched = is_visible

    def check(self, choices: "EvaluationChoices") -> None:
        """Raise `VinguiError` if nothing can be evaluated as entered."""
        if not choices.models:
            raise VinguiError("Choose models to evaluate")
        names = [Path(model).stem for model in choices.models]
        if len(set(names)) < len(names):
            same = next(name for name in names if names.count(name) > 1)
            raise VinguiError(f"Two of the models are called {same}: choose only one of them")
        if not choices.maps:
            raise VinguiError("Choose maps to evaluate on")
        for maps in choices.sets:
            if maps.source == "file" and not Path(maps.text).exists():
                raise VinguiError(f"There is no file {maps.text} any longer: choose other maps")
        if {"map", "like"} & {maps.source for maps in choices.sets}:
            self._check_map(choices)

    def _check_map(self, choices: "EvaluationChoices") -> None:
        grid = self.session.document.grid
        if not grid.goals:
            raise VinguiError("Your map has no goal: place one (G), or choose other maps")
        if choices.starts == "given" and "map" in choices.maps and not grid.starts:
            raise VinguiError(
                "Your map has no start: place one (S), or evaluate from every free cell"
            )

    def evaluate(self, choices: "EvaluationChoices") -> None:
        """Begin an evaluation.

        Raises:
            VinguiError: no maps can be generated as entered.
        """
        # A planner of another package plans under the rule of the shown plan, as in Compare.
        number = self.client.evaluate(
            choices, grid=self.session.document.grid, rule=self.session.rule
        )
        self._remember(number, choices.models, choices)

    def search(self, choices: "EvaluationChoices") -> None:
        """Search for a map on which the model that plans fails; it is opened if there is one.

        Raises:
            VinguiError: no maps can be generated as entered.
        """
        model = self.session.model
        grid = self.session.document.grid
        self._remember(self.client.search(choices, model=model, grid=grid), (model,), choices)

    def _remember(self, number: int, models: tuple[str, ...], choices: "EvaluationChoices") -> None:
        """Remember the files of a request's models, which results have by name, and its K."""
        by_name = {Path(model).stem: model for model in models}
        self._requests[number] = by_name, choices.iterations

    def _on_found(self, case: FailedCase) -> None:
        document = self.session.document
        if not document.in_stroke and not document.modified:
            self.open_case(case)
            return
        # No question in the middle of the user's work.
        self.session.notify(
            f"Found a map on which {case.model} fails.",
            actions=(("Open it", lambda: self.open_case(case)),),
            key=_MESSAGE,
        )

    def _on_state_changed(self) -> None:
        """Say how an evaluation or a search ended, where no panel does."""
        client = self.client
        if self._is_watched() or client.cancelled:
            return
        if client.state is EvaluationState.FAILED:
            self.session.notify(client.failure, kind="error", key=_MESSAGE)
        elif client.state is EvaluationState.EVALUATED:
            self.session.notify("The evaluation is finished: see the Evaluate panel.", key=_MESSAGE)
        elif client.state is EvaluationState.SEARCHED and client.case is None:
            self.session.notify("The search found no map on which the model fails.", key=_MESSAGE)

    def open_case(self, case: FailedCase) -> None:
        """Plan a failed case in the editor, after asking about unsaved changes.

        The model and K are those of the case, and its start is selected.
        """
        self._filing.after_saving_changes(lambda: self._open(case))

    def _open(self, case: FailedCase) -> None:
        session = self.session
        session.close_message(_MESSAGE)
        session.document.replace(
            case.grid,
            title=case_title(case),
            about=f"{case.model} fails here. {case.sentence}",
        )
        models, iterations = self._requests[case.number]
        model = models[case.model]
        if is_extension(model):
            # What is no network plans in the second view.
            session.settings.set(entries.COMPARE_WITH, model)
            session.settings.set(entries.COMPARE, True)
        elif model != session.model:
            session.choose_model(model)
        session.settings.set(entries.ITERATIONS, iterations)
        session.select_start(0)

    def save(self, path: Path) -> None:
        """Write the results: a table, JSON, or charts, by the suffix."""
        self._exporting.save_evaluation(tuple(self.client.rows), tuple(self.client.cases), path)

    @property
    def model_name(self) -> str:
        """The name of the model that plans."""
        model = self.session.model
        shipped = {card.name for card in shipped_models()}
        return model if model in shipped else Path(model).stem


def case_title(case: FailedCase) -> str:
    """What the map of a failed case is called."""
    if case.dataset.startswith("this map"):
        return case.dataset.capitalize()
    return f"Map {case.index} of {case.dataset}"
