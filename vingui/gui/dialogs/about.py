"""The About dialog: what vingui is, and the versions of its libraries."""

import platform

import numpy as np
import pyqtgraph as pg
import PySide6
from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from vingui import __version__
from vingui.gui.look.buttons import Button
from vingui.gui.look.icons import icon
from vingui.gui.look.plain_text import Label, RichLabel

_SUMMARY = (
    "See planning converge: draw gridworlds, and watch trained Keras Value Iteration Networks "
    "plan on them."
)
_PAPERS = (
    'The networks follow Tamar et al., <a href="https://arxiv.org/abs/1602.02867">Value '
    'Iteration Networks</a>, NIPS 2016, and Wang et al., <a href="https://arxiv.org/abs/'
    '2406.08404">Scaling Value Iteration Networks to 5000 Layers</a>, ICML 2025.'
)
_LIBRARIES = {"tensorflow": "TensorFlow", "keras": "Keras"}


def all_versions(planner: dict[str, str]) -> dict[str, str]:
    """Collect the versions of vingui, its libraries and the system, by name.

    Args:
        planner: the versions reported by the planner process; empty if it has not started.
    """
    reported = {name.lower(): version for name, version in planner.items()}
    return {
        "vingui": __version__,
        "Python": platform.python_version(),
        "Qt": qVersion(),
        "PySide6": PySide6.__version__,
        "pyqtgraph": pg.__version__,
        "NumPy": np.__version__,
        **{shown: reported.get(name, "not started") for name, shown in _LIBRARIES.items()},
        "System": platform.platform(terse=True),
    }


class AboutDialog(QDialog):
    """Shows vingui's version, its libraries and the papers that it is based on.

    Args:
        planner: the versions reported by the planner process.
    """

    def __init__(self, planner: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about-dialog")
        self.setWindowTitle("About vingui")
        self._versions = all_versions(planner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(self._head())
        layout.addWidget(_paragraph(RichLabel(_PAPERS)))
        layout.addLayout(self._table())
        layout.addWidget(_paragraph(Label("MIT licence.")))
        layout.addWidget(self._buttons())
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def _head(self) -> QHBoxLayout:
        picture = Label()
        picture.setPixmap(icon("app").pixmap(QSize(64, 64), self.devicePixelRatioF()))
        name = Label("vingui")
        font = QFont(name.font())
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        name.setFont(font)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(name)
        texts.addWidget(_paragraph(Label(_SUMMARY)))
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        return head

    def _table(self) -> QFormLayout:
        form = QFormLayout()
        form.setVerticalSpacing(4)
        form.setHorizontalSpacing(24)
        for name, version in self._versions.items():
            key, value = Label(name), Label(version)
            key.setProperty("quiet", True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setCursor(Qt.CursorShape.IBeamCursor)
            form.addRow(key, value)
        return form

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        copy = Button("&Copy versions")
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copy-versions")
        copy.setAccessibleName("Copy versions")
        copy.setToolTip("Copy the versions to the clipboard, for example for a bug report")
        copy.clicked.connect(self._copy)
        close = buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        close.setObjectName("about-close")
        close.setAccessibleName("Close")
        close.setToolTip("Close (Escape)")
        close.setDefault(True)
        close.setFocus()
        buttons.rejected.connect(self.reject)
        return buttons

    def _copy(self) -> None:
        lines = (f"{name} {version}" for name, version in self._versions.items())
        QGuiApplication.clipboard().setText("\n".join(lines))


def _paragraph(label: QLabel) -> QLabel:
    label.setWordWrap(True)
    label.setOpenExternalLinks(True)
    label.setMinimumWidth(400)
    return label
