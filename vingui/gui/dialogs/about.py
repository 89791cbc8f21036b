"""The About dialog: what vingui is, and the versions of its libraries."""

import platform
from typing import Final

import numpy as np
import pyqtgraph as pg
import PySide6
from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from vingui.core.extensions import listed
from vingui.gui.look.buttons import button
from vingui.gui.look.fields import column, row
from vingui.gui.look.icons import icon
from vingui.gui.look.plain_text import Label, RichLabel
from vingui.version import VERSION

_ABOUT: Final = """
<h2 style="margin: 0">vingui</h2>
<p style="margin-top: 4px">See planning converge: draw gridworlds, and watch trained Keras Value
Iteration Networks plan on them.</p>
<p>The networks follow Tamar et al.,
<a href="https://arxiv.org/abs/1602.02867">Value Iteration Networks</a>, NIPS 2016, and Wang et al.,
<a href="https://arxiv.org/abs/2406.08404">Scaling Value Iteration Networks to 5000 Layers</a>,
ICML 2025.</p>
<p>MIT licence.</p>
"""
_LIBRARIES = {"numba": "Numba", "tensorflow": "TensorFlow", "keras": "Keras"}


def all_versions(planner: dict[str, str]) -> dict[str, str]:
    """Collect the versions of vingui, its libraries and the system, by name.

    Args:
        planner: the versions reported by the planner process; empty if it has not started.
    """
    reported = {name.lower(): version for name, version in planner.items()}
    return {
        "vingui": VERSION,
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
        picture = Label()
        picture.setPixmap(icon("app").pixmap(QSize(64, 64), self.devicePixelRatioF()))
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        about = RichLabel(_ABOUT)
        about.setWordWrap(True)
        about.setOpenExternalLinks(True)
        about.setMinimumWidth(400)
        head, buttons = row(picture, about, spacing=16), self._make_buttons()
        layout = column(head, self._version_table(), *_extensions(), buttons, spacing=16)
        layout.setContentsMargins(24, 24, 24, 16)
        self.setLayout(layout)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def _version_table(self) -> QFormLayout:
        form = QFormLayout()
        form.setVerticalSpacing(4)
        form.setHorizontalSpacing(24)
        for name, version in self._versions.items():
            key, value = Label(name), Label(version)
            key.setProperty("quiet", True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(key, value)
        return form

    def _make_buttons(self) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        buttons = QDialogButtonBox()
        tip = "Copy the versions to the clipboard, for example for a bug report"
        copying = button("copy-versions", "&Copy versions", tip, self._copy)
        buttons.addButton(copying, role.ActionRole)
        close = button("about-close", "Close", "Close (Escape)", self.reject)
        close.setDefault(True)
        buttons.addButton(close, role.RejectRole)
        close.setFocus()
        return buttons

    def _copy(self) -> None:
        lines = (f"{name} {version}" for name, version in self._versions.items())
        QGuiApplication.clipboard().setText("\n".join((*lines, *extension_lines())))


def extension_lines() -> list[str]:
    """A line for each extension that is installed."""
    return [
        f"{one.title[4].upper()}{one.title[5:]}" + (f" (left out: {why})" if why else "")
        for one, why in listed()
    ]


def _extensions() -> list[QWidget]:
    lines = extension_lines()
    if not lines:
        return []
    label = Label("\n".join(lines))
    label.setObjectName("about-extensions")
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return [label]
