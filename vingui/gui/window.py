"""The main window: the map and the value view side by side, with panels around them."""

from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QMainWindow,
    QSpinBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from vingui.gui import settings as entries
from vingui.gui.actions.materials import MaterialButton
from vingui.gui.actions.menus import Actions, fill_menus, main_toolbar, sheet, tool_toolbar
from vingui.gui.canvas.map_panel import MapPanel
from vingui.gui.canvas.value_panel import ValuePanel
from vingui.gui.commands.command_palette import PaletteCommands
from vingui.gui.commands.commands import Commands
from vingui.gui.commands.editing import Editing
from vingui.gui.commands.evaluating import Evaluating
from vingui.gui.commands.export_dialog import open_export_dialog
from vingui.gui.commands.filing import Filing
from vingui.gui.commands.help import Help
from vingui.gui.commands.training import Training
from vingui.gui.comparing.comparison import Comparison
from vingui.gui.docks.convergence import ConvergencePlot
from vingui.gui.docks.inspector import Inspector
from vingui.gui.docks.model import ModelPanel
from vingui.gui.docks.panel import WhenShown
from vingui.gui.docks.starts import StartsTable
from vingui.gui.docks.teach import TeachPanel
from vingui.gui.docks.teach_learning import TeachLearning
from vingui.gui.docks.terrain import TerrainPanel
from vingui.gui.docks.train import TrainPanel
from vingui.gui.evaluation.client import EvaluationClient
from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.progress import ExportProgress
from vingui.gui.exporting.view_state import ViewState
from vingui.gui.look.icons import icon
from vingui.gui.look.notify import MessageBar
from vingui.gui.look.plain_text import button_text, title_text
from vingui.gui.panels import SPLIT, Panels
from vingui.gui.planner_messages import PlannerMessages
from vingui.gui.playback.transport import TransportBar
from vingui.gui.session import Session
from vingui.gui.status import StatusBar
from vingui.gui.training.client import TrainingClient

_LAYOUT_VERSION = 5
"""Increased when panels are added or removed, so that an older layout is not restored."""

_SIZE = QSize(1360, 860)
_WIDE = 1600
"""Pixels. In a narrower window, a panel beside the views is only shown when it is asked for."""


class Window(QMainWindow):
    """The main window.

    Args:
        session: the map, its plan and the settings.
        training: the training process.
        evaluation: the evaluating process.
    """

    def __init__(
        self, session: Session, training: TrainingClient, evaluation: EvaluationClient
    ) -> None:
        super().__init__()
        self.session = session
        self.setObjectName("window")
        session.theme.set_window(self)
        self.setWindowIcon(icon("app"))
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
        )
        self.filing = Filing(session, self)
        self.editing = Editing(session, self.filing, self)
        self.exporting = Exporting(session, self._view_state, self)
        self.training = Training(session, training, self)
        self.evaluating = Evaluating(
            session, evaluation, self.filing, self.training, self.exporting, self
        )
        self.help = Help(session, sheet, self)
        self.command_palette = PaletteCommands(self.filing, self)
        self._closing = False
        self._central()
        self._docks()
        self.setStatusBar(StatusBar(session, self))
        self.statusBar().addPermanentWidget(ExportProgress(self.exporting))
        self.menus = fill_menus(self.menuBar(), self.filing.recent_menu, self.actions_by_id)
        self.docks.fill_menu(self.menus["View"].addMenu("&Panels"))
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, main_toolbar(self, self.actions_by_id))
        tools = tool_toolbar(self, session.settings, self.actions_by_id)
        tools.addWidget(
            MaterialButton(session, self.actions_by_id, self.menus["Draw/Material"], tools)
        )
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, tools)
        self._connect()
        self._apply_initial_size()
        self._first_layout = self.saveState(_LAYOUT_VERSION)
        self._restore_layout()
        self._refresh()
        self.map_view.setFocus()

    def _central(self) -> None:
        self.map_panel = MapPanel(self.session)
        self.map_view = self.map_panel.view
        self.model_panel = ModelPanel(self.training)
        self.actions_by_id = Actions(self._commands(), self)
        self.transport = TransportBar(
            self.session.playback, self.session.settings, self.session.theme, self.actions_by_id
        )
        self.map_panel.footer.setFixedHeight(self.transport.sizeHint().height())
        self.value_panel = ValuePanel(self.session, self.actions_by_id, footer=self.transport)
        self.value_view = self.value_panel.view
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("views")
        # The style sheet's width alone would let the views overlap, and be painted together.
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(self.map_panel)
        self.splitter.addWidget(self.value_panel)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes(SPLIT)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.splitter)
        self.messages = MessageBar(
            self.session.theme, central, footer=self.map_panel.footer.height()
        )
        self.setCentralWidget(central)
        self.comparison = Comparison(
            self.session, self.splitter, self.map_panel, self.training.trained_models, self
        )

    def _commands(self) -> Commands:
        return Commands(
            session=self.session,
            filing=self.filing,
            editing=self.editing,
            exporting=self.exporting,
            help=self.help,
            open_export_dialog=lambda: open_export_dialog(self.exporting, self),
            open_command_palette=self.command_palette.toggle,
            place_goal=self.map_view.place_goal,
            add_goal=self.map_view.add_goal,
            change_goal_value=self.map_view.change_goal_value,
            toggle_start=self.map_view.toggle_start,
            draw_here=self.map_view.draw_here,
            show_panel=self.show_panel,
            open_model=self.model_panel.ask_for_file,
            show_card=self.model_panel.show_card,
            plan_again=self.plan_again,
            restart_planners=self.restart_planners,
            toggle_fullscreen=self.toggle_fullscreen,
            reset_layout=self.reset_layout,
            quit=self.close,
        )

    def _view_state(self) -> ViewState:
        return ViewState.of(self.session, map_view=self.map_view, value_view=self.value_view)

    def _docks(self) -> None:
        session = self.session
        teach = TeachPanel(session)
        teach.add_learning(WhenShown(lambda: TeachLearning(self.training), height=150))
        self.docks = Panels(
            self,
            {
                "model": self.model_panel,
                "inspector": Inspector(session),
                "starts": StartsTable(session),
                "convergence": ConvergencePlot(session),
                "terrain": TerrainPanel(session, self.editing.choose_material),
                "teach": teach,
                "train": WhenShown(lambda: TrainPanel(self.training), height=420),
                "evaluate": WhenShown(self._make_evaluate_panel, height=480),
            },
        )

    def _make_evaluate_panel(self) -> QWidget:
        # Imported late, since it imports the file formats, which would delay the window's start.
        from vingui.gui.docks.evaluate import EvaluatePanel

        return EvaluatePanel(self.evaluating)

    def _apply_initial_size(self) -> None:
        room = _room(self)
        self.resize(_SIZE.boundedTo(room))
        if room != room.expandedTo(_SIZE):
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def show_panel(self, id_: str) -> None:
        """Show a panel, in front of others in its place."""
        self.docks.bring_to_front(id_)

    def _show_terrain_of_opened_map(self) -> None:
        """Show the panel for a map with terrain that was just opened, if there is room."""
        document = self.session.document
        opened = not document.in_stroke and not document.undo_stack.count()
        if opened and document.grid.terrain is not None and self.width() >= _WIDE:
            self.docks["terrain"].show()

    def _connect(self) -> None:
        session = self.session
        session.teaching.panel_wanted.connect(self.show_panel)
        session.message.connect(self._show_message)
        session.message_closed.connect(self.messages.close_message)
        PlannerMessages(session, session.planner, name="The planner", key="planner", parent=self)
        session.playback.state_changed.connect(self._on_playback_changed)
        for changed in (
            session.run_changed,
            session.start_selected,
            session.document.changed,
            session.document.state_changed,
            session.settings.changed,
        ):
            changed.connect(self._refresh)
        session.document.changed.connect(self._show_terrain_of_opened_map)
        self.model_panel.unfolded.connect(self.docks.make_room_for_model)
        for field in self.findChildren(QSpinBox):
            # After a number was entered, the map gets the keyboard focus back.
            field.lineEdit().returnPressed.connect(self.map_view.setFocus)
        undo_stack = session.document.undo_stack
        undo_stack.canUndoChanged.connect(self._refresh)
        undo_stack.canRedoChanged.connect(self._refresh)
        # Bound methods are disconnected with the window; the undo stack outlives its actions.
        undo_stack.undoTextChanged.connect(self._name_undo)
        undo_stack.redoTextChanged.connect(self._name_redo)

    def _name_undo(self, what: str) -> None:
        self._name("undo", "&Undo", what)

    def _name_redo(self, what: str) -> None:
        self._name("redo", "&Redo", what)

    def _name(self, id_: str, verb: str, what: str) -> None:
        what = button_text(f" {what[:1].lower()}{what[1:]}" if what else "")
        self.actions_by_id[id_].setText(verb + what)

    def _refresh(self) -> None:
        self.actions_by_id.refresh()
        if not self.session.refusal:
            self.messages.close_message("refused")
        document = self.session.document
        self.setWindowModified(document.modified)
        self.setWindowTitle(f"{title_text(document.title)}[*] - vingui")
        self.setWindowFilePath(str(document.path or ""))

    def _on_playback_changed(self) -> None:
        playback = self.session.playback
        play = self.actions_by_id["play"]
        play.setText("&" + playback.verb)
        play.setIcon(icon(playback.verb.lower()))
        self.actions_by_id["live"].setChecked(playback.live)

    def plan_again(self) -> None:
        """Plan the map once more, also in the comparison."""
        self.session.plan()
        self.comparison.plan()

    def restart_planners(self) -> None:
        """End the planner's process, and that of the comparison, and start new ones."""
        self.session.planner.restart()
        self.comparison.restart_planner()

    def _show_message(self, text: str, kind: str, actions: Any, key: str) -> None:
        self.messages.show_message(text, kind=kind, actions=actions, key=key)

    def toggle_fullscreen(self) -> None:
        """Fill the screen, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def reset_layout(self) -> None:
        """Restore the initial layout of all panels."""
        self.restoreState(self._first_layout, _LAYOUT_VERSION)
        self.splitter.setSizes(SPLIT)
        self.comparison.arrange()
        self.docks.arrange()

    def _restore_layout(self) -> None:
        settings = self.session.settings
        if geometry := settings.get(entries.GEOMETRY):
            self.restoreGeometry(QByteArray(geometry))
        if state := settings.get(entries.WINDOW_STATE):
            self.restoreState(QByteArray(state), _LAYOUT_VERSION)
        if split := settings.get(entries.SPLITTER):
            self.splitter.restoreState(QByteArray(split))
        self.docks.bring_on_screen()

    def save_layout(self) -> None:
        """Save the layout for the next start."""
        settings = self.session.settings
        settings.set(entries.GEOMETRY, bytes(self.saveGeometry().data()))
        settings.set(entries.WINDOW_STATE, bytes(self.saveState(_LAYOUT_VERSION).data()))
        self.comparison.save_split()
        settings.sync()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Size the docks, which is possible only once the window is shown."""
        super().showEvent(event)
        if not self.session.settings.get(entries.WINDOW_STATE):
            self.docks.arrange()
        QTimer.singleShot(0, self, self.docks.raise_floating)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave the views enough room when the window gets lower."""
        super().resizeEvent(event)
        if event.size().height() < event.oldSize().height():
            self.docks.make_room(self.splitter.height())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Check the file when the user comes back from another program that may have changed it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.filing.check_file()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Accept files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open the dropped files."""
        from pathlib import Path

        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.filing.open_paths(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask about unsaved changes, then close unless the user cancels."""
        if not self._closing:
            self.filing.after_saving_changes(self._close_now)
        if self._closing:
            # Save it first, since closing hides floating panels.
            self.save_layout()
            super().closeEvent(event)
        else:
            event.ignore()

    def _close_now(self) -> None:
        # Called at once, or when the file has been saved.
        self._closing = True
        self.close()


def _room(window: QWidget) -> QSize:
    """The largest size of a window on its screen."""
    if QGuiApplication.platformName() == "offscreen":
        # The size of this screen is arbitrary.
        return _SIZE
    return window.screen().availableSize()
