"""The window under the languages of its users.

The steps are run in a process of their own for each language, as the C library's and Qt's languages
are those of a process.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QWidget

from vingui.gui import settings as entries
from vingui.gui.docks.curves import CurveButton

HERE = Path(__file__).parent
CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """A folder with the C library's own Turkish and Azeri, which few systems have installed."""
    folder = tmp_path_factory.mktemp("locales")
    compiler = shutil.which("localedef")
    for name in ("tr_TR", "az_AZ"):
        if compiler is not None:
            subprocess.run(
                [compiler, "-i", name, "-f", "UTF-8", folder / f"{name}.UTF-8"],
                check=False,
                capture_output=True,
            )
        if not (folder / f"{name}.UTF-8").is_dir():
            pytest.skip(f"the C library's {name} cannot be compiled here")
    return folder


def environment(language):
    """This process's, in another language."""
    names = ("LANG", "LANGUAGE", "LOCPATH")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LC_") and name not in names
    }
    return kept | language


def passes(tests, language, folder):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("--basetemp", folder / "pytest", *tests),
        ],
        cwd=folder,
        env=environment(language),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(tests)} passed" in done.stdout


def typed(user, name, text):
    """What becomes of a field's number when it is typed and left by Tab."""
    user.type_into(name, text)
    field = user.find(name)
    QTest.keyClick(field, Key.Key_Tab)
    return field.value(), field.text()


def test_numbers_are_typed_with_a_point_or_a_comma(drive):
    def export(dialog):
        pages = dialog.findChild(QListWidget, "pages")
        place = next(row for row in range(pages.count()) if pages.item(row).text() == "Film")
        at = pages.visualItemRect(pages.item(place)).center()
        QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert typed(user_of[0], "hold", "1.5") == (1.5, "1.5 s")
        assert typed(user_of[0], "hold", "2,5") == (2.5, "2.5 s")
        assert typed(user_of[0], "rate", "7,5")[0] == 7.5
        assert typed(user_of[0], "every", "1.9") == (2, "2")
        QTest.keyClick(dialog, Key.Key_Escape)

    def generate(dialog):
        box = dialog.findChild(QComboBox, "kind")
        while box.currentText() != "Caves":
            QTest.keyClick(box, Key.Key_Down)
        user_of[0].until(lambda: dialog.findChild(QWidget, "density-number").isVisible())
        assert typed(user_of[0], "density-number", "0.48") == (0.48, "0.480")
        assert typed(user_of[0], "density-number", "0,375") == (0.375, "0.375")
        assert "--density 0.375" in user_of[0].find("command").text()
        QTest.keyClick(dialog, Key.Key_Escape)

    user_of = []

    def steps(user):
        user_of.append(user)
        assert user.wait_for_plan().converged

        def numbers():
            labels = [label.text() for label in user.window.findChildren(QLabel)]
            return labels + [one.number for one in user.window.findChildren(CurveButton)]

        user.until(lambda: any(re.search(r"\d\.\d", text) for text in numbers()))
        # Thousands are parted by commas everywhere.
        assert [text for text in numbers() if re.search(r"\d,\d{1,2}(?!\d)", text)] == []
        for act, key in ((export, Key.Key_E), (generate, Key.Key_G)):
            met = user.in_dialog(act)
            user.key(key, CTRL)
            assert met, key
        user.session.settings.set(entries.ITERATIONS, 30)
        user.window.activateWindow()
        user.until(user.window.isActiveWindow)
        # A thousand is not grouped, so that it can be edited.
        assert typed(user, "model-iterations", "1234") == (1234, "1234")
        assert typed(user, "model-iterations", "20,4") == (20, "20")

    assert drive(steps) == 0


NUMBERS = f"{HERE / 'test_languages.py'}::test_numbers_are_typed_with_a_point_or_a_comma"


# Qt takes these from the environment, whether the C library has them or not. The steps were taken
# above in the language of this process, which is C or English in most places.
def test_the_window_in_a_language_with_other_separators(tmp_path):
    passes([NUMBERS], {"LC_ALL": "de_DE.UTF-8"}, tmp_path)


@pytest.mark.parametrize(
    ("name", "variables", "tests"),
    [("tr_TR", {"LANG": "tr_TR.UTF-8"},
      [NUMBERS, f"{HERE / 'test_reproduced_files.py'}::test_screenshots[28-False]"]),
     ("az_AZ", {"LC_CTYPE": "az_AZ.UTF-8", "LC_NUMERIC": "fr_FR.UTF-8"}, [NUMBERS])],
)  # fmt: skip
def test_the_window_in_a_language_in_which_i_is_not_the_small_i(
    name, variables, tests, compiled, tmp_path
):
    language = {"LOCPATH": str(compiled), **variables}
    current = "import locale; print(locale.setlocale(locale.LC_CTYPE, ''))"
    said = subprocess.run(
        [sys.executable, "-c", current],
        env=environment(language),
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == f"{name}.UTF-8"
    passes(tests, language, tmp_path)
