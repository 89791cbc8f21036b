"""Figures as files."""

import subprocess
import sys

import matplotlib as mpl
import pytest
from PIL import Image

from vingui import __version__
from vingui.core.errors import VinguiError
from vingui.figure import FigureOptions, caption, plan_figure, save_png


def test_the_same_plan_makes_the_same_bytes(room, tmp_path):
    save_png(*room, tmp_path / "a.png")
    with mpl.rc_context({"font.size": 30, "axes.linewidth": 9, "savefig.dpi": 50}):
        save_png(*room, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("name", ["room", "地図", "\udcff"])
def test_the_file_says_what_it_shows(name, room, tmp_path):
    options = FigureOptions(name=name)
    save_png(*room, tmp_path / "a.png", options=options)
    with Image.open(tmp_path / "a.png") as image:
        image.load()
        assert image.text["Software"] == f"vingui {__version__}"
        assert image.text["Description"].split("\n") == list(caption(*room, options))
        assert image.info["dpi"] == pytest.approx((200, 200), abs=0.1)
        figure = plan_figure(*room, options=options)
        assert image.size == figure.canvas.get_width_height()


def test_a_failure_leaves_the_old_file(room, tmp_path):
    folder = tmp_path / "a.png"
    folder.mkdir()
    with pytest.raises(VinguiError, match=r"a\.png: Expected a file that can be written"):
        save_png(*room, folder)
    with pytest.raises(VinguiError, match="Expected a file that can be written"):
        save_png(*room, tmp_path / "no" / "b.png")
    assert list(tmp_path.iterdir()) == [folder]


def test_no_screen_and_no_other_room_is_needed():
    code = """
import sys
import vingui.figure
bad = ("PySide6", "PyQt6", "pyqtgraph", "keras", "tensorflow", "vingui.net", "matplotlib.pyplot")
sys.exit(", ".join(name for name in bad if name in sys.modules) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
