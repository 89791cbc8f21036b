"""Charts of an evaluation."""

import pytest

from vingui.core.errors import VinguiError
from vingui.core.evaluation_rows import wilson_interval
from vingui.figure import SUFFIXES, FigureOptions
from vingui.figure.evaluation import MOST_SETS, draw_evaluation, save_evaluation


def row(
    model, dataset="one", *, iterations=36, lengths=((0, 8, 6), (10, 4, 1)), ks=((1, 2), (36, 7))
):
    return {
        "dataset": dataset,
        "model": model,
        "moves": "8",
        "iterations": iterations,
        "reference": iterations is None,
        "maps": 12,
        "starts": 12,
        "success": 0.5,
        "by_length": [
            {"from": low, "to": 10 if low == 0 else None, "starts": n, "success": s, "optimal": 0}
            for low, n, s in lengths
        ],
        "by_k": [{"k": k, "starts": 12, "success": s, "optimal": 0} for k, s in ks],
    }


ROWS = [row("vin"), row("other", iterations="auto"), row("exact", iterations=None, ks=())]


def test_curves_are_the_rates_and_references_are_lines(tmp_path):
    lengths, ks = draw_evaluation(ROWS, FigureOptions()).axes
    curve, *_ = lengths.get_lines()
    assert curve.get_ydata().tolist() == [75, 25]
    assert [text.get_text() for text in lengths.get_xticklabels()] == ["0–10", "10+"]
    interval, *_ = lengths.collections
    ends = [segment[:, 1].tolist() for segment in interval.get_segments()]
    expected = [[100 * end for end in wilson_interval(*pair)] for pair in ((6, 8), (1, 4))]
    assert ends == [pytest.approx(pair) for pair in expected]
    # The models have intervals, the reference has none.
    assert len(lengths.collections) == 2
    first, _, exact = ks.get_lines()
    assert [first.get_xdata().tolist(), first.get_ydata().tolist()] == [
        [1, 36],
        [pytest.approx(100 * 2 / 12), pytest.approx(100 * 7 / 12)],
    ]
    assert set(exact.get_ydata()) == {50}


def test_each_set_has_a_row_of_charts_and_each_model_one_entry_of_the_legend():
    figure = draw_evaluation([*ROWS, row("vin", "two")], FigureOptions(title="Compared"))
    assert [axes.get_title("left") for axes in figure.axes] == [
        "one, 12 maps",
        "",
        "two, 12 maps",
        "",
    ]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "vin, K 36",
        "other, K auto",
        "exact",
    ]
    assert figure.get_suptitle() == "Compared"


@pytest.mark.parametrize(
    ("suffix", "background"),
    list(zip(SUFFIXES, ("white", "transparent", "dark", "white"), strict=True)),
)
def test_a_figure_is_written(tmp_path, suffix, background):
    path = tmp_path / f"chart{suffix}"
    save_evaluation(ROWS, path, FigureOptions(background=background, dpi=72))
    assert path.stat().st_size > 1000


def test_the_same_rows_make_the_same_file(tmp_path):
    one, two = (tmp_path / f"{name}.svg" for name in ("one", "two"))
    for path in (one, two):
        save_evaluation(ROWS, path, FigureOptions())
    assert one.read_bytes() == two.read_bytes()


def test_a_model_without_starts_of_a_length_has_a_gap_and_empty_rows_draw():
    gap = row("vin", lengths=((10, 4, 2),), ks=())
    lengths, _ = draw_evaluation([gap, row("other")], FigureOptions()).axes
    assert lengths.get_lines()[0].get_ydata().tolist() == [50]
    assert lengths.get_lines()[1].get_ydata().tolist() == [75, 25]


@pytest.mark.parametrize("count", [0, MOST_SETS + 1])
def test_a_figure_has_room_for_some_sets(count):
    with pytest.raises(VinguiError, match="1 to 12 sets"):
        draw_evaluation([row("vin", str(number)) for number in range(count)], FigureOptions())


def test_other_files_are_no_figures(tmp_path):
    with pytest.raises(VinguiError, match=r"must end in \.png"):
        save_evaluation(ROWS, tmp_path / "chart.txt", FigureOptions())
