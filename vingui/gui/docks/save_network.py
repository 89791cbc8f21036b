"""The question where a trained network is to be saved."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from vingui.gui.commands.training import Training
from vingui.gui.document.file_names import existing_folder
from vingui.gui.look.plain_text import FileDialog
from vingui.gui.settings import FOLDER
from vingui.gui.training.client import TrainingState


def ask_to_save(training: Training, parent: QWidget) -> None:
    """Ask for a file, and save a finished training's network there, with its card."""
    trained, settings = training.client.training, training.session.settings
    if trained is None or training.client.state is not TrainingState.FINISHED:
        return

    def save(file: str) -> None:
        settings.set(FOLDER, str(Path(file).parent))
        training.save_as(Path(file))

    folder = str(existing_folder([settings.get(FOLDER)]))
    dialog = FileDialog(parent, "Save the network", folder, "Keras models (*.keras)")
    dialog.setObjectName("save-network")
    dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("keras")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.selectFile(trained.model.name)
    dialog.fileSelected.connect(save)
    dialog.open()
