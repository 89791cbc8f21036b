"""The choices of the export dialog, which are remembered from one export to the next."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QStandardPaths

from vingui.core.cards import find_model
from vingui.core.errors import VinguiError
from vingui.core.snapshots import Snapshots
from vingui.gui import settings as entries
from vingui.gui.document.file_names import existing_folder, file_stem

if TYPE_CHECKING:
    from vingui.figure.film_options import FilmOptions
    from vingui.figure.options import FigureOptions
    from vingui.gui.session import Session
    from vingui.gui.settings import Setting, Settings

DATA: Final = {
    "arrays": ("Everything, &as arrays", ".npz"),
    "trajectories": ("&Trajectories, as a table", ".csv"),
    "values": ("Va&lues, as a table", ".csv"),
    "run": ("The &plan, as a summary", ".json"),
    "map": ("The &map", ""),
}
"""What can be exported as data: its title, with `&` before the mnemonic, and the file's suffix."""

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
"""What file dialogs call the files with a suffix."""


@dataclass(frozen=True)
class Export:
    """A file to export.

    Attributes:
        kind: "screenshot", "map", or one of `vingui.core.figure_protocol.KINDS`.
        suffix: the file's suffix, with the dot.
        options: the JSON record of a figure's or a film's options.
    """

    kind: str
    suffix: str
    options: str = ""

    def file(self, path: Path) -> Path:
        """Return a typed path, with `suffix` added unless it has a suffix that fits the kind."""
        from vingui.figure.film_options import FILM_SUFFIXES
        from vingui.figure.options import SUFFIXES

        films = dict.fromkeys(("film", "learning"), FILM_SUFFIXES)
        suffixes = {"figure": SUFFIXES, **films}.get(self.kind, (self.suffix,))
        fits = path.suffix.lower() in suffixes
        return path if fits else path.with_name(path.name + self.suffix)


def figure_defaults(settings: "Settings") -> "FigureOptions":
    """Return the options of a figure in the colours of the value view."""
    from vingui.figure.options import FigureOptions

    options = FigureOptions()
    for name, setting in (("colour_map", entries.COLOUR_MAP), ("scale", entries.SCALE)):
        try:
            options = replace(options, **{name: settings.get(setting)})  # type: ignore[arg-type]
        except VinguiError:
            # The setting is from another version of vingui, so the default is used.
            continue
    return options


def figure_choice(settings: "Settings", last: int | None) -> tuple["FigureOptions", str]:
    """Return the options and the suffix of the last figure.

    Args:
        settings: where they are remembered.
        last: the newest iteration; later ones were chosen for another run, and are left out.
    """
    from vingui.figure.options import SUFFIXES, FigureOptions

    record, suffix = _remembered(settings, entries.EXPORT_FIGURE, SUFFIXES)
    try:
        return _within(FigureOptions.of_record(record), last), suffix
    except (VinguiError, TypeError):
        return figure_defaults(settings), suffix


def film_choice(settings: "Settings", last: int | None) -> tuple["FilmOptions", str]:
    """Return the options and the suffix of the last film, as `figure_choice` does."""
    from vingui.figure.film_options import FILM_SUFFIXES, FilmOptions

    record, suffix = _remembered(settings, entries.EXPORT_FILM, FILM_SUFFIXES)
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
    """Return the options of a film in the colours of the value view, at a screen's resolution."""
    from vingui.figure.film_options import FilmOptions

    return FilmOptions(figure=replace(figure_defaults(settings), dpi=150))


def remember(
    settings: "Settings", setting: "Setting[str]", record: dict[str, Any], suffix: str
) -> None:
    """Remember the options and the suffix of a figure or a film."""
    settings.set(setting, json.dumps({"suffix": suffix, "options": record}))


def last_export(settings: "Settings", last: int | None) -> Export:
    """Return what was exported last; `last` is as for `figure_choice`."""
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
    return Export("screenshot", ".png")


def folder(settings: "Settings") -> Path:
    """Return the folder for exports: the last one that was used, if it still exists."""
    pictures = QStandardPaths.StandardLocation.PicturesLocation
    return existing_folder(
        (
            settings.get(entries.EXPORT_FOLDER),
            settings.get(entries.FOLDER),
            QStandardPaths.writableLocation(pictures),
        )
    )


def map_name(session: "Session") -> str:
    """Return the name of the map, without its file's suffix."""
    document = session.document
    return document.path.stem if document.path is not None else document.title


def planning_model(session: "Session") -> str:
    """Return the name or the file of the model that made the shown plan."""
    model, run = session.model, session.run
    return model if run is None or Path(model).stem == run.model else run.model


def learned_model(session: "Session") -> str:
    """Return the model whose learning a film can show: of a snapshot, the one it is of."""
    model = planning_model(session)
    around = Snapshots.around(Path(model))
    return model if around is None else str(around.folder.with_suffix(".keras"))


def kept_epochs(session: "Session") -> list[int]:
    """Return the epochs after which the training of that model kept snapshots."""
    try:
        return Snapshots(find_model(learned_model(session))).epochs()
    except VinguiError:
        return []


def file_name(session: "Session", export: Export) -> str:
    """Return the file name to propose for an export."""
    title = file_stem(map_name(session))
    about_k = export.kind in ("figure", "trajectories", "values") or (
        export.kind == "screenshot" and session.settings.get(entries.EXPORT_WHAT) != "map"
    )
    k = f" k={session.k}" if about_k and session.run is not None else ""
    learning = " learning" if export.kind == "learning" else ""
    return f"{title}{k}{learning}{export.suffix}"


def _remembered(
    settings: "Settings", setting: "Setting[str]", suffixes: tuple[str, ...]
) -> tuple[Any, str]:
    """Return the record and the suffix in a setting; `None` and the first suffix if damaged."""
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
    # Two panels of later iterations may be the same now.
    return replace(options, panels=tuple(dict.fromkeys(panels)))


def _at_most(k: int | None, last: int | None) -> int | None:
    return None if k is None or last is None or k > last else k
