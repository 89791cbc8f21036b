"""The panel of the model, and the card."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel

from vingui.core.architectures import about
from vingui.core.cards import shipped_models
from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT
from vingui.core.readouts import Readouts
from vingui.gui.commands.training import Training
from vingui.gui.docks.card import CardDialog, size_note
from vingui.gui.docks.card import summary as card_summary
from vingui.gui.docks.model import ModelPanel, advise, auto_k, trained_k
from vingui.gui.settings import ENGINE, ITERATIONS, MODEL, SHOW_ABOUT
from vingui.gui.training.client import TrainingClient

GRID = GridMap(np.zeros((16, 20), bool), ((0, 3),))
CARDS = {card.name: card for card in shipped_models()}


def run_of(*, latest=80, converged=True, finished=True, model="dynamic-8", channels=8):
    readouts = Readouts(1, (16, 20), 8, lambda k: k)
    readouts.reward_channels = channels
    return SimpleNamespace(
        model=model,
        readouts=readouts,
        grid=GRID,
        rule=EIGHT,
        latest=latest,
        converged=converged,
        finished=finished,
        seconds=0.0123,
        has_learned_costs=False,
        is_search=False,
        oracle=None,
        trajectories=lambda starts, k: (),
    )


@pytest.fixture
def session(session_of):
    return session_of(GRID)


@pytest.fixture
def panel(session, qtbot, tmp_path):
    client = TrainingClient(tmp_path)
    widget = ModelPanel(Training(session, client))
    qtbot.addWidget(widget)
    widget.resize(264, widget.sizeHint().height())
    widget.show()
    return widget


def listed(panel):
    return [panel.box.itemText(row) for row in range(panel.box.count())]


def choose(qtbot, panel, text):
    """Choose a model with the keyboard, as a user does."""
    panel.box.showPopup()
    view = panel.box.view()
    view.setCurrentIndex(panel.box.model().index(panel.box.findText(text), 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)


def test_the_models_by_architecture(panel):
    assert listed(panel) == [
        "Dynamic transition kernel",
        "dynamic-8",
        "dynamic-8-one-free",
        "dynamic-8-both-free",
        "dynamic-4",
        "The paper's VIN",
        "vin-8x8",
        "vin-16x16",
        "vin-28x28",
        "Learned costs",
        "costs-elevation",
        "costs-picture-8",
        "Files",
        "Open a model file ...",
    ]
    assert panel.box.currentText() == "dynamic-8"
    headings = [panel.box.model().item(row) for row in (0, 5, 9)]
    assert not any(item.isSelectable() or item.isEnabled() for item in headings)
    assert panel.rule.text() == "8 neighbours, corners may be cut"


def test_choosing_a_model_plans_with_it(panel, session, qtbot):
    choose(qtbot, panel, "dynamic-4")
    assert session.model == "dynamic-4"
    assert session.planner.plans[-1][1:] == ("dynamic-4", None)
    assert panel.rule.text() == "4 neighbours"
    assert "dynamic-4" in panel.box.toolTip()


def test_what_the_model_learned_is_unfolded(panel, session, qtbot):
    def shown():
        return [label.text() for label in panel.about.findChildren(QLabel) if label.isVisible()]

    assert panel.fold.isVisible()
    assert shown() == []
    with qtbot.waitSignal(panel.unfolded):
        qtbot.mouseClick(panel.fold, Qt.MouseButton.LeftButton)
    assert shown() == about(CARDS["dynamic-8"])
    assert session.settings.get(SHOW_ABOUT)
    choose(qtbot, panel, "vin-8x8")
    assert shown() == about(CARDS["vin-8x8"])
    session.settings.set(MODEL, "/without/a/card.keras")
    assert not panel.fold.isVisible()
    assert shown() == []
    session.settings.set(MODEL, "costs-elevation")
    assert shown() == about(CARDS["costs-elevation"])
    qtbot.mouseClick(panel.fold, Qt.MouseButton.LeftButton)
    assert shown() == []
    assert not session.settings.get(SHOW_ABOUT)


def test_another_engine_plans_anew(panel, session, qtbot):
    assert panel.engine.value() == "numba"
    panel.engine.setCurrentIndex(1)
    panel.engine.activated.emit(1)
    assert session.settings.get(ENGINE) == "keras"
    assert session.planner.engines[-1] == "keras"
    session.settings.set(ENGINE, "numba")
    assert panel.engine.value() == "numba"
    assert session.planner.engines[-1] == "numba"


def test_a_model_of_another_size_is_remarked_upon(panel, session, qtbot):
    choose(qtbot, panel, "vin-28x28")
    assert panel.remark.text() == "Trained on 28x28 maps; this one is 16x20"
    session.document.replace(GridMap(np.zeros((28, 28), bool), ((0, 0),)))
    qtbot.waitUntil(lambda: panel.remark.text() == "")


def test_a_file_is_chosen_without_holding_up_the_window(panel, session, qtbot, tmp_path):
    choose(qtbot, panel, "Open a model file ...")
    assert panel.box.currentText() == "dynamic-8"
    dialog = panel.findChild(QFileDialog, "open-model")
    assert dialog.isVisible()
    file = tmp_path / "mine.keras"
    file.write_bytes(b"")
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    assert session.model == str(file)
    assert panel.box.currentText() == "mine"
    assert panel.remark.text() == "This file has no model card."
    assert not panel.card_button.isEnabled()
    assert panel.show_card() is None
    choose(qtbot, panel, "dynamic-8")
    assert "mine" in listed(panel)


def test_k_on_auto_and_fixed(panel, session, qtbot):
    session.planner.updated.emit(run_of(latest=80))
    qtbot.waitUntil(lambda: panel.iterations.value() == 80)
    assert panel.auto.isChecked()
    assert not panel.iterations.isEnabled()
    assert session.settings.get(ITERATIONS) == 0
    panel.auto.click()
    assert session.settings.get(ITERATIONS) == 80
    panel.iterations.selectAll()
    qtbot.keyClicks(panel.iterations, "12")
    assert session.settings.get(ITERATIONS) == 80
    qtbot.keyClick(panel.iterations, Qt.Key.Key_Return)
    assert session.settings.get(ITERATIONS) == 12
    assert session.planner.plans[-1][1:] == ("dynamic-8", 12)
    panel.auto.click()
    assert session.settings.get(ITERATIONS) == 0


def test_how_the_plan_went(panel, session, qtbot):
    session.planner.updated.emit(run_of(latest=7, finished=False))
    qtbot.waitUntil(lambda: panel.state.text() == "k = 7, planning ...")
    assert panel.time.text() == ""
    session.planner.updated.emit(run_of())
    qtbot.waitUntil(lambda: panel.state.text() == "K = 80, converged")
    assert panel.time.text() == "12 ms"
    assert not panel.set_k.isVisible()


def test_too_small_a_k_is_raised_by_a_click(panel, session, qtbot):
    session.settings.set(ITERATIONS, 6)
    session.planner.updated.emit(run_of(latest=6, converged=False))
    qtbot.waitUntil(panel.set_k.isVisible)
    assert panel.state.text() == "Not converged"
    assert "K = 6" in panel.state.toolTip()
    assert panel.remark.text().startswith("The values still change. Raise K, or use auto")
    assert panel.set_k.text() == "Set K to auto"
    panel.set_k.click()
    assert session.settings.get(ITERATIONS) == 0
    assert not panel.set_k.isVisible()
    assert panel.state.text() == "K = 6, not converged"


@pytest.mark.parametrize(
    ("model", "fixed", "converged", "reason"),
    [
        ("vin-28x28", 50, False, "Trained with K = 36; more help only where paths are longer."),
        ("vin-16x16", 21, True, "Trained with K = 20; more help only where paths are longer."),
        (
            *("vin-8x8", 4, False),
            "Trained with K = 10; with fewer it reaches the goal less often.",
        ),
    ],
)
def test_a_vin_that_sees_every_goal_is_advised_its_own_k(
    panel, session, qtbot, model, fixed, converged, reason
):
    session.choose_model(model)
    session.settings.set(ITERATIONS, fixed)
    session.planner.updated.emit(run_of(latest=fixed, converged=converged, model=model, channels=1))
    qtbot.waitUntil(panel.set_k.isVisible)
    assert panel.remark.text() == reason
    assert panel.state.text() == ("Converged" if converged else "Not converged")
    own = CARDS[model].settings["iterations"]
    assert panel.set_k.text() == f"Set K to {own}"
    assert str(own) in panel.auto.toolTip()
    panel.set_k.click()
    assert session.planner.plans[-1][1:] == (model, None)


@pytest.mark.parametrize(("latest", "fixed"), [(10, 0), (10, 10), (4, 4), (20, 20)])
def test_a_vin_that_cannot_see_a_goal_is_advised_more_iterations(latest, fixed):
    run = run_of(latest=latest, converged=False, model="vin-8x8", channels=1)
    advice = advise(run, CARDS["vin-8x8"], fixed=fixed, needed=23)
    assert advice.iterations == 23
    assert advice.reason.startswith(f"A goal is farther away than V_{latest} can see.")
    assert advice.button == "Set K to 23"


@pytest.mark.parametrize("fixed", [36, 0])
def test_a_vin_with_its_own_k_gets_no_advice(panel, session, qtbot, fixed):
    session.choose_model("vin-28x28")
    session.settings.set(ITERATIONS, fixed)
    session.planner.updated.emit(run_of(latest=36, converged=False, model="vin-28x28", channels=1))
    qtbot.waitUntil(lambda: panel.state.text() == "K = 36, not converged")
    assert not panel.set_k.isVisible()
    assert panel.remark.text() == "Trained on 28x28 maps; this one is 16x20"


def test_a_dynamic_kernel_that_has_converged_gets_no_advice(panel, session, qtbot):
    session.settings.set(ITERATIONS, 90)
    session.planner.updated.emit(run_of(latest=90))
    qtbot.waitUntil(lambda: panel.state.text() == "K = 90, converged")
    assert not panel.set_k.isVisible()


@pytest.mark.parametrize(("channels", "raises"), [(8, True), (1, False)])
def test_a_file_without_a_card_is_judged_by_its_reward(channels, raises):
    run = run_of(latest=6, converged=False, model="mine", channels=channels)
    advice = advise(run, None, fixed=6)
    assert ("Raise K" in advice.reason) == raises
    assert advice.button == "Set K to auto"


@pytest.mark.parametrize("iterations", [None, "36", True, 0, -3, 2.5])
def test_a_card_that_names_no_k_is_no_reason_to_set_one(iterations):
    card = replace(CARDS["vin-8x8"], settings={"iterations": iterations})
    assert trained_k(card) is None
    assert "trained with" in auto_k(card)


def test_a_refusal_stands_until_the_next_run(panel, session, qtbot):
    session.planner.refused.emit("Expected a model, received a poem")
    qtbot.waitUntil(lambda: panel.remark.text() == "Expected a model, received a poem")
    colour = panel.remark.palette().windowText().color().name()
    assert colour == session.theme.look.warning
    session.planner.updated.emit(run_of())
    qtbot.waitUntil(lambda: panel.remark.text() == "")


def test_nothing_moves_while_there_is_more_or_less_to_say(panel, session, qtbot):
    def places():
        panel.grab()
        return [widget.geometry().getRect() for widget in (panel.box, panel.iterations, panel.auto)]

    before, height = places(), panel.sizeHint().height()
    for model in ("dynamic-8-one-free", "vin-28x28", "dynamic-4"):
        session.choose_model(model)
        assert (places(), panel.sizeHint().height()) == (before, height)
    session.settings.set(ITERATIONS, 6)
    session.planner.updated.emit(run_of(latest=6, converged=False, model="dynamic-4"))
    qtbot.waitUntil(panel.set_k.isVisible)
    assert (places(), panel.sizeHint().height()) == (before, height)


def test_the_card_opens_beside_the_window(panel, session, qtbot):
    qtbot.mouseClick(panel.card_button, Qt.MouseButton.LeftButton)
    first = panel.findChild(CardDialog)
    assert first.isVisible()
    assert not first.isModal()
    session.choose_model("vin-16x16")
    with qtbot.waitSignal(first.destroyed):
        second = panel.show_card()
    assert "vin-16x16" in second.windowTitle()
    session.choose_model("vin-8x8")
    third = panel.show_card()
    label = third.findChild(QLabel, "card-snapshots")
    assert label.text() == "After epochs 0, 1, 2, 4, 8, 16, 32 and 60"
    third.close()


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_every_shipped_card_is_shown(qtbot, card):
    dialog = CardDialog(card)
    qtbot.addWidget(dialog)
    dialog.resize(dialog.sizeHint())
    dialog.show()
    texts = {label.objectName(): label.text() for label in dialog.findChildren(QLabel)}
    assert texts["card-name"] == card.name
    assert texts["card-moves"] == card.rule.title
    assert texts["card-command"].replace("\\\n    ", "") == card.command
    assert card.sha256.startswith(texts["card-sha256"].rstrip("…"))
    if card.architecture == "dynamic":
        assert texts["card-learned"].startswith("256 of the 256")
    assert dialog.results.rowCount() == len(card.results)
    assert dialog.results.item(0, 0).text() == card.results[0]["maps_of"]
    assert dialog.results.item(0, 3).text().endswith("%")


def test_a_card_with_little_in_it(qtbot):
    bare = replace(
        CARDS["vin-8x8"], settings={}, learned={}, results=(), machine="", command="vingui train x"
    )
    dialog = CardDialog(bare)
    qtbot.addWidget(dialog)
    assert any(label.text() == "Not evaluated." for label in dialog.findChildren(QLabel))
    assert "Trained" not in card_summary(bare)
    assert size_note(bare, GRID) == ""


def test_a_mark_without_its_numbers(qtbot):
    odd = replace(CARDS["vin-8x8"], results=({"maps_of": "mine"},))
    dialog = CardDialog(odd)
    qtbot.addWidget(dialog)
    assert [dialog.results.item(0, column).text() for column in range(6)] == ["mine", *[""] * 5]


def test_what_fits():
    square = GridMap(np.zeros((28, 28), bool))
    assert size_note(CARDS["vin-16x16"], square) == "Trained on 16x16 maps; this one is 28x28"
    assert size_note(CARDS["vin-28x28"], square) == ""
    assert all(size_note(card, square) == "" for card in CARDS.values() if "dynamic" in card.name)


def test_the_card_of_a_file_lies_beside_it(panel, session, tmp_path):
    card = replace(CARDS["vin-16x16"], name="mine", title="Mine")
    Path(tmp_path / "mine.json").write_text(card.encoded())
    Path(tmp_path / "mine.keras").write_bytes(b"")
    session.choose_model(str(tmp_path / "mine.keras"))
    assert "Mine" in panel.box.toolTip()
    assert panel.remark.text() == "Trained on 16x16 maps; this one is 16x20"
