"""The Evaluate panel: how well models plan on many maps, and where they fail."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QProgressBar, QToolButton, QWidget

from vingui.core.errors import VinguiError
from vingui.core.phrases import counted
from vingui.gui.commands.evaluating import Evaluating, case_title
from vingui.gui.docks.evaluate_form import EvaluateForm
from vingui.gui.docks.evaluate_results import ResultsView
from vingui.gui.docks.panel import DockPanel, quiet_label
from vingui.gui.docks.train_live import clock
from vingui.gui.document.file_names import existing_folder
from vingui.gui.evaluation.choices import EvaluationChoices
from vingui.gui.evaluation.client import EvaluationClient, EvaluationState
from vingui.gui.look.buttons import button, small_button
from vingui.gui.look.fields import column, named, row
from vingui.gui.look.plain_text import FileDialog, Label
from vingui.gui.settings import EVALUATE, EXPORT_FOLDER, FOLDER, MODEL, RECENT_MODELS, Setting

_FIRST_FILTER: Final = "Charts (*.png *.svg *.pdf *.webp)"
_FILTERS: Final = {_FIRST_FILTER: "png", "Table (*.csv)": "csv", "JSON (*.json)": "json"}
"""The kinds of files that results are saved in, with the suffix of each."""

_HEIGHT: Final = 480
_WIDTH: Final = 404


class EvaluatePanel(DockPanel):
    """Sets up an evaluation, shows its results, and opens the maps on which a model fails.

    Args:
        evaluating: begins evaluations and searches.
        parent: the Qt parent.
    """

    delay, drawing_delay = 100, 340

    def __init__(self, evaluating: Evaluating, parent: QWidget | None = None) -> None:
        session = evaluating.session
        super().__init__(session, "evaluate", "Evaluate", parent)
        self._evaluating, self._client = evaluating, evaluating.client
        evaluating.shown_while(self.isVisible)
        self._problem = ""
        self._is_outdated = True
        self.fold = named(QToolButton(), "evaluate-fold", "Settings", "Show or hide the settings")
        self.form = EvaluateForm(session, evaluating.trained_models)
        about = "Evaluate the chosen models on the chosen maps"
        self.evaluate = button("evaluate-begin", "Eval&uate", about, self._on_evaluate)
        about = "Stop, and keep what is done"
        self.stop = small_button("evaluate-stop", "stop", about)
        about = "Save the results as charts, a table or JSON"
        self.export = small_button("evaluate-export", "export", about)
        self.progress = named(QProgressBar(), "evaluate-progress", "Progress", "")
        self.state = _text("evaluate-state", quiet=True)
        self.problem = _text("evaluate-problem")
        self.problem.setProperty("kind", "warning")
        about = "Try one map after the other, from every cell, and open the first that fails"
        self.searched = _text("evaluate-searched", quiet=True)
        self.search = button("evaluate-find", "Fi&nd", about, self._on_find)
        self._lay_out()
        self._connect()
        self.form.show_choices(EvaluationChoices.of_text(session.settings.get(EVALUATE)))

    def _lay_out(self) -> None:
        self.fold.setText("Settings")
        self.fold.setCheckable(True)
        self.fold.setChecked(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        searching = row(self.form.search, self.search)
        searching.setStretch(0, 1)
        self._column = column(
            row(self.fold, None, self.evaluate, self.stop, self.export),
            self.form,
            self.problem,
            self.progress,
            self.state,
            self.searched,
            searching,
            margin=8,
        )
        # Only while there are no results, which would take the spare room.
        self._column.addStretch(0)
        self.setLayout(self._column)
        self._unfold(unfolded=True)

    @cached_property
    def results(self) -> ResultsView:
        """The results; made once there are some, since charts take long to make."""
        made = ResultsView(self._client, self.session.theme)
        made.gallery.opened.connect(self._evaluating.open_case)
        self._column.insertWidget(self._column.indexOf(self.searched), made, 1)
        return made

    def _connect(self) -> None:
        client, session = self._client, self.session
        self.fold.toggled.connect(self._unfold)
        self.form.changed.connect(self._on_form_edited)
        self.stop.clicked.connect(client.stop)
        self.export.clicked.connect(self._on_export)
        client.state_changed.connect(self._on_state_changed)
        session.settings.changed.connect(self._on_setting_changed)
        for changed in (client.progressed, client.failures_changed):
            changed.connect(self._on_results_changed)
        self.refresh_after(session.document.changed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for two columns of thumbnails, and not as high as all of it."""
        return QSize(_WIDTH, _HEIGHT)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """List the models that there are now."""
        self.form.fill()
        super().showEvent(event)

    def _unfold(self, unfolded: bool) -> None:
        self.form.setVisible(unfolded)
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self.fold.setArrowType(arrow)

    # What is shown.

    def refresh(self) -> None:
        """Show what can be done, how far an evaluation is, and its results."""
        client = self._client
        self._check()
        self.evaluate.setEnabled(not client.active and not self._problem)
        self.search.setEnabled(not client.active)
        name = self._evaluating.model_name
        self.searched.setText(f"Find a map on which {name} fails, among:")
        self.export.setEnabled(bool(client.rows))
        self.stop.setEnabled(client.active and client.state is not EvaluationState.STOPPING)
        self._show_problem()
        self._show_progress()
        self.form.show_map()
        if self._is_outdated and (client.rows or "results" in vars(self)):
            self._is_outdated = False
            self.results.setVisible(bool(client.rows))
            self.results.refresh()

    def _show_problem(self) -> None:
        self.problem.setText(self._problem)
        self.problem.setVisible(bool(self._problem))

    def _show_progress(self) -> None:
        client = self._client
        self.progress.setVisible(client.active)
        # Without a range, the bar shows that something is going on.
        self.progress.setRange(0, client.total)
        self.progress.setValue(client.done)
        text = state_text(self._evaluating)
        self.state.setText(text)
        self.state.setVisible(bool(text))
        kind = "error" if client.state is EvaluationState.FAILED else ""
        if kind != self.state.property("kind"):
            self.state.setProperty("kind", kind)
            self.state.style().polish(self.state)

    def _check(self) -> None:
        try:
            self._evaluating.check(self.form.choices())
        except VinguiError as error:
            self._problem = f"{error}."
        else:
            self._problem = ""

    def _on_results_changed(self) -> None:
        self._is_outdated = True
        self._refresh_soon()

    def _on_state_changed(self) -> None:
        self._is_outdated = True
        if self.isVisible():
            if self._client.state is EvaluationState.FAILED:
                # A broken planner of another package is no longer listed.
                self.form.fill()
            self.refresh()

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting in (MODEL, RECENT_MODELS) and self.isVisible():
            self.form.fill()
            self.refresh()

    # What is done.

    def _on_form_edited(self) -> None:
        self.session.settings.set(EVALUATE, self.form.choices().encoded())
        self.refresh()

    def _on_evaluate(self) -> None:
        if self._begin(self._evaluating.evaluate):
            self.fold.setChecked(False)

    def _on_find(self) -> None:
        self._begin(self._evaluating.search)

    def _on_export(self) -> None:
        settings = self.session.settings
        folder = str(existing_folder([settings.get(EXPORT_FOLDER), settings.get(FOLDER)]))
        dialog = FileDialog(self, "Save the results", folder, ";;".join(_FILTERS))
        dialog.setObjectName("evaluate-save")
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setDefaultSuffix(_FILTERS[_FIRST_FILTER])
        dialog.filterSelected.connect(lambda used: dialog.setDefaultSuffix(_FILTERS[used]))
        dialog.selectFile("evaluation")
        dialog.fileSelected.connect(lambda file: self._evaluating.save(Path(file)))
        dialog.open()

    def _begin(self, begin: Callable[[EvaluationChoices], None]) -> bool:
        """Begin an evaluation or a search; return whether that is possible."""
        try:
            begin(self.form.choices())
        except VinguiError as error:
            self._problem = f"{error}."
            self._show_problem()
        return not self._problem


def state_text(evaluating: Evaluating) -> str:
    """What is evaluated or searched for, or what came of it, in one or two sentences."""
    client = evaluating.client
    tried = counted(client.done, "map")
    match client.state:
        case EvaluationState.EVALUATING | EvaluationState.SEARCHING if not client.done:
            return "Loading the models and maps …"
        case EvaluationState.EVALUATING:
            return f"{tried} of {client.total:,} evaluated{_time_left(client)}: {client.dataset}"
        case EvaluationState.SEARCHING:
            return f"{tried} tried, no failure so far"
        case EvaluationState.STOPPING:
            return "Stopping …"
        case EvaluationState.EVALUATED:
            stopped = f"Stopped after {tried}. " if client.cancelled else ""
            return (stopped + " ".join(client.notes)).strip()
        case EvaluationState.SEARCHED:
            return _search_text(client, tried)
    return client.failure


def _search_text(client: EvaluationClient, tried: str) -> str:
    if client.cancelled:
        return f"Stopped after {tried} without a failure."
    if client.case is None:
        return f"No failure: from every cell of {tried} the model reaches a goal."
    name = case_title(client.case)
    return f"{client.case.model} fails on {name[0].lower()}{name[1:]}."


def _time_left(client: EvaluationClient) -> str:
    seconds = client.seconds_left
    return "" if seconds is None else f", about {clock(seconds)} left"


def _text(name: str, *, quiet: bool = False) -> Label:
    label = named(quiet_label() if quiet else Label(), name, "", "")
    label.setWordWrap(True)
    return label
