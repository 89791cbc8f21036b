"""What the command palette offers: the entries of all menus, the sample maps and the models."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from vingui.core.cards import shipped_models
from vingui.core.files import name_of
from vingui.gui import settings as entries
from vingui.gui.commands.filing import Filing
from vingui.gui.dialogs.command_palette import CommandPalette
from vingui.gui.dialogs.command_search import Command
from vingui.gui.document.samples import Sample, samples
from vingui.gui.look.icons import icon
from vingui.gui.look.plain_text import button_text, shown_text


class PaletteCommands:
    """Opens the command palette.

    Args:
        filing: opens sample maps.
        window: the window, with its menus.
    """

    def __init__(self, filing: Filing, window: QMainWindow) -> None:
        self._filing = filing
        self._session = filing.session
        self._window = window
        self._palette: CommandPalette | None = None

    def toggle(self) -> None:
        """Open the palette with what can be done now, or close it."""
        if self._palette is None:
            self._palette = CommandPalette(
                self._session.settings, self._session.theme, self._window
            )
        if self._palette.isVisible():
            self._palette.leave()
        else:
            self._palette.open((*self._in_menus(), *self._samples(), *self._models()))

    def _in_menus(self) -> Iterator[Command]:
        for action in self._window.menuBar().actions():
            yield from _entries(action, shown_text(action.text()))

    def _samples(self) -> Iterator[Command]:
        for sample in samples():
            yield self._command(
                f"sample-{sample.path.stem}",
                sample.title,
                "Sample map",
                sample.about,
                "gallery",
                partial(self._open_sample, sample),
            )

    def _open_sample(self, sample: Sample) -> None:
        document = self._session.document
        self._filing.after_saving_changes(lambda: document.replace_by_sample(sample))

    def _models(self) -> Iterator[Command]:
        shipped = [(card.name, card.name, card.rule.title) for card in shipped_models()]
        files = self._session.settings.get(entries.RECENT_MODELS)
        recent = [(file, name_of(Path(file)), file) for file in files]
        for model, title, about in (*shipped, *recent):
            yield self._command(
                f"model-{model}",
                title,
                "Model",
                f"Plan with this network: {about}",
                "model",
                partial(self._session.choose_model, model),
            )

    def _command(
        self, id_: str, text: str, place: str, about: str, picture: str, run: Callable[[], object]
    ) -> Command:
        # Owned by the palette, which shows it, until the palette opens again.
        action = QAction(icon(picture), button_text(text), self._palette)
        action.setObjectName(id_)
        action.setStatusTip(about)
        action.triggered.connect(lambda _: run())
        return Command(action, place)


def _entries(opening: QAction, place: str) -> Iterator[Command]:
    """Yield what the menu of an action and the menus in it offer now."""
    # PySide's type stubs call it an object.
    for action in cast("QMenu", opening.menu()).actions():
        if action.isSeparator() or not action.isVisible():
            continue
        if action.menu() is not None:
            yield from _entries(action, f"{place} \u203a {shown_text(action.text())}")
        elif action.objectName() != "command-palette":
            yield Command(action, place)
