"""What was chosen in the export dialog, remembered from one export to the next."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QStandardPaths

from vingui.core.errors import VinguiError
from vingui.gui import settings as entries
from vingui.gui.document.file_names import existing_folder, file_stem

if TYPE_CHECKING:
    from vingui.figure.film_options import FilmOptions
    from vingui.figure.options import FigureOptions
    from vingui.gui.session import Session
    from vingui.gui.settings import Setting, Settings

DATA: Final = {
    "arrays": ("Everything, as arrays", ".npz"),
    "trajectories": ("Trajectories, as a table", ".csv"),
    "values": ("Values, as a table", ".csv"),
    "run": ("The plan in words and numbers", ".json"),
    "map": ("The map", ""),
}
"""What can be exported as data: its title and the suffix of its file."""

TITLES: Final = {
    ".png": "PNG picture",
    ".webp": "WebP picture",
    ".svg": "SVG drawing",
    ".pdf": "PDF document",
    ".gif": "GIF animation",
    ".mp4": "MP4 video",
    ".npz": "NumPy arrays",
    ".csv": "Table",
    ".json": "JSON",
}
"""What a file of a suffix is called in dialogs."""


@dataclass(frozen=True)
class Export:
    """A file that is wanted.

    Attributes:
        kind: "seen", "map", or one of `vingui.core.figure_protocol.KINDS`.
        suffix: of the file, with the dot.
        options: of a figure or a film, as JSON of their record.
    """

    kind: str
    suffix: str
    options: str = ""

    def file(self, path: Path) -> Path:
        """A path that was typed, with the suffix unless it has one that this can be written as."""
        from vingui.figure.film_options import FILM_SUFFIXES
        from vingui.figure.options import SUFFIXES

        suffixes = {"figure": SUFFIXES, "film": FILM_SUFFIXES}.get(self.kind, (self.suffix,))
        fits = path.suffix.lower() in suffixes
        return path if fits else path.with_name(path.name + self.suffix)


def figure_defaults(settings: "Settings") -> "FigureOptions":
    """A figure in the colours of the value view."""
    from vingui.figure.options import FigureOptions

    options = FigureOptions()
    for name, setting in (("colour_map", entries.COLOUR_MAP), ("scale", entries.SCALE)):
        options = _with(options, name, settings.get(setting))
    return options


def figure_choice(settings: "Settings", last: int | None) -> tuple["FigureOptions", str]:
    """The options and the suffix of the last figure.

    Args:
        settings: remember them.
        last: the newest iteration; those beyond it were chosen for another run.
    """
    from vingui.figure.options import SUFFIXES, FigureOptions

    record, suffix = _kept(settings, entries.EXPORT_FIGURE, SUFFIXES)
    try:
        return _within(FigureOptions.of_record(record), last), suffix
    except (VinguiError, TypeError):
        return figure_defaults(settings), suffix


def film_choice(settings: "Settings", last: int | None) -> tuple["FilmOptions", str]:
    """The options and the suffix of the last film, as of `figure_choice`."""
    from vingui.figure.film_options import FILM_SUFFIXES, FilmOptions

    record, suffix = _kept(settings, entries.EXPORT_FILM, FILM_SUFFIXES)
    try:
        film = FilmOptions.of_record(record)
    except (VinguiError, TypeError):
        return film_defaults(settings), suffix
    return replace(
        film,
        figure=_within(film.figure, last),
        first=_at_most(film.first, last),
        last=_at_most(film.last, last),
    ), suffix


def film_defaults(settings: "Settings") -> "FilmOptions":
    """A film of figures in the colours of the value view, at a screen's resolution."""
    from vingui.figure.film_options import FilmOptions

    return FilmOptions(figure=replace(figure_defaults(settings), dpi=150))


def remember(
    settings: "Settings", setting: "Setting[str]", record: dict[str, Any], suffix: str
) -> None:
    """Keep the options and the suffix of a figure or a film."""
    settings.set(setting, json.dumps({"suffix": suffix, "options": record}))


def chosen(settings: "Settings", last: int | None) -> Export:
    """What was exported last, as of `figure_choice`."""
    page = settings.get(entries.EXPORT_PAGE)
    if page == "figure":
        options, suffix = figure_choice(settings, last)
        return Export("figure", suffix, json.dumps(options.record()))
    if page == "film":
        film, suffix = film_choice(settings, last)
        return Export("film", suffix, json.dumps(film.record()))
    if page == "data":
        kind = settings.get(entries.EXPORT_DATA)
        return Export(kind, DATA[kind][1] or settings.get(entries.EXPORT_MAP))
    return Export("seen", ".png")


def folder(settings: "Settings") -> Path:
    """Where exports are saved unless another folder is chosen."""
    pictures = QStandardPaths.StandardLocation.PicturesLocation
    return existing_folder(
        (
            settings.get(entries.EXPORT_FOLDER),
            settings.get(entries.FOLDER),
            QStandardPaths.writableLocation(pictures),
        )
    )


def map_name(session: "Session") -> str:
    """What the map is called, without the suffix of its file."""
    document = session.document
    return document.path.stem if document.path is not None else document.title


def file_name(session: "Session", export: Export) -> str:
    """The name that an export's file has unless another is chosen."""
    title = file_stem(map_name(session))
    about_k = export.kind in ("figure", "trajectories", "values") or (
        export.kind == "seen" and session.settings.get(entries.EXPORT_WHAT) != "map"
    )
    k = f" k={session.k}" if about_k and session.run is not None else ""
    return f"{title}{k}{export.suffix}"


def _kept(
    settings: "Settings", setting: "Setting[str]", suffixes: tuple[str, ...]
) -> tuple[Any, str]:
    """The options' record and the suffix of a setting; `None` and the first for nonsense."""
    try:
        content = json.loads(settings.get(setting))
    except (ValueError, RecursionError):
        return None, suffixes[0]
    if not isinstance(content, dict):
        return None, suffixes[0]
    suffix = content.get("suffix")
    return content.get("options"), suffix if suffix in suffixes else suffixes[0]


def _within(options: "FigureOptions", last: int | None) -> "FigureOptions":
    panels = (replace(panel, k=_at_most(panel.k, last)) for panel in options.panels)
    # Two that were about later iterations may be the same now.
    return replace(options, panels=tuple(dict.fromkeys(panels)))


def _at_most(k: int | None, last: int | None) -> int | None:
    return None if k is None or last is None or k > last else k


def _with(options: "FigureOptions", name: str, value: str) -> "FigureOptions":
    try:
        changed: FigureOptions = replace(options, **{name: value})  # type: ignore[arg-type]
    except VinguiError:
        return options
    return changed
