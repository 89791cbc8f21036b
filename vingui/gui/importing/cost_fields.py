"""The fields that say how greys become costs."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from vingui.core.formats.cost_levels import MAX_LEVELS
from vingui.core.terrain import MAX_COST, MIN_COST
from vingui.gui.look.fields import edited, labelled, number, whole

Costs = tuple[int, float, float]
"""A number of levels, and the costs of the lightest and the darkest, as `CostLevels` takes them."""

DEFAULT_COSTS: Costs = (10, 1.0, 10.0)


class CostFields(QWidget):
    """Chooses a number of levels, and the costs of the lightest and the darkest.

    Not every choice can be made into levels: several need different costs.

    Args:
        upright: whether the fields are below each other, instead of side by side.
    """

    changed = Signal()
    """The user changed a field."""

    def __init__(self, *, upright: bool = False) -> None:
        super().__init__()
        tip = "How many levels of costs the greys become"
        self._levels = whole("levels", "Levels", tip, low=1, high=MAX_LEVELS)
        self._lightest, self._darkest = (
            number(
                name,
                f"Cost at the {name}",
                f"The cost of a step into the {name} of the cells, per unit of length",
                low=MIN_COST,
                high=MAX_COST,
                decimals=2,
            )
            for name in ("lightest", "darkest")
        )
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        fields = (
            ("Le&vels", self._levels),
            ("Lightest co&sts", self._lightest),
            ("D&arkest costs", self._darkest),
        )
        for place, (text, field) in enumerate(fields):
            line, col = (place, 0) if upright else (0, 2 * place)
            layout.addWidget(labelled(text, field), line, col)
            layout.addWidget(field, line, col + 1)
            edited(field).connect(self.changed)
        self.choose(DEFAULT_COSTS)

    @property
    def chosen(self) -> Costs:
        """The values in the fields."""
        return self._levels.value(), self._lightest.value(), self._darkest.value()

    def choose(self, costs: Costs) -> None:
        """Show other values, without emitting `changed`."""
        with QSignalBlocker(self):
            self._levels.setValue(costs[0])
            self._lightest.setValue(costs[1])
            self._darkest.setValue(costs[2])
