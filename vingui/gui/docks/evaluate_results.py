"""What the Evaluate panel shows of an evaluation: the table, the charts and the failures."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QTabWidget, QWidget

from vingui.core.evaluation_rows import Row, rates
from vingui.core.phrases import counted
from vingui.gui.docks.evaluate_charts import Curve, IterationsChart, RangesChart
from vingui.gui.docks.evaluate_gallery import FailuresGallery
from vingui.gui.docks.evaluate_table import ResultsTable, row_title
from vingui.gui.docks.panel import quiet_label
from vingui.gui.evaluation.client import EvaluationClient
from vingui.gui.look.fields import column, named
from vingui.gui.look.theme import Theme

_HEIGHT: Final = 300
_FAILURES: Final = "Failures"


class ResultsView(QWidget):
    """The table of an evaluation, and below it charts and failures of all rows or of one.

    Args:
        client: the evaluations.
        theme: the colours.
    """

    def __init__(self, client: EvaluationClient, theme: Theme) -> None:
        super().__init__()
        self._client = client
        self.table = ResultsTable(theme)
        self.lengths = RangesChart(
            theme,
            name="evaluate-by-length",
            about="Success by path length",
            title="Length of the best path",
        )
        self.sides = RangesChart(
            theme,
            name="evaluate-by-size",
            about="Success by the size of maps",
            title="Rows or columns, whichever are more",
        )
        self.iterations = IterationsChart(theme)
        self.gallery = FailuresGallery(theme)
        self.caption = named(quiet_label(), "evaluate-caption", "Charts of", "")
        self.caption.setWordWrap(True)
        self.tabs = named(QTabWidget(), "evaluate-tabs", "Charts and failures", "")
        for content, text, about in (
            (self.lengths, "Length", "Success by the length, or the cost, of the best path"),
            (self.sides, "Size", "Success by the size of maps"),
            (self.iterations, "K", "Success by K, the number of iterations"),
            (self.gallery, _FAILURES, "Maps on which a model fails; a click opens one"),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(content, text), about)
        self.tabs.setMinimumHeight(_HEIGHT)
        layout = column(self.table, self.caption, self.tabs, spacing=8)
        layout.setStretchFactor(self.tabs, 1)
        self.setLayout(layout)
        self.table.row_chosen.connect(self._show_parts)
        self.tabs.currentChanged.connect(self._show_parts)

    def refresh(self) -> None:
        """Show the results so far."""
        self.table.show_rows(self._client.rows)
        self._show_parts()

    def _show_parts(self) -> None:
        chosen = self.table.chosen()
        key = (chosen["dataset"], chosen["model"]) if chosen is not None else None
        self.gallery.show_cases(self._client.cases, key, empty=self._no_failures(chosen))
        count = self.gallery.failures.rowCount()
        place = self.tabs.indexOf(self.gallery)
        self.tabs.setTabText(place, f"{_FAILURES} ({count})" if count else _FAILURES)
        self._show_charts(chosen)

    def _show_charts(self, chosen: Row | None) -> None:
        """Show the curves of all models on one set: that of a row, or the newest."""
        model = self.table.results
        if not model.rows:
            return
        dataset = (chosen or model.rows[-1])["dataset"]
        rows = [
            (row, number)
            for row, number in zip(model.rows, model.numbers(), strict=True)
            if row["dataset"] == dataset
        ]
        self.caption.setText(self._caption(chosen, dataset))
        several = len({group["from"] for row, _ in rows for group in row["by_side"]}) > 1
        self.tabs.setTabVisible(self.tabs.indexOf(self.sides), several)
        shown = self.tabs.currentWidget()
        # The others are drawn when their tab is chosen.
        if isinstance(shown, RangesChart):
            key = "by_length" if shown is self.lengths else "by_side"
            shown.show_ranges(
                [_curve(row, number, key, chosen) for row, number in rows],
                _ends([row for row, _ in rows], key),
            )
        elif shown is self.iterations:
            shown.show_curves(_curve(row, number, "by_k", chosen) for row, number in rows)

    def _caption(self, chosen: Row | None, dataset: str) -> str:
        """What the shown tab is about."""
        if self.tabs.currentWidget() is not self.gallery:
            return f"Success with 95 % intervals, {dataset}"
        if chosen is None:
            return "Click on a failure to open it; select a row to see only its failures"
        return f"Failures of {row_title(chosen)}"

    def _no_failures(self, chosen: Row | None) -> str:
        """Why there is nothing in the gallery."""
        client = self._client
        if not client.rows:
            return "Evaluate a model to see the maps on which it fails."
        rows = client.rows if chosen is None else [chosen]
        models = [row for row in rows if not row["reference"]]
        if not models:
            return "Failures are collected of models only."
        starts = sum(row["starts"] for row in models)
        if client.active:
            return f"No failures so far, from {counted(starts, 'start')}."
        return f"No failures: a goal is reached from {counted(starts, 'start')}."


def _curve(row: Row, number: int, key: str, chosen: Row | None) -> Curve:
    points = tuple(
        (float(x), rate.success, rate.low, rate.high) for x, rate in rates(row, key).items()
    )
    return Curve(row_title(row), number, points, row is chosen)


def _ends(rows: Sequence[Row], key: str) -> list[float]:
    """The ends of the ranges of some rows, ascending."""
    found = {end for row in rows for group in row[key] for end in (group["from"], group["to"])}
    return sorted(found - {None})
