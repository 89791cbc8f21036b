"""Model and K: what there is to choose, what is told about it, and models that are no good."""

import math
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit

from vingui.core.architectures import about
from vingui.core.cards import shipped_models
from vingui.core.formats import vingui_map
from vingui.core.grid import GridMap
from vingui.core.moves import rule_named
from vingui.core.oracle import solve
from vingui.gui import settings as entries
from vingui.gui.docks.model_box import MODEL_ROLE
from vingui.gui.settings import Settings
from vingui.paths import MAPS, MODELS

K, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


def two_rooms():
    """Two rooms with a diagonal squeeze between them, which the rules judge differently."""
    walls = np.zeros((8, 8), bool)
    walls[:, 4] = True
    walls[3, 4], walls[3, 3], walls[2, 4] = False, True, False
    heights = np.random.default_rng(0).normal(0, 0.1, walls.shape).astype(np.float32)
    return GridMap(walls, ((6, 6),), ((1, 1),), elevation=heights)


def choose(user, model):
    """Choose an entry of the list of models with the keyboard, and wait for its plan."""
    select(user, model)
    user.until(lambda: user.planned() and user.session.run.model == Path(model).stem)
    return user.session.run


def select(user, model):
    """Choose an entry of the list of models with the keyboard."""
    box = user.find("model-box")
    box.setFocus()
    wanted = box.findData(model, MODEL_ROLE)
    assert wanted >= 0
    while box.currentIndex() != wanted:
        before = box.currentIndex()
        user.key(K.Key_Down if before < wanted else K.Key_Up, widget=box)
        assert box.currentIndex() != before


def type_k(user, number):
    spin = user.find("model-iterations")
    spin.selectAll()
    for digit in str(number):
        user.key(getattr(K, f"Key_{digit}"), widget=spin)
    user.key(K.Key_Return, widget=spin)


def test_every_shipped_model_plans_by_its_own_rule(drive):
    def steps(user):
        user.document.replace(two_rooms())
        user.wait_for_plan()
        for card in shipped_models():
            run = choose(user, card.name)
            assert run.rule is card.rule
            assert user.session.card.name == card.name
            assert user.session.rule is card.rule
            title = user.find("model-rule").text()
            assert title.lower() == card.rule.title.lower()
            # The exact solution is that of the model's rule.
            exact = solve(user.grid, rule_named(card.moves))
            assert np.array_equal(run.oracle.cost_to_go, exact.cost_to_go)
            user.until(lambda: user.session.trajectories)
            (trajectory,) = user.session.trajectories
            if card.architecture == "dynamic":
                assert trajectory.optimal
                moves = np.abs(np.diff(trajectory.path, axis=0)).sum(axis=1)
                assert moves.max() == (1 if card.moves == "4" else 2)
            user.move(user.grid.starts[0])
            bars = 4 if card.moves == "4" else 8
            user.until(lambda bars=bars: len(user.find("compass").directions) == bars)
            user.move((7, 7))

    assert drive(steps) == 0


def test_a_network_that_reads_heights_plans_on_mountains_and_needs_some(drive):
    def steps(user):
        user.document.replace(vingui_map.read(MAPS / "the-gap.json").maps[0])
        user.wait_for_plan()
        exact = [trajectory.cost for trajectory in user.session.trajectories]
        choose(user, "costs-elevation")
        user.until(lambda: user.session.trajectories)
        learned = [trajectory.cost for trajectory in user.session.trajectories]
        assert all(least <= cost < 1.02 * least for least, cost in zip(exact, learned, strict=True))
        choose(user, "dynamic-8")
        user.document.replace(replace(two_rooms(), elevation=None))
        user.wait_for_plan()
        select(user, "costs-elevation")
        complaint = "reads costs from elevation, and the map has none"
        user.until(lambda: any(complaint in text for text in user.messages))
        user.until(lambda: user.planned() and user.session.run.model == "dynamic-8")

    assert drive(steps) == 0


def test_the_card_on_hover_and_on_click(drive):
    def steps(user):
        user.wait_for_plan()
        box, card = user.find("model-box"), user.session.card
        hover = box.toolTip()
        assert card.title in hover
        assert card.rule.title in hover
        assert "Trained on" in hover
        assert "of starts reach the goal" in hover
        entry = box.model().item(box.findData("vin-28x28", MODEL_ROLE))
        assert "28" in entry.toolTip()
        user.click_on("model-fold")
        lines = user.find("model-about").findChildren(QLabel)
        assert [label.text() for label in lines] == about(card)
        # The panel grows and scrolls, until the last line is in view.
        user.until(lambda: not lines[-1].visibleRegion().isEmpty())
        user.click_on("model-fold")
        user.click_on("model-card")
        dialog = user.find("card")
        assert not dialog.isModal()
        assert user.find("card-moves").text() == card.rule.title
        assert " maps, " in user.find("card-trained").text()
        assert user.find("card-results").rowCount() == len(card.results) > 0
        # The window goes on beside it.
        user.move((1, 1))
        user.key(K.Key_G, widget=user.map_view)
        user.wait_for_plan()
        user.click_on("card-close")
        user.until(
            lambda: (
                not any(
                    w.objectName() == "card" and w.isVisible()
                    for w in QApplication.topLevelWidgets()
                )
            )
        )

    assert drive(steps) == 0


def test_k_on_auto_and_fixed(drive):
    def steps(user):
        user.document.replace(two_rooms())
        auto = user.wait_for_plan()
        assert user.find("model-auto").isChecked()
        assert not user.find("model-iterations").isEnabled()
        assert user.find("model-iterations").value() == auto.latest
        assert user.find("model-state").text() == f"K = {auto.latest}, converged"
        user.click_on("model-auto")
        for number in (3, auto.latest + 20):
            type_k(user, number)
            user.until(lambda number=number: user.planned() and user.session.run.latest == number)
            assert user.session.playback.last == number
            assert user.session.settings.get(entries.ITERATIONS) == number
        # Longer than needed changes nothing.
        run = user.session.run
        assert np.array_equal(run.values_at(run.latest)[1], auto.values_at(auto.latest)[1])
        user.trigger("iterations-auto")
        user.until(lambda: user.planned() and user.session.run.latest == auto.latest)
        assert user.find("model-auto").isChecked()

    assert drive(steps) == 0


def test_k_of_a_vin_goes_back_to_that_of_its_training(drive):
    def steps(user):
        user.document.replace(GridMap(np.zeros((8, 8), bool), ((5, 5),), ((1, 1),)))
        user.wait_for_plan()
        choose(user, "vin-8x8")
        assert "10" in user.find("model-auto").toolTip()
        user.click_on("model-auto")
        for number, reason in (
            (25, "Trained with K = 10; more help only where paths are longer."),
            (2, "Trained with K = 10; with fewer it reaches the goal less often."),
        ):
            type_k(user, number)
            user.until(lambda number=number: user.planned() and user.session.run.latest == number)
            user.until(lambda reason=reason: user.find("model-remark").text() == reason)
            assert "raise" not in user.find("model-state").text().lower()
            assert user.find("model-set-k").text() == "Set K to 10"
        user.click_on("model-set-k")
        user.until(lambda: user.planned() and user.session.run.latest == 10)
        user.until(lambda: user.find("model-remark").text() == "")

    assert drive(steps) == 0


def test_a_vin_that_cannot_see_the_goal_is_given_more_iterations_by_a_click(drive):
    def steps(user):
        choose(user, "vin-16x16")
        # An empty field: the goal is 31 cells away, and V_20 sees no farther than 22.
        user.document.replace(GridMap(np.zeros((40, 40), bool), ((36, 36),), ((5, 5),)))
        user.until(lambda: user.planned() and user.session.run.grid.rows == 40)
        user.until(lambda: user.find("model-set-k").isVisible())
        length = math.ceil(31 * 2**0.5)
        assert user.find("model-set-k").text() == f"Set K to {length}"
        assert "farther away than V_20 can see" in user.find("model-remark").text()
        assert "The goal is 31 cells away" in user.find("outcome").text()
        user.click_on("model-set-k")
        user.until(lambda: user.planned() and user.session.run.latest == length)
        user.until(lambda: "cells away" not in user.find("outcome").text())
        user.until(lambda: "farther away" not in user.find("model-remark").text())

    assert drive(steps) == 0


def test_a_model_that_was_trained_for_another_size_says_so(drive):
    def steps(user):
        user.document.replace(GridMap(np.zeros((12, 10), bool), ((5, 5),), ((1, 1),)))
        user.wait_for_plan()
        assert user.find("model-remark").text() == ""
        choose(user, "vin-8x8")
        user.until(
            lambda: user.find("model-remark").text() == "Trained on 8x8 maps; this one is 12x10"
        )
        user.document.replace(GridMap(np.zeros((8, 8), bool), ((5, 5),), ((1, 1),)))
        user.until(lambda: user.find("model-remark").text() == "")

    assert drive(steps) == 0


def test_a_shipped_model_is_watched_learning_without_a_training(drive):
    def steps(user):
        user.document.replace(GridMap(np.zeros((8, 8), bool), ((5, 5),), ((1, 1),)))
        user.wait_for_plan()
        user.trigger("train")
        choose(user, "vin-8x8")
        learned = user.session.run.values_at(10)[1]
        user.click_on("train-replay")
        seen = set()
        user.session.run_changed.connect(lambda: seen.add(user.session.run.model))
        user.until(lambda: user.planned() and user.session.run.model == "epoch-00060", seconds=60)
        assert {"epoch-00004", "epoch-00016", "epoch-00060"} <= seen
        assert np.array_equal(user.session.run.values_at(10)[1], learned)
        user.click_on("train-live")
        user.until(lambda: user.planned() and user.session.run.model == "vin-8x8")

    assert drive(steps) == 0


def open_file(user, path):
    """Name a file in the dialog of the menu's entry."""
    user.key(K.Key_M, CTRL, widget=user.map_view)
    dialog = user.find("open-model")
    line = dialog.findChild(QLineEdit)
    line.setText(str(path))
    user.key(K.Key_Return, widget=line)
    user.until(lambda: not dialog.isVisible())


def test_a_model_from_a_file_with_and_without_a_card(drive, tmp_path):
    def steps(user):
        user.document.replace(two_rooms())
        user.wait_for_plan()
        bare = tmp_path / "bare.keras"
        shutil.copy(MODELS / "dynamic-4.keras", bare)
        open_file(user, bare)
        user.until(lambda: user.planned() and user.session.run.model == "bare")
        assert user.session.run.rule.name == "4"
        assert user.session.card is None
        assert not user.window.actions_by_id["model-card"].isEnabled()
        user.until(lambda: user.find("model-remark").text() == "This file has no model card.")
        # It is in the list from now on.
        choose(user, "dynamic-8")
        choose(user, str(bare))
        # And it comes into the window like a map does.
        carded = tmp_path / "carded.keras"
        shutil.copy(MODELS / "dynamic-4.keras", carded)
        shutil.copy(MODELS / "dynamic-4.json", carded.with_suffix(".json"))
        user.window.filing.open_path(carded)
        user.until(lambda: user.planned() and user.session.run.model == "carded")
        assert user.session.card is not None
        assert user.messages == ()

    assert drive(steps) == 0


def damaged(path, how):
    good = (MODELS / "dynamic-8.keras").read_bytes()
    if how == "cut":
        path.write_bytes(good[: len(good) // 2])
    elif how == "text":
        path.write_text("not a model")
    elif how == "another":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", "{}")
    return path


def test_a_damaged_model_file_is_one_message_and_the_model_before_stays(drive, tmp_path):
    def steps(user):
        user.document.replace(two_rooms())
        before = choose(user, "dynamic-4")
        run_modal = []
        user.listen(user.session.planner.refused, run_modal.append)
        for how in ("cut", "text", "another"):
            path = damaged(tmp_path / f"{how}.keras", how)
            open_file(user, path)
            user.until(lambda: run_modal)
            user.until(lambda: not user.session.planner.busy and user.planned())
            (message,) = user.messages
            assert path.name in message
            assert message.endswith("dynamic-4 stays in use.")
            assert user.session.model == "dynamic-4"
            assert user.find("model-box").currentText() == "dynamic-4"
            assert user.session.run.model == "dynamic-4"
            assert np.array_equal(
                user.session.run.values_at(before.latest)[1], before.values_at(before.latest)[1]
            )
            # Nothing that plans was ever in it.
            assert str(path) not in user.session.settings.get(entries.RECENT_MODELS)
            user.until(lambda: user.find("outcome").text().startswith("Reached"))
            run_modal.clear()
        assert QApplication.activeModalWidget() is None
        assert not any(
            isinstance(w, QDialog) and w.isVisible() for w in QApplication.topLevelWidgets()
        )

    assert drive(steps) == 0


def test_a_model_file_that_has_gone_since_the_last_start(drive, tmp_path):
    gone = tmp_path / "gone.keras"
    settings = Settings()
    settings.set(entries.MODEL, str(gone))
    settings.sync()

    def steps(user):
        user.wait_for_plan()
        user.until(lambda: user.messages)
        (message,) = user.messages
        assert "gone.keras" in message
        assert user.session.model == "dynamic-8"
        assert user.session.run.model == "dynamic-8"

    assert drive(steps) == 0
