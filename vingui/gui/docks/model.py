"""The model panel: which model plans, with which K, and how its last plan went."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vingui.core.architectures import about
from vingui.core.cards import ModelCard, find_model
from vingui.core.diagnosis import iterations_to_see
from vingui.core.outcome_text import unseen
from vingui.core.run import Run
from vingui.core.snapshots import Snapshots
from vingui.gui.commands.training import Training
from vingui.gui.docks.card import CardDialog, size_note, summary
from vingui.gui.docks.inspection import values_are_costs
from vingui.gui.docks.model_box import MODEL_ROLE, OPEN_FILE, ModelBox, ask_for_model
from vingui.gui.docks.panel import DockPanel, quiet_label, tabular
from vingui.gui.look.buttons import Button
from vingui.gui.look.fields import choice, column, named
from vingui.gui.look.icons import icon
from vingui.gui.look.number_fields import WholeField
from vingui.gui.look.plain_text import Label, tip
from vingui.gui.settings import ENGINE, ITERATIONS, MODEL, RECENT_MODELS, SHOW_ABOUT, Setting
from vingui.gui.status_texts import duration, state

_ABOUT: Final = "What it learned, what is built in"

_FIRST_K: Final = 20
"""The fixed K to begin with if there is no plan whose K could be used."""

_NO_CARD: Final = (
    "This file has no model card, so it is not known how it was trained or how well it plans."
)


@dataclass(frozen=True)
class Advice:
    """A suggested change of K.

    Attributes:
        reason: why, in one or two sentences.
        iterations: the K to set; 0 for auto.
        button: the text of the button that sets it.
    """

    reason: str
    iterations: int
    button: str


def advise(run: Run, card: ModelCard | None, *, fixed: int, needed: int = 0) -> Advice | None:
    """Return the change of K to suggest after a plan, if any.

    A dynamic kernel's values converge, and more iterations never make them worse. The paper's VIN
    was measured: fewer iterations than those of its training reach the goal less often; more do so
    more often where a path is longer than K, and change little elsewhere.

    Args:
        run: the plan that is shown.
        card: the model's card, if it has one.
        fixed: the K that the user has set; 0 for auto.
        needed: as of `iterations_to_see`; more than the plan has, or 0.
    """
    if not run.finished:
        return None
    trained = trained_k(card)
    if needed:
        reason = f"A goal is farther away than V_{run.latest:,} can see. More iterations may help."
        return Advice(reason, needed, f"Set K to {needed:,}")
    if fixed == 0:
        return None
    if trained is not None:
        if fixed == trained:
            return None
        more = "more help only where paths are longer"
        effect = more if fixed > trained else "with fewer it reaches the goal less often"
        reason = f"Trained with K = {trained:,}; {effect}."
        return Advice(reason, 0, f"Set K to {trained:,}")
    if run.converged:
        return None
    dynamic = values_are_costs(run) if card is None else card.architecture != "vin"
    suggestion = (
        "Raise K, or use auto, which stops when they no longer change."
        if dynamic
        else "Auto uses the K that the model was trained with."
    )
    return Advice(f"The values still change. {suggestion}", 0, "Set K to auto")


def trained_k(card: ModelCard | None) -> int | None:
    """The K that a model of the paper's kind was trained with; `None` for others or if unknown."""
    if card is None or card.architecture != "vin":
        return None
    iterations = card.settings.get("iterations")
    return iterations if type(iterations) is int and iterations > 0 else None


def auto_k(card: ModelCard | None) -> str:
    """Describe what K on auto does with a model."""
    trained = trained_k(card)
    if trained is not None:
        return f"Use the K that the model was trained with: {trained:,}"
    if card is not None and card.architecture != "vin":
        return "Iterate until the values no longer change"
    return "Use the K that the model was trained with, or iterate until the values no longer change"


class ModelPanel(DockPanel):
    """Shows the model, its movement rule, K, and the state of its last plan.

    Args:
        training: trains models; its session has the model and its plans.
        parent: the Qt parent.
    """

    unfolded = Signal()
    """What the model learned is shown, which takes room."""

    # Its few labels delay no view, and a refused plan is shown at once.
    delay, drawing_delay = 0, 240

    def __init__(self, training: Training, parent: QWidget | None = None) -> None:
        session = training.session
        super().__init__(session, "model", "Model", parent)
        self._training = training
        self._card: ModelCard | None = None
        self.box = ModelBox(session, training.trained_models)
        self.card_button = named(QToolButton(), "model-card", "Model card", "")
        about = "The moves that the model was trained for"
        self.rule = named(quiet_label(), "model-rule", "Movement rule", about)
        self.auto = named(QCheckBox("Auto"), "model-auto", "K on auto", "")
        self.iterations = named(WholeField(), "model-iterations", "K", "The number of iterations")
        self.engine = choice(
            "model-engine",
            "Engine",
            "What iterates the values: fast compiled loops, or the layers of the Keras model. "
            "Both are the same network, and give the same values.",
            ENGINE.titled_choices,
        )
        self.engine.show_value(session.settings.get(ENGINE))
        self.state = named(Label(), "model-state", "Plan", "")
        self.time = named(quiet_label(), "model-time", "Time", "How long the plan took")
        self.set_k = named(Button(), "model-set-k", "Set K", "")
        self.remark = named(Label(), "model-remark", "Remark", "")
        self.fold = named(QToolButton(), "model-fold", _ABOUT, "Show or hide what it learned")
        self.about = named(QWidget(), "model-about", _ABOUT, "")
        self._about = [quiet_label() for _ in range(5)]
        for label in self._about:
            label.setWordWrap(True)
        self._lay_out()
        self.box.activated.connect(self._choose)
        self.card_button.clicked.connect(self.show_card)
        self.fold.toggled.connect(lambda unfolded: session.settings.set(SHOW_ABOUT, unfolded))
        self.auto.clicked.connect(self._on_auto_toggled)
        self.iterations.valueChanged.connect(lambda k: session.settings.set(ITERATIONS, k))
        self.set_k.clicked.connect(self._on_set_k)
        self.engine.activated.connect(lambda: session.settings.set(ENGINE, self.engine.value()))
        session.settings.changed.connect(self._on_setting_changed)
        self.refresh_after(
            session.run_changed,
            session.trajectories_changed,
            session.document.changed,
            session.theme.changed,
        )
        training.client.state_changed.connect(self._refresh_soon)
        training.client.finished.connect(self._on_model_chosen)
        self._on_model_chosen()

    def _lay_out(self) -> None:
        self.card_button.setIcon(icon("card"))
        self.card_button.setAutoRaise(True)
        self.iterations.setRange(1, int(ITERATIONS.high))
        self.iterations.setKeyboardTracking(False)
        for widget in (self.iterations, self.state, self.time):
            widget.setFont(tabular(widget.font()))
        for label, lines in ((self.rule, 2), (self.remark, 4)):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            # Always as many lines, so that nothing below moves when the text is shorter.
            label.setFixedHeight(lines * self.fontMetrics().lineSpacing())
        self.fold.setText(_ABOUT)
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.about.setLayout(column(*self._about, spacing=6))
        name = Label("K")
        name.setBuddy(self.iterations)
        engine = Label("Engine")
        engine.setBuddy(self.engine)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(_row(self.box, self.card_button, stretched=self.box))
        layout.addWidget(self.rule)
        layout.addLayout(_row(name, self.iterations, self.auto, stretched=self.iterations))
        layout.addLayout(_row(engine, self.engine, stretched=self.engine))
        layout.addLayout(_row(self.state, self.time, self.set_k, stretched=self.state))
        # The button is not always visible, but the line keeps its height.
        self.state.setMinimumHeight(self.set_k.sizeHint().height())
        layout.addWidget(self.remark)
        layout.addWidget(self.fold)
        layout.addWidget(self.about)
        layout.addStretch(1)
        # Spare room goes to the panels below, which can use it.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    # Input.

    def _choose(self, row: int) -> None:
        model = self.box.itemData(row, MODEL_ROLE)
        if model == OPEN_FILE:
            self.box.setCurrentIndex(self.box.findData(self.session.model, MODEL_ROLE))
            self.ask_for_file()
        elif model is not None:
            self.session.choose_model(model)

    def ask_for_file(self) -> QFileDialog:
        """Open a non-blocking dialog in which a model file is chosen."""
        return ask_for_model(self, self.session)

    def show_card(self) -> CardDialog | None:
        """Open the model's card, if it has one, and close any other card."""
        if self._card is None:
            return None
        for shown in self.window().findChildren(CardDialog):
            shown.close()
        snapshots = Snapshots(find_model(self.session.model)).in_words()
        dialog = CardDialog(self._card, self.window(), snapshots=snapshots)
        dialog.show()
        return dialog

    def _on_set_k(self) -> None:
        if (advice := self._advice) is not None:
            self.session.settings.set(ITERATIONS, advice.iterations)

    def _on_auto_toggled(self, auto: bool) -> None:
        run = self.session.run
        fixed = run.latest if run is not None and run.latest else _FIRST_K
        self.session.settings.set(ITERATIONS, 0 if auto else min(fixed, int(ITERATIONS.high)))

    # Display.

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting in (MODEL, RECENT_MODELS):
            self._on_model_chosen()
        elif setting is ITERATIONS:
            self.refresh()
        elif setting is SHOW_ABOUT:
            self._show_about()
            if self.about.isVisible():
                self.unfolded.emit()
        elif setting is ENGINE:
            self.engine.show_value(self.session.settings.get(ENGINE))

    def _on_model_chosen(self) -> None:
        self._card = self.session.card
        self.box.fill()
        without = tip(self._training.progress_of(self.session.model) or _NO_CARD)
        self.box.setToolTip(summary(self._card) if self._card else without)
        self.card_button.setEnabled(self._card is not None)
        self.card_button.setToolTip(
            tip(f"What {self._card.name} was trained on, and how well it plans")
            if self._card
            else without
        )
        self._show_about()
        self.refresh()

    def _show_about(self) -> None:
        """Show what the model learned, if that is known and unfolded."""
        lines = about(self._card) if self._card is not None else []
        unfolded = self.session.settings.get(SHOW_ABOUT)
        self.fold.setVisible(bool(lines))
        self.fold.setChecked(unfolded)
        self.fold.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        for label, text in zip(self._about, lines or [""] * len(self._about), strict=True):
            label.setText(text)
        self.about.setVisible(unfolded and bool(lines))

    def refresh(self) -> None:
        """Show the session's current state."""
        session, card = self.session, self._card
        run = None if session.refusal else session.run
        title = (card.rule if card else session.rule).title
        self.rule.setText(f"{title[0].upper()}{title[1:]}" if card or run else "")
        self._show_iterations(run)
        self._show_state(run)
        self._show_remark()

    def _show_iterations(self, run: Run | None) -> None:
        iterations = self.session.settings.get(ITERATIONS)
        self.auto.setChecked(iterations == 0)
        self.iterations.setEnabled(iterations != 0)
        shown = iterations or (run.latest if run else 0)
        if shown and shown != self.iterations.value():
            # On auto, the field shows the K of the plan, which is not the user's choice.
            with QSignalBlocker(self.iterations):
                self.iterations.setValue(shown)

    def _show_state(self, run: Run | None) -> None:
        advice = self._advice
        time = duration(run.seconds) if run is not None and run.finished else ""
        if run is None:
            text = ""
        elif advice is not None:
            # The number is in the field above; there is no room for it beside the button.
            text = "Converged" if run.converged else "Not converged"
        else:
            text = state(run)
        self.state.setText(text)
        self.state.setToolTip(f"{state(run)}, {time}" if run is not None and time else text)
        self.time.setText(time)
        self.time.setVisible(advice is None)
        self.set_k.setVisible(advice is not None)
        if advice is not None:
            self.set_k.setText(advice.button)
            self.set_k.setAccessibleName(advice.button)
            self.set_k.setToolTip(tip(advice.reason))
        self.auto.setToolTip(auto_k(self._card))

    @property
    def _advice(self) -> Advice | None:
        session = self.session
        run = session.run
        # The previous model's plan stays until the new model's first values arrive.
        if session.refusal or run is None or run.model != Path(session.model).stem:
            return None
        if not run.finished:
            return None
        trajectories = run.trajectories(session.document.grid.starts, run.latest)
        needed = iterations_to_see(trajectories, run, run.latest)
        return advise(run, self._card, fixed=session.settings.get(ITERATIONS), needed=needed)

    def _show_remark(self) -> None:
        session, card, advice = self.session, self._card, self._advice
        look, palette = session.theme.look, self.remark.palette()
        if session.refusal:
            text = session.refusal
        elif advice is not None:
            text = advice.reason
        elif session.run is not None and (missing := unseen(session.run)):
            text = missing
        elif card is None:
            text = self._training.progress_of(session.model) or "This file has no model card."
        else:
            text = size_note(card, session.document.grid)
        colour = QColor(look.warning if session.refusal else look.muted)
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        self.remark.setPalette(palette)
        self.remark.setText(text)
        self.remark.setToolTip(tip(text))


def _row(*widgets: QWidget, stretched: QWidget) -> QHBoxLayout:
    """Lay out widgets in a row, one of which takes the spare room."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, 1 if widget is stretched else 0)
    return row
