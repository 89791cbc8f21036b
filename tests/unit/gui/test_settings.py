import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings

from vingui.gui import settings as entries
from vingui.gui.settings import Setting, Settings

ROWS = [row for row in vars(entries).values() if isinstance(row, Setting)]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


def test_keys_are_unique_and_defaults_allowed():
    assert len({row.key for row in ROWS}) == len(ROWS)
    assert all(row.allows(row.default) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_what_is_set_is_there_at_the_next_start(home, row):
    value = {
        bool: not row.default,
        bytes: b"\x00\xff",
        tuple: ("a b", "ä"),
    }.get(type(row.default))
    if value is None:
        value = row.choices[-1] if row.choices else type(row.default)(7)
    settings = Settings()
    settings.set(row, value)
    settings.sync()
    again = Settings().get(row)
    assert again == value
    assert type(again) is type(row.default)


def test_tells_of_what_changed_and_only_then(home, qtbot):
    settings = Settings()
    told = []
    settings.changed.connect(told.append)
    settings.set(entries.BRUSH, entries.BRUSH.default)
    settings.set(entries.BRUSH, 3)
    settings.set(entries.BRUSH, 3)
    assert told == [entries.BRUSH]


def test_given_ones_leave_the_file_alone(home):
    settings = Settings()
    settings.set(entries.BRUSH, 5)
    settings.set(entries.LAYER, "q")
    settings.sync()
    given = Settings(given={entries.BRUSH: 9})
    assert (given.get(entries.BRUSH), given.get(entries.LAYER)) == (9, entries.LAYER.default)
    given.set(entries.LAYER, "exact")
    given.sync()
    assert given.get(entries.LAYER) == "exact"
    assert (Settings().get(entries.BRUSH), Settings().get(entries.LAYER)) == (5, "q")


@pytest.mark.parametrize("value", [0, 16, True, 2.0, "3"])
def test_refuses_what_is_not_allowed(home, value):
    with pytest.raises(ValueError, match="draw/brush"):
        Settings().set(entries.BRUSH, value)


@given(text=st.text())
def test_nonsense_in_the_file_is_the_default(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("settings")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder))
        store = QSettings(str(folder / "vingui" / "vingui.ini"), QSettings.Format.IniFormat)
        for row in ROWS:
            store.setValue(row.key, text)
        store.sync()
        settings = Settings()
        for row in ROWS:
            assert row.allows(settings.get(row))


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00 other bytes",
        b"[look\ntheme=dark\n",
        b"no settings at all\n",
        b"\0" * 600,
        b'[look]\ntheme="\\"dark\\""\n[play',
        b"x" * (5 << 20),
    ],
)
def test_a_damaged_file_is_moved_aside_and_reported(tmp_path, monkeypatch, content):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    file = tmp_path / "vingui" / "vingui.ini"
    file.parent.mkdir()
    for name in ("vingui.ini.damaged", "vingui.ini.2.damaged"):
        file.write_bytes(content)
        settings = Settings()
        assert settings.damaged == file.with_name(name)
        assert settings.damaged.read_bytes() == content
        assert settings.get(entries.THEME) == "auto"
    assert len(list(file.parent.iterdir())) == 2


def test_sound_files_are_not_taken_for_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    settings = Settings()
    settings.set(entries.RECENT, ("/maps/[a]=b;c.json", "/maps/Größe \u4e2d.json", "/m/a\nb.json"))
    settings.set(entries.GEOMETRY, bytes(range(256)))
    settings.set(entries.FOLDER, "a = [b]; c")
    settings.sync()
    file = tmp_path / "vingui" / "vingui.ini"
    file.write_text(file.read_text() + "\n; a comment\n\n[other]\nkey%20x=\n")
    assert Settings().damaged is None
