"""The options of a figure, as fields in groups."""

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFormLayout, QGridLayout, QVBoxLayout, QWidget

from vingui.core.value_colours import SEQUENTIAL
from vingui.gui.canvas.value_panel import colour_map_icon
from vingui.gui.exporting.dialog.panels_field import PanelsField
from vingui.gui.look.fields import (
    Choice,
    add_row,
    check,
    choice,
    edited,
    group,
    line,
    number,
    row,
    show_value,
    value_of,
    whole,
)

if TYPE_CHECKING:
    from vingui.core.run import Run
    from vingui.figure.options import FigureOptions

_WIDTHS: Final = (
    (0.0, "Natural"),
    (84.0, "Single column, 84 mm"),
    (174.0, "Double column, 174 mm"),
    (-1.0, "Custom width"),
)
_CUSTOM: Final = -1.0
_SCALES: Final = (
    ("run", "One scale for all k"),
    ("frame", "Fitted to each k"),
    ("symmetric", "Symmetric about 0"),
    ("fixed", "Fixed"),
)
_AUTO: Final = ((None, "Where there is room"), (True, "Always"), (False, "Never"))
_CAPTIONS: Final = (("auto", "Automatic"), ("none", "None"), ("custom", "Custom text"))
_BACKGROUNDS: Final = (("white", "White"), ("transparent", "Transparent"), ("dark", "Dark"))
_SWITCHES: Final = (
    ("trajectories", "&Trajectories", "The greedy trajectories from the starts"),
    ("diagnosis", "&Why it fails", "The first wrong step of each trajectory, and why it was made"),
    ("contours", "Co&ntours", "Lines of equal value"),
    ("grid", "&Grid", "Lines between cells, where these are large enough"),
    ("ticks", "Tic&ks", "The numbers of rows and columns"),
    ("key", "Ke&y", "A legend of the marks"),
)
_FAR: Final = 1e6
_ICON: Final = QSize(48, 12)


class FigureForm(QWidget):
    """All options of a figure.

    Args:
        run: the run that is shown.
    """

    changed = Signal()

    def __init__(self, run: "Run | None") -> None:
        super().__init__()
        from vingui.figure.options import WIDTHS

        self._panels = PanelsField(run)
        self._fields = _option_fields()
        self._width = choice("width-preset", "Width", "The width of the page", _WIDTHS)
        low, high = WIDTHS
        self._millimetres = number(
            "width",
            "Width in millimetres",
            "The width of the page in millimetres",
            low=low,
            high=high,
            suffix=" mm",
        )
        self._low = number("low", "Lowest", "The value of the lowest colour", low=-_FAR, high=_FAR)
        self._low.setValue(-10)
        tip = "The value of the highest colour"
        self._high = number("high", "Highest", tip, low=-_FAR, high=_FAR)
        self._caption_kind = choice("caption-kind", "Caption", "Below the panels", _CAPTIONS)
        tip = "The text below the panels"
        self._caption = line("caption", "Text of the caption", tip, most=10_000)
        self._limits = QWidget()
        self._limits.setLayout(row(self._low, self._high))
        self._lay_out()
        self._panels.changed.connect(self.changed)
        self._width.activated.connect(self._on_width_chosen)
        for field in (
            *self._fields.values(),
            self._width,
            self._millimetres,
            self._low,
            self._high,
            self._caption_kind,
            self._caption,
        ):
            edited(field).connect(self._on_edited)

    def show_run(self, run: "Run | None", *, open_k: str) -> None:
        """Offer the iterations of a run so far; `open_k` is the text for no fixed iteration."""
        self._panels.show_run(run, open_k=open_k)

    def options(self) -> "FigureOptions":
        """Return the options in the fields.

        Raises:
            VinguiError: they contradict each other.
        """
        from vingui.figure.options import FigureOptions

        values: dict[str, Any] = {name: value_of(field) for name, field in self._fields.items()}
        fixed = values["scale"] == "fixed"
        caption = {"auto": None, "none": "", "custom": self._caption.text()}
        return FigureOptions(
            panels=self._panels.panels,
            columns=self._panels.columns,
            width=self._millimetres.value() if self._width.value() else None,
            low=self._low.value() if fixed else None,
            high=self._high.value() if fixed else None,
            caption=caption[str(self._caption_kind.value())],
            **values,
        )

    def show_options(self, options: "FigureOptions") -> None:
        """Show other options without emitting a signal."""
        for name, field in self._fields.items():
            show_value(field, getattr(options, name))
        self._panels.show_panels(options.panels, options.columns)
        known = options.width in [width for width, _ in _WIDTHS]
        self._width.show_value((options.width if known else _CUSTOM) if options.width else 0.0)
        show_value(self._millimetres, options.width or 174)
        if options.low is not None and options.high is not None:
            show_value(self._low, options.low)
            show_value(self._high, options.high)
        kind = "auto" if options.caption is None else "custom" if options.caption else "none"
        self._caption_kind.show_value(kind)
        show_value(self._caption, options.caption or "")
        self._show_rows_in_use()

    def _lay_out(self) -> None:
        self._groups = QVBoxLayout(self)
        self._groups.setContentsMargins(0, 0, 0, 0)
        self._groups.setSpacing(8)
        self._groups.addWidget(self._panels)
        fields = self._fields
        switches = QGridLayout()
        switches.setVerticalSpacing(8)
        for index, (name, _, _) in enumerate(_SWITCHES):
            switches.addWidget(fields[name], index // 2, index % 2)
        self._size = self._add_group(
            "&Size",
            ("Width", self._width),
            ("", self._millimetres),
            ("R&esolution", fields["dpi"]),
        )
        self._colours = self._add_group(
            "Co&lours",
            ("Colours", fields["colour_map"]),
            ("Limits", fields["scale"]),
            ("", self._limits),
            ("", fields["bar"]),
            ("Label", fields["bar_label"]),
        )
        marks = self._add_group(
            "Overlays an&d ticks", ("Arrows", fields["arrows"]), ("Numbers", fields["numbers"])
        )
        marks.addRow(switches)
        self._text = self._add_group(
            "Te&xt",
            ("T&itle", fields["title"]),
            ("Caption", self._caption_kind),
            ("", self._caption),
            ("Font si&ze", fields["font_size"]),
        )
        self._add_group("P&age", ("Background", fields["background"]), ("Margin", fields["margin"]))

    def _add_group(self, title: str, *rows: tuple[str, QWidget]) -> QFormLayout:
        box, form = group(title)
        for text, field in rows:
            add_row(form, text, field)
        self._groups.addWidget(box)
        return form

    def _on_width_chosen(self) -> None:
        preset = float(str(self._width.value()))
        if preset > 0:
            show_value(self._millimetres, preset)

    def _on_edited(self) -> None:
        self._show_rows_in_use()
        self.changed.emit()

    def _show_rows_in_use(self) -> None:
        """Show only the fields that have an effect with the current values of the others."""
        fields = self._fields
        self._size.setRowVisible(self._millimetres, self._width.value() == _CUSTOM)
        self._colours.setRowVisible(self._limits, value_of(fields["scale"]) == "fixed")
        self._colours.setRowVisible(fields["bar_label"], value_of(fields["bar"]))
        self._text.setRowVisible(self._caption, self._caption_kind.value() == "custom")


def _option_fields() -> dict[str, QWidget]:
    """Create the fields of those options that need only one field, by the options' names."""
    from vingui.figure.options import DPI, FONT_SIZES, MARGINS

    tip = "Pixels per inch; in SVG and PDF files, of the images in them"
    dpi = whole("dpi", "Resolution", tip, low=DPI[0], high=DPI[1])
    dpi.setSuffix(" dpi")
    dpi.setSingleStep(50)
    hint = "The layer's label"
    tip = "The size of the caption; other text is in proportion"
    low, high = FONT_SIZES
    size = number("font-size", "Font size", tip, low=low, high=high, suffix=" pt")
    low, high = MARGINS
    margin = number("margin", "Margin", "The outer margin", low=low, high=high, suffix=" mm")
    return {
        "dpi": dpi,
        "colour_map": _colour_maps(),
        "scale": choice("limits", "Limits", "The values that the colours span", _SCALES),
        "bar": check("bar", "Colour &bar", "A colour bar beside each layer"),
        "bar_label": line("bar-label", "Label", "The text beside the bar", hint=hint, most=200),
        "arrows": choice("export-arrows", "Arrows", "The policy's arrows", _AUTO),
        "numbers": choice("export-numbers", "Numbers", "Values as numbers", _AUTO),
        "title": line("title", "Title", "Above the panels", hint="None"),
        "font_size": size,
        "background": choice("background", "Background", "Behind everything", _BACKGROUNDS),
        "margin": margin,
        **{name: check(f"export-{name}", text, tip) for name, text, tip in _SWITCHES},
    }


def _colour_maps() -> Choice:
    maps = [(row.id, row.title) for row in SEQUENTIAL]
    field = choice("export-colour-map", "Colours", "The colours of values", maps)
    field.setIconSize(_ICON)
    for index, shown in enumerate(SEQUENTIAL):
        icon = colour_map_icon(shown, _ICON, field.devicePixelRatioF())
        field.setItemIcon(index, icon)
    return field
