"""The Evaluate panel: what is chosen, shown, sorted, drawn, opened and searched for."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from vingui.core.evaluation_rows import csv_text
from vingui.core.grid import GridMap
from vingui.gui.canvas.thumbnail import framed_thumbnail
from vingui.gui.commands.evaluating import Evaluating
from vingui.gui.commands.filing import Filing
from vingui.gui.commands.training import Training
from vingui.gui.docks import evaluate_form
from vingui.gui.docks.evaluate import EvaluatePanel
from vingui.gui.docks.evaluate_gallery import SIDE
from vingui.gui.docks.evaluate_results import ResultsView
from vingui.gui.docks.evaluate_table import COLUMNS, MAPS, NAME, SUCCESS, TIME
from vingui.gui.evaluation.choices import EvaluationChoices
from vingui.gui.evaluation.client import EvaluationState
from vingui.gui.exporting.controller import Exporting
from vingui.gui.look.plain_text import FileDialog
from vingui.gui.settings import EVALUATE, ITERATIONS, MODEL, RECENT_MODELS

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
State = EvaluationState
GRID = GridMap(np.zeros((8, 8), bool), ((0, 7),), ((7, 0), (7, 7)))
MODELS = ("dynamic-8", "vin-8x8", "vin-28x28")
CHOICES = EvaluationChoices(models=MODELS, maps=("map", "like"), count=10)


@pytest.fixture
def session(session_of):
    made = session_of(GRID)
    made.settings.set(EVALUATE, CHOICES.encoded())
    made.notices = []
    made.message.connect(lambda text, kind, actions, key: made.notices.append((text, actions)))
    return made


@pytest.fixture
def filing(session, qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    return Filing(session, parent)


@pytest.fixture
def make_panel(session, filing, qtbot, evaluator, make_trainer):
    def make(client=evaluator):
        training = Training(session, make_trainer())
        exporting = Exporting(session, lambda: None, filing)
        evaluating = Evaluating(session, client, filing, training, exporting, filing)
        made = EvaluatePanel(evaluating)
        qtbot.addWidget(made)
        made.resize(380, 900)
        made.show()
        qtbot.waitExposed(made)
        made.client = evaluating.client
        return made

    return make


@pytest.fixture
def panel(make_panel):
    return make_panel()


@pytest.fixture
def evaluated(panel):
    click(panel.evaluate, panel)
    return panel


def click(button, panel):
    """Click on a button, and show what has changed."""
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)
    QApplication.processEvents()
    panel.refresh()


def row_of(view, value):
    """Where the item of a value is in a list."""
    (found,) = view.model().match(view.model().index(0, 0), Qt.ItemDataRole.UserRole, value)
    view.scrollTo(found)
    return view.visualRect(found).center()


def table(panel):
    model = panel.results.table.model()
    return [
        [model.index(row, column).data() for column in range(len(COLUMNS))]
        for row in range(model.rowCount())
    ]


# What is chosen.


def test_what_is_remembered_is_shown(panel):
    assert panel.form.choices() == CHOICES
    assert panel.form.isVisible()
    assert panel.findChild(ResultsView) is None
    assert not panel.stop.isEnabled()


def test_the_model_that_plans_is_evaluated_on_maps_like_the_one_in_the_editor_at_first(
    session, make_panel
):
    session.settings.set(EVALUATE, "{}")
    session.settings.set(MODEL, "vin-8x8")
    panel = make_panel()
    choices = panel.form.choices()
    assert (choices.models, choices.maps) == (("vin-8x8",), ("like",))


def test_a_click_anywhere_on_a_row_checks_it(panel, session):
    models = panel.form.models
    QTest.mouseClick(models.viewport(), LEFT, NONE, row_of(models, "dynamic-4"))
    assert set(panel.form.choices().models) == {*MODELS, "dynamic-4"}
    assert "dynamic-4" in EvaluationChoices.of_text(session.settings.get(EVALUATE)).models
    QTest.mouseClick(models.viewport(), LEFT, NONE, row_of(models, "dynamic-4"))
    assert set(panel.form.choices().models) == set(MODELS)


def test_the_lists_are_used_by_keys_alone(panel):
    maps = panel.form.maps
    maps.setFocus()
    QTest.keyClick(maps, Qt.Key.Key_Home)
    QTest.keyClick(maps, Qt.Key.Key_Space)
    assert panel.form.choices().maps == ("like",)
    QTest.keyClick(maps, Qt.Key.Key_Down)
    QTest.keyClick(maps, Qt.Key.Key_Space)
    assert panel.form.choices().maps == ()


def test_a_list_that_is_filled_again_stays_as_it_is(panel, session):
    maps = panel.form.maps
    maps.scrollToBottom()
    last = maps.model().index(maps.model().rowCount() - 1, 0)
    maps.setCurrentIndex(last)
    scrolled = maps.verticalScrollBar().value()
    assert scrolled > 0
    session.document.apply("Draw", GRID.with_starts(((7, 0),)))
    panel.refresh()
    assert maps.model().index(0, 0).data(Qt.ItemDataRole.UserRole + 1) == "8 x 8, 1 start"
    assert maps.verticalScrollBar().value() == scrolled
    assert maps.currentIndex().row() == last.row()
    assert maps.checked() == CHOICES.maps


def test_two_models_of_one_name_cannot_be_told_apart(panel, session):
    files = ("/a/net.keras", "/b/net.keras")
    session.settings.set(RECENT_MODELS, files)
    panel.form.models.check(files)
    panel.form.models.changed.emit()
    assert panel.problem.text() == "Two of the models are called net: choose only one of them."


def test_fields_that_do_not_matter_are_hidden(panel):
    form = panel.form
    assert not form.rows.isVisible()
    assert form.count.isVisible()
    form.maps.check(("map",))
    form.maps.changed.emit()
    assert not form.count.isVisible()
    form.maps.check(("map", "maze"))
    form.maps.changed.emit()
    assert form.rows.isVisible()
    assert form.count.isVisible()


def test_a_file_is_offered_and_checked(panel, tmp_path, session):
    file = tmp_path / "set.npz"
    panel.form.add_file(str(file))
    assert panel.form.choices().maps == ("map", "like", str(file))
    assert panel.problem.text() == f"There is no file {file} any longer: choose other maps."
    assert not panel.evaluate.isEnabled()
    file.touch()
    panel.refresh()
    assert not panel.problem.isVisible()
    assert EvaluationChoices.of_text(session.settings.get(EVALUATE)).files == (str(file),)


def test_a_folder_may_be_added_too(panel, tmp_path):
    for opening, mode in (
        (panel.form.add_folder, FileDialog.FileMode.Directory),
        (panel.form.add_set, FileDialog.FileMode.ExistingFile),
    ):
        click(opening, panel)
        dialog = panel.form.findChildren(FileDialog, "evaluate-file")[-1]
        assert dialog.fileMode() is mode
        dialog.fileSelected.emit(str(tmp_path))
        dialog.close()
    assert panel.form.choices().files == (str(tmp_path),)
    assert not panel.problem.isVisible()


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        (replace(GRID, goals=()), "Your map has no goal: place one (G), or choose other maps."),
        (
            GRID.with_starts(()),
            "Your map has no start: place one (S), or evaluate from every free cell.",
        ),
    ],
)
def test_what_is_missing_on_the_map_is_said(panel, session, grid, words):
    session.document.replace(grid)
    panel.refresh()
    assert panel.problem.text() == words
    assert not panel.evaluate.isEnabled()


def test_nothing_chosen_is_said(panel):
    panel.form.models.check(())
    panel.form.models.changed.emit()
    assert panel.problem.text() == "Choose models to evaluate."
    panel.form.models.check(MODELS)
    panel.form.maps.check(())
    panel.form.maps.changed.emit()
    assert panel.problem.text() == "Choose maps to evaluate on."


# What is shown.


def test_an_evaluation_is_shown_as_a_table(evaluated):
    assert not evaluated.form.isVisible()
    assert evaluated.results.isVisible()
    assert evaluated.state.text() == "These are no maps."
    rows = table(evaluated)
    assert [row[NAME] for row in rows] == [*MODELS, "exact", "reactive"] * 2
    assert [row[MAPS] for row in rows] == ["map"] * 5 + ["like"] * 5
    assert [row[SUCCESS] for row in rows[:5]] == ["100.00%", "90.00%", "80.00%"] + ["100.00%"] * 2
    assert rows[0][TIME] == "1.0 ms"
    assert rows[0][SUCCESS + 1] == "72.2 – 100.0 %"


def test_a_click_on_a_heading_sorts(evaluated):
    table_view = evaluated.results.table
    header = table_view.horizontalHeader()
    place = header.sectionViewportPosition(SUCCESS) + 20
    QTest.mouseClick(header.viewport(), LEFT, NONE, QPoint(place, header.height() // 2))
    shares = [row[SUCCESS] for row in table(evaluated)]
    assert shares == sorted(shares, key=lambda text: float(text[:-1]))
    assert shares[0] == "80.00%"


def test_the_charts_are_of_one_set_and_a_row_comes_to_the_front(evaluated):
    results = evaluated.results
    curves = results.lengths.curves
    assert [curve.name for curve in curves] == [
        f"{name} on like" for name in (*MODELS, "exact", "reactive")
    ]
    assert [curve.number for curve in curves] == [0, 1, 2, -1, -1]
    assert not any(curve.chosen for curve in curves)
    results.table.selectRow(1)
    curves = results.lengths.curves
    assert [curve.name for curve in curves if curve.chosen] == ["vin-8x8 on map"]
    assert [point[0] for point in curves[0].points] == [0, 20]
    assert curves[1].points[0][1:] == pytest.approx(
        (0.9, *evaluated.client.rows[1]["success_interval"])
    )
    results.tabs.setCurrentWidget(results.iterations)
    assert [point[0] for point in results.iterations.curves[0].points] == [1, 2, 4, 8]
    assert results.caption.text() == "Success with 95 % intervals, map"


def test_a_second_click_on_a_row_shows_all_failures_again(evaluated):
    view, gallery = evaluated.results.table, evaluated.results.gallery
    place = view.visualRect(view.model().index(2, SUCCESS)).center()
    QTest.mouseClick(view.viewport(), LEFT, NONE, place)
    assert gallery.failures.rowCount() == 2
    QTest.mouseClick(view.viewport(), LEFT, NONE, place)
    assert view.chosen() is None
    assert gallery.failures.rowCount() == 6


def test_maps_of_several_sizes_have_a_chart_by_size(evaluated):
    results = evaluated.results
    place = results.tabs.indexOf(results.sides)
    assert not results.tabs.isTabVisible(place)
    rows = evaluated.client.rows
    evaluated.client.rows = [
        {**row, "by_side": [*row["by_side"], {**row["by_side"][0], "from": 33, "to": 65}]}
        for row in rows
    ]
    results.refresh()
    assert results.tabs.isTabVisible(place)
    results.tabs.setCurrentIndex(place)
    assert [point[0] for point in results.sides.curves[0].points] == [9, 33]


def test_the_charts_are_described_for_screen_readers(evaluated):
    spoken = evaluated.results.lengths.accessibleDescription()
    assert spoken.startswith("dynamic-8 on like: 0: 100.00%, 20: 100.00%; vin-8x8 on like: 0: 90")


def test_it_follows_the_theme(evaluated, session):
    background = evaluated.results.lengths.backgroundBrush().color().name()
    session.theme.choose("dark")
    assert evaluated.results.lengths.backgroundBrush().color().name() != background


def test_progress_is_shown_and_what_is_done_is_kept(make_panel, make_evaluator, qtbot):
    choices = EvaluationChoices(models=("slow", "vin-8x8"), maps=("map",))
    panel = make_panel(make_evaluator())
    panel._evaluating.evaluate(choices)
    qtbot.waitUntil(lambda: bool(panel.client.rows), timeout=20_000)
    panel.refresh()
    assert panel.progress.isVisible()
    assert panel.state.text().startswith(f"{panel.client.done} map")
    assert "left: map" in panel.state.text()
    assert not panel.evaluate.isEnabled()
    assert not panel.search.isEnabled()
    QTest.mouseClick(panel.stop, LEFT)
    assert panel.client.state is State.STOPPING
    qtbot.waitUntil(lambda: panel.client.state is State.EVALUATED, timeout=20_000)
    panel.refresh()
    assert panel.state.text().startswith("Stopped after ")
    assert not panel.progress.isVisible()
    assert panel.evaluate.isEnabled()
    assert table(panel)[1][SUCCESS] != "100.00%"


def test_a_failure_is_a_sentence_in_the_panel(panel):
    panel._evaluating.evaluate(EvaluationChoices(models=("refused",)))
    QApplication.processEvents()
    panel.refresh()
    assert panel.state.text() == "No map has a start; choose others."
    assert panel.state.property("kind") == "error"
    click(panel.evaluate, panel)
    assert panel.state.property("kind") == ""


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("best", "The evaluation is finished: see the Evaluate panel."),
        ("refused", "No map has a start; choose others."),
    ],
)
def test_while_the_panel_is_hidden_a_message_says_how_it_ended(panel, session, model, words):
    panel.hide()
    panel._evaluating.evaluate(EvaluationChoices(models=(model,)))
    QApplication.processEvents()
    assert [text for text, _ in session.notices] == [words]
    panel.show()
    panel._evaluating.evaluate(EvaluationChoices(models=(model,)))
    QApplication.processEvents()
    assert len(session.notices) == 1


# Failures.


def captions(panel):
    model = panel.results.gallery.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_failures_are_thumbnails_of_all_rows_or_of_one(evaluated, qtbot):
    results = evaluated.results
    results.tabs.setCurrentWidget(results.gallery)
    one, two = "Map 0, loops\n", "Map 1, loops\n"
    of_set = [f"{one}vin-8x8", f"{one}vin-28x28", f"{two}vin-28x28"]
    assert sorted(captions(evaluated)) == sorted(of_set * 2)
    assert results.tabs.tabText(3) == "Failures (6)"
    results.table.selectRow(2)
    assert captions(evaluated) == [f"{one}vin-28x28", f"{two}vin-28x28"]
    view = results.gallery.view
    index = view.model().index(0, 0)
    blank = view.model().data(index, Qt.ItemDataRole.DecorationRole).pixmap(84).toImage()
    qtbot.waitUntil(
        lambda: index.data(Qt.ItemDataRole.DecorationRole).pixmap(84).toImage() != blank
    )
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == (
        "vin-28x28 on map 0 of map: Loops: comes back to row 1, col 1 after 2 steps."
    )


def test_a_thumbnail_shows_the_trajectory(evaluated):
    case = evaluated.client.cases[0]
    look = evaluated.session.theme.look
    plain, drawn = (
        framed_thumbnail(case.grid, look, SIDE, path=path) for path in (None, case.path)
    )
    cell = (SIDE - 2) // 8
    for row, col in case.path[1:]:
        middle = (
            1 + (SIDE - 2 - 8 * cell) // 2 + col * cell + cell // 2,
            (1 + (SIDE - 2 - 8 * cell) // 2 + row * cell + cell // 2),
        )
        assert drawn.pixelColor(*middle).name() == look.starts[0]
        assert plain.pixelColor(*middle).name() != look.starts[0]


def test_without_failures_it_is_said_why(evaluated):
    results = evaluated.results
    results.tabs.setCurrentWidget(results.gallery)
    results.table.selectRow(0)
    assert results.gallery.empty.isVisible()
    assert results.gallery.empty.text() == "No failures: a goal is reached from 10 starts."
    results.table.selectRow(3)
    assert results.gallery.empty.text() == "Failures are collected of models only."


@pytest.mark.parametrize("key", [None, Qt.Key.Key_Return])
def test_a_failure_is_opened_with_its_model_and_its_k(evaluated, session, key):
    session.settings.set(ITERATIONS, 33)
    results = evaluated.results
    results.tabs.setCurrentWidget(results.gallery)
    view = results.gallery.view
    index = view.model().index(0, 0)
    if key is None:
        QTest.mouseClick(view.viewport(), LEFT, NONE, view.visualRect(index).center())
    else:
        view.setFocus()
        view.setCurrentIndex(index)
        QTest.keyClick(view, key)
    assert session.document.grid == GRID.with_starts(((7, 0),))
    assert session.model == "vin-8x8"
    # Each model's own K, as it was evaluated with.
    assert session.settings.get(ITERATIONS) == 0
    assert session.selected_start == 0
    assert not session.document.modified
    assert session.document.title == "Map 0 of map"
    (grid, model, iterations) = session.planner.plans[-1]
    assert (grid, model, iterations) == (session.document.grid, "vin-8x8", None)


def test_a_failure_is_opened_with_the_k_that_was_entered(panel, session):
    panel.form.iterations.setValue(40)
    click(panel.evaluate, panel)
    panel.results.gallery.opened.emit(panel.client.cases[0])
    assert session.settings.get(ITERATIONS) == 40


def test_the_number_of_processes_is_remembered_and_sent(make_panel, session, monkeypatch):
    monkeypatch.setattr(evaluate_form, "cores", lambda: 12)
    panel = make_panel()
    sent = []
    monkeypatch.setattr(panel.client._process, "send", sent.append)
    assert panel.form.processes.text() == "Auto (12)"
    panel.form.processes.setValue(3)
    click(panel.evaluate, panel)
    assert sent[0].processes == 3
    assert EvaluationChoices.of_text(session.settings.get(EVALUATE)).processes == 3


def test_without_dask_a_sentence_says_what_to_install(make_panel, monkeypatch):
    monkeypatch.setattr(evaluate_form, "can_start_workers", lambda: False)
    panel = make_panel()
    assert not panel.form.processes.isEnabled()
    assert panel.form.processes.text() == "Auto (1)"
    remedy = panel.findChild(QWidget, "evaluate-processes-remedy")
    assert remedy.text() == 'Several processes need Dask: pip install "vingui[batches]"'


def test_unsaved_changes_are_asked_about(evaluated, session, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "vingui.gui.commands.filing.ask_unsaved",
        lambda *args, **kwargs: asked.append(args) or 0,
    )
    drawn = GRID.with_starts(((3, 3),))
    session.document.apply("Draw", drawn)
    evaluated.results.gallery.opened.emit(evaluated.client.cases[0])
    assert asked
    assert session.document.grid == drawn


# Files.


def test_results_are_saved_as_the_command_saves_them(evaluated, session, tmp_path, qtbot):
    rows, cases = evaluated.client.rows, evaluated.client.cases
    table, report = tmp_path / "a.csv", tmp_path / "a.JSON"
    for path in (table, report):
        evaluated._evaluating.save(path)
    qtbot.waitUntil(lambda: len(session.notices) == 2)
    assert table.read_text() == csv_text(rows)
    content = json.loads(report.read_text())
    assert content["rows"] == rows
    assert [(case["model"], case["map"]) for case in content["failures"]] == [
        (case.model, case.index) for case in cases
    ]
    sizes = {
        path.name: f"Saved {path.name}, {path.stat().st_size / 1000:.0f} KB."
        for path in (table, report)
    }
    assert {text for text, _ in session.notices} == set(sizes.values())


def test_there_is_nothing_to_save_before_an_evaluation(panel):
    assert not panel.export.isEnabled()


def test_the_suffix_of_a_file_follows_from_its_kind(evaluated, monkeypatch, tmp_path):
    saved = []
    monkeypatch.setattr(evaluated._evaluating, "save", saved.append)
    click(evaluated.export, evaluated)
    dialog = evaluated.findChild(FileDialog, "evaluate-save")
    assert dialog.defaultSuffix() == "png"
    for kind, suffix in (("Table", "csv"), ("JSON", "json"), ("Charts", "png")):
        (used,) = (one for one in dialog.nameFilters() if one.startswith(kind))
        dialog.selectNameFilter(used)
        dialog.filterSelected.emit(used)
        assert dialog.defaultSuffix() == suffix
    dialog.fileSelected.emit(str(tmp_path / "x.svg"))
    assert saved == [tmp_path / "x.svg"]
    dialog.close()


# A search.


def test_a_map_on_which_the_model_fails_is_found_and_opened(panel, session):
    session.settings.set(MODEL, "vin-8x8")
    panel.refresh()
    assert panel.searched.text() == "Find a map on which vin-8x8 fails, among:"
    panel.form.search.show_value("maze")
    click(panel.search, panel)
    assert session.document.grid == GRID.with_starts(((7, 0),))
    assert session.document.title == "Map 4 of like"
    assert session.selected_start == 0
    assert panel.state.text() == "vin-8x8 fails on map 4 of like."


def test_a_map_that_was_found_does_not_interrupt_drawing(panel, session):
    session.document.apply("Draw", GRID.with_starts(((3, 3),)))
    click(panel.search, panel)
    assert session.document.grid.starts == ((3, 3),)
    ((text, actions),) = session.notices
    assert text == "Found a map on which dynamic-8 fails."
    assert [label for label, _ in actions] == ["Open it"]


def test_a_search_without_success_is_said(panel, session):
    session.settings.set(MODEL, "never")
    click(panel.search, panel)
    assert panel.state.text() == "No failure: from every cell of 20 maps the model reaches a goal."


def test_in_a_narrow_panel_nothing_is_cut_off(evaluated):
    evaluated.fold.click()
    evaluated.resize(evaluated.minimumSizeHint().width(), 900)
    QApplication.processEvents()
    assert evaluated.layout().minimumSize().width() <= evaluated.width()
    for widget in evaluated.findChildren(QAbstractButton):
        if widget.isVisible() and widget.text():
            place = widget.mapTo(evaluated, widget.rect().bottomRight())
            assert evaluated.rect().contains(place), widget.objectName()
            assert widget.width() >= widget.minimumSizeHint().width(), widget.objectName()
