"""The options of a figure, as fields in groups."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vingui.core.value_colours import COLOUR_MAPS, colour_map_named
from vingui.gui.canvas.value_panel import map_icon
from vingui.gui.exporting.dialog.panels_field import PanelsField
from vingui.gui.look.fields import add_row, check, choice, group, line, number, whole

if TYPE_CHECKING:
    from vingui.core.run import Run
    from vingui.figure.options import FigureOptions

_WIDTHS: Final = (
    (0.0, "Natural"),
    (84.0, "Single column, 84 mm"),
    (174.0, "Double column, 174 mm"),
    (-1.0, "Own width"),
)
_OWN: Final = -1.0
_SCALES: Final = (
    ("run", "One scale for all k"),
    ("frame", "Fitted to each"),
    ("symmetric", "Symmetric about 0"),
    ("fixed", "Fixed"),
)
_AUTO: Final = ((None, "Where there is room"), (True, "Always"), (False, "Never"))
_CAPTIONS: Final = (("auto", "In vingui's words"), ("none", "None"), ("own", "Own words"))
_BACKGROUNDS: Final = (("white", "White"), ("transparent", "Transparent"), ("dark", "Dark"))
_SWITCHES: Final = (
    ("trajectories", "&Trajectories", "The greedy trajectories from the starts"),
    ("contours", "Co&ntours", "Lines of equal value"),
    ("grid", "&Grid", "Lines between cells, where these are large enough"),
    ("ticks", "Tic&ks", "Numbers of rows and columns"),
    ("key", "Ke&y", "What the marks mean"),
)
_ICON: Final = QSize(48, 12)


class FigureForm(QWidget):
    """All that can be chosen about a figure.

    Args:
        run: the run that is shown.
        open_k: what is said of panels without a k.
    """

    changed = Signal()

    def __init__(self, run: "Run | None", *, open_k: str) -> None:
        super().__init__()
        self._panels = PanelsField(run, open_k=open_k)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._panels)
        for box in (self._size(), self._colours(), self._marks(), self._text(), self._page()):
            layout.addWidget(box)
        self._panels.changed.connect(self.changed)
        for field in self.findChildren(QWidget):
            if not self._panels.isAncestorOf(field):
                self._listen(field)

    def show_run(self, run: "Run | None", *, open_k: str) -> None:
        """Offer the iterations that a run has by now."""
        self._panels.show_run(run, open_k=open_k)

    def options(self) -> "FigureOptions":
        """What the fields say.

        Raises:
            VinguiError: they contradict each other.
        """
        from vingui.figure.options import FigureOptions

        fixed = self._scale.value() == "fixed"
        caption = {"auto": None, "none": "", "own": self._caption.text()}
        return FigureOptions(
            panels=self._panels.panels,
            columns=self._panels.columns,
            width=self._millimetres.value() if self._width.value() else None,
            dpi=self._dpi.value(),
            colour_map=str(self._map.value()),
            scale=str(self._scale.value()),
            low=self._low.value() if fixed else None,
            high=self._high.value() if fixed else None,
            bar=self._bar.isChecked(),
            bar_label=self._bar_label.text(),
            arrows=_switch(self._arrows.value()),
            numbers=_switch(self._numbers.value()),
            title=self._title.text(),
            caption=caption[str(self._captioned.value())],
            background=str(self._background.value()),
            margin=self._margin.value(),
            font_size=self._font.value(),
            **{name: box.isChecked() for name, box in self._switches.items()},
        )

    def show_options(self, options: "FigureOptions") -> None:
        """Show other options without telling."""
        blocked = [QSignalBlocker(field) for field in self.findChildren(QWidget)]
        self._panels.show_panels(options.panels, options.columns)
        self._width.show_value(_width_row(options.width))
        self._millimetres.setValue(options.width or 174)
        self._dpi.setValue(options.dpi)
        self._map.show_value(options.colour_map)
        self._scale.show_value(options.scale)
        if options.low is not None and options.high is not None:
            self._low.setValue(options.low)
            self._high.setValue(options.high)
        self._bar.setChecked(options.bar)
        self._bar_label.setText(options.bar_label)
        self._arrows.show_value(options.arrows)
        self._numbers.show_value(options.numbers)
        self._title.setText(options.title)
        said = "auto" if options.caption is None else "own" if options.caption else "none"
        self._captioned.show_value(said)
        self._caption.setText(options.caption or "")
        self._background.show_value(options.background)
        self._margin.setValue(options.margin)
        self._font.setValue(options.font_size)
        for name, box in self._switches.items():
            box.setChecked(getattr(options, name))
        del blocked
        self._enable()

    # The groups.

    def _size(self) -> QGroupBox:
        from vingui.figure.options import DPI, WIDTHS

        box, form = group("&Size")
        self._width = choice("width-preset", "Width", "The width of the page", _WIDTHS)
        tip = "The width of the page in millimetres"
        self._millimetres = number(
            "width", "Width in millimetres", tip, low=WIDTHS[0], high=WIDTHS[1], suffix=" mm"
        )
        tip = "Pixels an inch; in SVG and PDF only of what is a picture in them"
        self._dpi = whole("dpi", "Resolution", tip, low=DPI[0], high=DPI[1])
        self._dpi.setSuffix(" dpi")
        self._dpi.setSingleStep(50)
        add_row(form, "Width", self._width)
        add_row(form, "", self._millimetres)
        add_row(form, "R&esolution", self._dpi)
        return box

    def _colours(self) -> QGroupBox:
        box, form = group("Co&lours")
        maps = [(row.id, row.title) for row in COLOUR_MAPS if row.kind == "sequential"]
        self._map = choice("export-colour-map", "Colours", "The colours of values", maps)
        self._map.setIconSize(_ICON)
        for place, (id_, _) in enumerate(maps):
            picture = map_icon(colour_map_named(id_), _ICON, self.devicePixelRatioF())
            self._map.setItemIcon(place, picture)
        self._scale = choice("limits", "Limits", "What the colours span", _SCALES)
        far = 1e6
        self._low = number("low", "Lowest", "The value of the lowest colour", low=-far, high=far)
        self._high = number("high", "Highest", "That of the highest", low=-far, high=far)
        self._low.setValue(-10)
        self._limits = QWidget()
        limits = QHBoxLayout(self._limits)
        limits.setContentsMargins(0, 0, 0, 0)
        limits.addWidget(self._low, 1)
        limits.addWidget(self._high, 1)
        self._bar = check("bar", "Colour &bar", "A colour bar beside each layer")
        hint = "The layer's own label"
        self._bar_label = line("bar-label", "Bar's label", "Beside the bar", hint=hint, most=200)
        add_row(form, "Colours", self._map)
        add_row(form, "Limits", self._scale)
        add_row(form, "", self._limits)
        add_row(form, "", self._bar)
        add_row(form, "Label", self._bar_label)
        return box

    def _marks(self) -> QGroupBox:
        box, form = group("&Drawn over it")
        self._arrows = choice("export-arrows", "Arrows", "The policy's arrows", _AUTO)
        self._numbers = choice("export-numbers", "Numbers", "Values as numbers", _AUTO)
        add_row(form, "Arrows", self._arrows)
        add_row(form, "Numbers", self._numbers)
        switches = QGridLayout()
        switches.setVerticalSpacing(8)
        self._switches: dict[str, QCheckBox] = {}
        for place, (name, text, tip) in enumerate(_SWITCHES):
            self._switches[name] = check(f"export-{name}", text, tip)
            switches.addWidget(self._switches[name], place // 2, place % 2)
        form.addRow(switches)
        return box

    def _text(self) -> QGroupBox:
        from vingui.figure.options import FONT_SIZES

        box, form = group("&Words")
        self._title = line("title", "Title", "Above the panels", hint="None")
        self._captioned = choice("caption-kind", "Caption", "Below the panels", _CAPTIONS)
        tip = "Own words below the panels"
        self._caption = line("caption", "Caption's words", tip, most=10_000)
        low, high = FONT_SIZES
        tip = "The size of the caption; other words are in proportion"
        self._font = number("font-size", "Font size", tip, low=low, high=high, suffix=" pt")
        add_row(form, "T&itle", self._title)
        add_row(form, "Caption", self._captioned)
        add_row(form, "", self._caption)
        add_row(form, "Font si&ze", self._font)
        return box

    def _page(self) -> QGroupBox:
        from vingui.figure.options import MARGINS

        box, form = group("P&age")
        self._background = choice("background", "Background", "Behind everything", _BACKGROUNDS)
        low, high = MARGINS
        self._margin = number("margin", "Margin", "Around it all", low=low, high=high, suffix=" mm")
        add_row(form, "Background", self._background)
        add_row(form, "Margin", self._margin)
        return box

    def _listen(self, field: QWidget) -> None:
        match field:
            case QComboBox():
                field.activated.connect(self._on_changed)
            case QCheckBox():
                field.toggled.connect(self._on_changed)
            case QSpinBox() | QDoubleSpinBox():
                field.valueChanged.connect(self._on_changed)
            case QLineEdit() if field.objectName() in ("bar-label", "title", "caption"):
                field.textChanged.connect(self._on_changed)

    def _on_changed(self) -> None:
        preset = self._width.value()
        if self.sender() is self._width and preset not in (0.0, _OWN):
            with QSignalBlocker(self._millimetres):
                self._millimetres.setValue(float(str(preset)))
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        """Show the fields that say something beside the others."""
        _show_row(self._millimetres, shown=self._width.value() == _OWN)
        _show_row(self._limits, shown=self._scale.value() == "fixed")
        _show_row(self._bar_label, shown=self._bar.isChecked())
        _show_row(self._caption, shown=self._captioned.value() == "own")


def _show_row(field: QWidget, *, shown: bool) -> None:
    box = field.parentWidget()
    form = box.layout() if box is not None else None
    if isinstance(form, QFormLayout):
        form.setRowVisible(field, shown)


def _switch(value: object) -> bool | None:
    return None if value is None else bool(value)


def _width_row(width: float | None) -> float:
    known = {row for row, _ in _WIDTHS}
    return 0.0 if width is None else width if width in known else _OWN
