"""Trajectories: drawn and animated, told in one line each, in a table that can be clicked."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from vingui.core.diagnosis_text import trajectory_record
from vingui.core.grid import GridMap
from vingui.core.rollout import Outcome
from vingui.gui import settings as entries
from vingui.paths import MAPS

NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
PAPER = "vin-16x16"


def open_sample(user, name, model="dynamic-8"):
    user.session.settings.set(entries.MODEL, model)
    user.window.filing.open_path(MAPS / f"{name}.json")
    user.until(lambda: user.document.path is not None and user.document.path.stem == name)
    user.until(lambda: user.planned() and user.session.run.model == model)
    user.until(lambda: user.session.trajectories)
    return user.wait_for_plan()


def cell_that(run, outcome, *, least=3):
    """A start whose trajectory ends so, after some steps."""
    found = run.rollouts(run.latest)
    for cell in np.argwhere(run.grid.free).tolist():
        start = tuple(cell)
        if list(Outcome)[int(found.outcomes[start])] is outcome:
            (trajectory,) = run.trajectories((start,), run.latest)
            if trajectory.steps >= least or outcome is Outcome.UNREACHABLE:
                return start
    raise AssertionError(f"Expected a cell whose walk ends so, received none: {outcome}")


def only_start(user, cell):
    """Remove all starts and put one on a cell, as a user does."""
    while user.grid.starts:
        user.move(user.grid.starts[0])
        user.key(Qt.Key.Key_S, widget=user.map_view)
    user.move(cell)
    user.key(Qt.Key.Key_S, widget=user.map_view)
    assert user.grid.starts == (cell,)
    user.until(lambda: [one.start for one in user.session.trajectories] == [cell])
    # The line about them follows the views.
    user.until(lambda: not outcome_line(user).startswith("Place a start"))
    return user.session.trajectories[0]


def outcome_line(user):
    return user.find("outcome").text()


def table_texts(user, row):
    """What a row of the table says, once it is about the starts that there are."""
    model = user.window.docks["starts"].widget().widget().model
    place = "{}, {}".format(*user.grid.starts[row])
    user.until(lambda: model.rowCount() == len(user.grid.starts))
    user.until(lambda: model.index(row, 1).data() == place)
    user.until(lambda: model.index(row, 2).data() != "…")
    assert user.find("starts-table").model() is model
    return [model.index(row, column).data() for column in range(model.columnCount())]


def difference(user, view, setting):
    """The pixels that are other ones without what a setting shows, `(height, width)` bool."""
    pictures = []
    for shown in (True, False):
        user.session.settings.set(setting, shown)
        image = user.picture(view)
        image = image.convertToFormat(image.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint32)
        pictures.append(pixels.reshape(image.height(), image.width()).copy())
    user.session.settings.set(setting, True)
    return pictures[0] != pictures[1]


def filled(user, view, cell, pixels):
    """Whether all of a cell's corners are among the pixels: a line touches two at most."""
    centre, side = view.position_of(cell), user.session.camera.scale
    rows, cols = (
        [round(middle + way * 0.35 * side) for way in (-1, 1)]
        for middle in (centre.y(), centre.x())
    )
    return pixels[np.ix_(rows, cols)].all()


def test_reached_in_n_steps_with_its_length_and_whether_that_is_optimal(drive):
    def steps(user):
        run = open_sample(user, "spiral")
        trajectory = only_start(user, (1, 1))
        assert trajectory.outcome is Outcome.REACHED
        length = run.oracle.cost_to_go[1, 1]
        assert outcome_line(user) == (
            f"Reached the goal in {trajectory.steps} steps, {length:.1f} long (optimal)"
        )
        assert table_texts(user, 0)[:5] == [
            "1",
            "1, 1",
            "reached",
            f"{trajectory.steps}",
            f"{length:.1f}",
        ]
        # Each cell of the way is drawn over, in both views.
        for view in (user.map_view, user.value_view):
            drawn = difference(user, view, entries.SHOW_TRAJECTORIES)
            for cell in trajectory.path[1:-1].tolist():
                at = view.position_of(tuple(cell)).toPoint()
                assert drawn[at.y() - 2 : at.y() + 3, at.x() - 2 : at.x() + 3].any(), cell

    assert drive(steps) == 0


def test_a_way_that_is_longer_than_optimal_says_by_how_much(drive):
    def steps(user):
        run = open_sample(user, "obstacle-field", PAPER)
        found = run.rollouts(run.latest)
        reached = np.argwhere(found.outcomes == list(Outcome).index(Outcome.REACHED)).tolist()
        start = max(
            map(tuple, reached),
            key=lambda cell: found.costs[cell] - run.oracle.cost_to_go[cell],
        )
        trajectory = only_start(user, start)
        assert not trajectory.optimal
        assert f"longer than optimal {run.oracle.cost_to_go[start]:.1f}" in outcome_line(user)
        assert trajectory.length > run.oracle.cost_to_go[start]

    assert drive(steps) == 0


def test_loops_are_named_and_their_cells_marked(drive):
    def steps(user):
        run = open_sample(user, "rooms", PAPER)
        trajectory = only_start(user, cell_that(run, Outcome.LOOP))
        end = trajectory.path[-1].tolist()
        outcome = f"Loops: comes back to row {end[0]}, col {end[1]} after {trajectory.steps} steps"
        assert outcome_line(user).startswith(f"{outcome}. First wrong step at ")
        assert table_texts(user, 0)[2] == "loops"
        path = [tuple(cell) for cell in trajectory.path.tolist()]
        loop = set(path[path.index(path[-1]) : -1])
        on_the_way = set(path) - loop - {path[0]}
        for view in (user.map_view, user.value_view):
            drawn = difference(user, view, entries.SHOW_TRAJECTORIES)
            assert all(filled(user, view, cell, drawn) for cell in loop)
            assert not any(filled(user, view, cell, drawn) for cell in on_the_way)

    assert drive(steps) == 0


def test_into_a_wall_says_where(drive):
    def steps(user):
        run = open_sample(user, "rooms", PAPER)
        trajectory = only_start(user, cell_that(run, Outcome.WALL))
        row, col = trajectory.path[-1].tolist()
        outcome = f"Runs into a wall at row {row}, col {col} after {trajectory.steps} steps"
        assert outcome_line(user).startswith(outcome)
        # The line says the same as the command line, once the probabilities are known.
        user.until(lambda: "probability" in outcome_line(user))
        record = trajectory_record(trajectory, run, run.latest, user.session.card.settings)
        assert outcome_line(user) == f"{outcome}. {record['why']}"
        assert "unlike-training" in record["diagnosis"]["reasons"]
        assert table_texts(user, 0)[2] == "wall"

    assert drive(steps) == 0


def test_unreachable_is_reported_after_the_exact_solution(drive):
    def steps(user):
        run = open_sample(user, "locked-keep", PAPER)
        trajectory = only_start(user, cell_that(run, Outcome.UNREACHABLE))
        row, col = trajectory.start
        said = f"Unreachable: no path leads from row {row}, col {col} to the goal"
        assert outcome_line(user) == said
        assert table_texts(user, 0)[2:] == ["no path", "–", "–", "–", "–", "–"]
        # Also where the network thinks nothing yet.
        user.session.playback.seek(1)
        user.until(lambda: outcome_line(user) == said)

    assert drive(steps) == 0


def test_too_small_a_k_is_named_as_the_cause(drive):
    def steps(user):
        open_sample(user, "spiral")
        user.click_on("model-auto")
        spin = user.find("model-iterations")
        spin.selectAll()
        for key in (Qt.Key.Key_9, Qt.Key.Key_Return):
            user.key(key, widget=spin)
        user.until(lambda: user.planned() and user.session.run.latest == 9)
        trajectory = only_start(user, (1, 1))
        assert trajectory.outcome is Outcome.OUT_OF_STEPS
        assert outcome_line(user) == (
            "Stopped at row 1, col 1: after K = 9 iterations the values have not reached this "
            "cell yet; raise K. V_9 knows no paths of more than 10 moves, and the best from there "
            "has more; more iterations can find it."
        )
        assert table_texts(user, 0)[2] == "stopped"
        assert user.find("model-state").text() == "Not converged"
        assert "Raise K" in user.find("model-remark").text()
        # The remedy is beside it.
        assert user.find("model-set-k").text() == "Set K to auto"
        user.click_on("model-set-k")
        user.until(lambda: user.planned() and user.session.run.converged)
        user.until(lambda: outcome_line(user).startswith("Reached the goal"))

    assert drive(steps) == 0


def test_the_table_of_starts_has_all_of_them_and_is_clicked(drive):
    def steps(user):
        run = open_sample(user, "locked-keep", PAPER)
        table, starts = user.find("starts-table"), user.grid.starts
        assert len(starts) == 3
        user.until(lambda: table.model().rowCount() == 3)
        for row, trajectory in enumerate(user.session.trajectories):
            texts = table_texts(user, row)
            assert texts[:2] == [str(row + 1), f"{starts[row][0]}, {starts[row][1]}"]
            if trajectory.outcome is not Outcome.UNREACHABLE:
                assert texts[3] == str(trajectory.steps)
                assert texts[6] == f"{run.oracle.cost_to_go[starts[row]]:.1f}"
        for row in (2, 0):
            place = table.visualRect(table.model().index(row, 1)).center()
            before = user.picture(user.map_view)
            QTest.mouseClick(table.viewport(), LEFT, NONE, place)
            assert user.session.selected_start == row
            assert outcome_line(user).startswith(f"Start {row + 1} ")
            # Selected, it is seen in the map.
            assert user.picture(user.map_view) != before
        # A click on a start in the map selects its row.
        user.click(starts[1])
        assert [one.row() for one in table.selectionModel().selectedRows()] == [1]
        user.key(Qt.Key.Key_Delete, widget=table)
        assert user.grid.starts == (starts[0], starts[2])
        user.until(lambda: table.model().rowCount() == 2)
        user.trigger("undo")
        assert user.grid.starts == starts

    assert drive(steps) == 0


def test_all_starts_at_once_come_to_one_line(drive):
    def steps(user):
        open_sample(user, "rooms")
        count = len(user.grid.starts)
        assert outcome_line(user) == f"All {count} starts reach the goal by a shortest path"
        user.session.settings.set(entries.MODEL, PAPER)
        user.until(lambda: user.planned() and user.session.run.model == PAPER)
        user.until(lambda: f"of {count} starts reach" in outcome_line(user))

    assert drive(steps) == 0


def test_a_start_on_an_island_and_a_start_at_the_goals_side(drive):
    def steps(user):
        walls = np.zeros((9, 9), bool)
        walls[1:4, 1:4] = True
        walls[2, 2] = False
        user.document.replace(GridMap(walls, ((7, 7),), ((2, 2), (7, 6))))
        user.wait_for_plan()
        user.until(lambda: len(user.session.trajectories) == 2)
        island, beside = user.session.trajectories
        assert island.outcome is Outcome.UNREACHABLE
        assert (beside.outcome, beside.steps) == (Outcome.REACHED, 1)
        assert "1 of 2 starts reaches the goal" in outcome_line(user)
        assert "start 1 is unreachable" in outcome_line(user)

    assert drive(steps) == 0


def test_a_dot_walks_each_trajectory_on_play(drive):
    def steps(user):
        open_sample(user, "first-steps")
        paths = [one.path.tolist() for one in user.session.trajectories]
        playback, walked = user.session.playback, []
        user.listen(playback.walked, walked.append)
        before = user.picture(user.map_view)
        user.key(Qt.Key.Key_W, widget=user.map_view)
        user.until(lambda: walked and walked[-1] >= 2.5)
        assert user.picture(user.map_view) != before
        playback.pause()
        # Each dot is where its trajectory is after so many steps.
        changed = difference_of(before, user.picture(user.map_view))
        for path in paths:
            step = min(int(walked[-1]), len(path) - 1)
            here, ahead = (
                user.map_view.position_of(tuple(path[min(place, len(path) - 1)]))
                for place in (step, step + 1)
            )
            at = (here + (ahead - here) * (walked[-1] % 1)).toPoint()
            assert changed[at.y() - 3 : at.y() + 4, at.x() - 3 : at.x() + 4].mean() > 0.3
        playback.end()
        assert user.picture(user.map_view) == before

    assert drive(steps) == 0


def difference_of(one, other):
    pixels = []
    for image in (one, other):
        words = image.convertToFormat(image.Format.Format_RGB32)
        flat = np.frombuffer(words.constBits(), np.uint32)
        pixels.append(flat.reshape(image.height(), image.width()).copy())
    return pixels[0] != pixels[1]
