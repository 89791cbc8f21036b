"""Evaluating in the window: the figures of the command, failures that are opened, a search."""

import csv
import json
import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from vingui.core.rollout import Outcome
from vingui.gui import settings as entries
from vingui.gui.evaluation.client import EvaluationState

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
MODELS = ("dynamic-8", "vin-8x8")
"""In the order of the list in the window."""


class Examiner:
    """Somebody at the Evaluate panel."""

    def __init__(self, user):
        self.user = user
        self.client = user.app.evaluation

    def check(self, name, *values):
        """Check items of a list with the mouse, and no others."""
        view = self.user.find(name)
        for row in range(view.model().rowCount()):
            index = view.model().index(row, 0)
            state = index.data(Qt.ItemDataRole.CheckStateRole)
            if state is None:
                continue
            wanted = index.data(Qt.ItemDataRole.UserRole) in values
            if wanted != (Qt.CheckState(state) is Qt.CheckState.Checked):
                view.scrollTo(index)
                QTest.mouseClick(view.viewport(), LEFT, NONE, view.visualRect(index).center())

    def wait(self):
        """Wait until the process has done what it does."""
        self.user.until(lambda: not self.client.active)
        assert self.client.state is not EvaluationState.FAILED, self.client.failure

    def open_failure(self, number):
        """Click on a thumbnail, and wait for its plan."""
        tabs = self.user.find("evaluate-tabs")
        tabs.setCurrentIndex(tabs.count() - 1)
        view = self.user.find("evaluate-failures")
        index = view.model().index(number, 0)
        QTest.mouseClick(view.viewport(), LEFT, NONE, view.visualRect(index).center())
        return self.planned()

    def planned(self):
        """Wait for the plan of the model that is chosen now."""
        session = self.user.session
        self.user.until(lambda: session.run is not None and session.run.model == session.model)
        return self.user.wait_for_plan()


@pytest.fixture
def maps(vingui, tmp_path):
    """A file with maps on which one of the models fails at times."""
    done = vingui("generate", "obstacles", "set.npz", "--size", 12, "--count", 25, "--seed", 7)
    assert done.code == 0
    return tmp_path / "set.npz"


def test_the_window_has_the_figures_of_the_command_and_opens_failures(drive, vingui, maps):
    processes = []

    def steps(user):
        examiner = Examiner(user)
        client = examiner.client
        user.session.settings.set(entries.ITERATIONS, 77)
        user.key(Qt.Key.Key_U, CONTROL)
        user.until(lambda: user.find("evaluate").isVisible())
        chosen = user.name_file(maps)
        user.click_on("evaluate-add-file")
        user.until(lambda: chosen and str(maps) in user.find("evaluate-maps").checked())
        examiner.check("evaluate-models", *MODELS)
        examiner.check("evaluate-maps", str(maps))
        user.click_on("evaluate-begin")
        examiner.wait()
        processes.append(client.process_id)
        save(user, maps.parent)
        look_at_failures(user, examiner)
        search(user, examiner)

    assert drive(steps) == 0
    (process,) = processes
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    command = ("evaluate", maps, "--model", ",".join(MODELS), "--references")
    files = ("--json", "report.json", "--csv", "table.csv", "--figure", "charts.png")
    done = vingui(*command, *files)
    assert done.code == 0
    folder = maps.parent
    (ours, theirs) = (json.loads((folder / name).read_text()) for name in ("a.json", "report.json"))
    assert [row["model"] for row in ours["rows"]] == [*MODELS, "exact", "reactive"]
    assert untimed(ours["rows"]) == untimed(theirs["rows"])
    assert ours["failures"] == theirs["failures"] != []
    (ours, theirs) = (read_table(folder / name) for name in ("a.csv", "table.csv"))
    assert untimed(ours) == untimed(theirs)
    (ours, theirs) = (QImage(str(folder / name)) for name in ("a.png", "charts.png"))
    assert ours == theirs


def untimed(rows):
    """All but how long it took."""
    return [{name: row[name] for name in row if name != "seconds_per_map"} for row in rows]


def read_table(path):
    with path.open() as file:
        return list(csv.DictReader(file))


def save(user, folder):
    for suffix in ("json", "csv", "png"):
        user.in_dialog(
            lambda dialog, suffix=suffix: user.type_file_name(dialog, folder / f"a.{suffix}")
        )
        user.click_on("evaluate-export")
        user.until(lambda suffix=suffix: (folder / f"a.{suffix}").exists())


def look_at_failures(user, examiner):
    cases = examiner.client.cases
    assert cases
    assert {case.model for case in cases} == {"vin-8x8"}
    run = examiner.open_failure(0)
    assert user.grid == cases[0].grid
    assert (run.model, run.latest) == ("vin-8x8", cases[0].iterations)
    assert user.session.selected_start == 0
    (trajectory,) = user.session.trajectories
    assert trajectory.outcome is not Outcome.REACHED
    assert trajectory.outcome.value == cases[0].outcome
    # The sentence below the map explains it.
    assert cases[0].sentence.split(".")[0] in user.find("outcome").text()


def search(user, examiner):
    user.find("evaluate-search-in").show_value("obstacles")
    user.click_on("evaluate-find")
    examiner.wait()
    case = examiner.client.case
    assert user.grid == case.grid
    examiner.planned()
    assert user.session.trajectories[0].outcome is not Outcome.REACHED
