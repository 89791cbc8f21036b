"""The guide: its code runs with the results it shows, and what it names and links to is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vingui.paths import GUIDE

PAGES = sorted(GUIDE.glob("*.md"), key=lambda path: int(path.name.partition("-")[0]))

WARNINGS = (
    *("-W", "error"),
    # Keras converts tensors to arrays in a way that NumPy 2 deprecates.
    *("-W", "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
)

RUN_EACH = "import runpy, sys; [runpy.run_path(path) for path in sys.argv[1:]]"


def python_code(page: Path) -> str:
    """The code of a page, each line with the number that it has there."""
    lines, inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        fence = line.startswith("```")
        lines.append(line if inside and not fence else "")
        if fence:
            inside = not inside and line == "```python"
    return "\n".join(lines) + "\n"


def text(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"(?ms)^```.*?^```$", "", page.read_text(encoding="utf-8"))


def test_all_pages_but_the_first_have_code_that_is_checked() -> None:
    assert "```" not in PAGES[0].read_text(encoding="utf-8")
    for page in PAGES[1:]:
        assert python_code(page).count("assert ") >= 10, page.name


def test_code_gives_the_results_it_shows_and_names_exist(tmp_path: Path) -> None:
    scripts = {f"{page.name}.py": python_code(page) for page in PAGES}
    names = {name for page in PAGES for name in re.findall(r"`(vingui\.[\w.]+)", text(page))}
    assert len(names) >= 10
    resolved = [f"pkgutil.resolve_name({name!r})" for name in sorted(names)]
    scripts["names.py"] = "\n".join(["import pkgutil", *resolved, ""])
    for name, code in scripts.items():
        (tmp_path / name).write_text(code, encoding="utf-8")
    # Each in a namespace of its own, but all in one process: TensorFlow takes seconds to import.
    done = subprocess.run(
        [sys.executable, *WARNINGS, "-c", RUN_EACH, *(tmp_path / name for name in scripts)],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_resolve(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", text(page))
    assert any(link.endswith(".md") for link in links)
    files = {page.parent / (link.partition("#")[0] or page.name) for link in links}
    missing = [file for file in files if not file.is_file()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_help_can_show_it(page: Path) -> None:
    """The window's Markdown knows no HTML and no formulas, and code that is too wide scrolls."""
    content = page.read_text(encoding="utf-8")
    assert content.startswith("# ")
    assert content.count("\n```") % 2 == 0
    assert not re.search(r"</?[a-z]+[ />]|\$\$|\\\(|\\frac", text(page))
    assert max(map(len, python_code(page).splitlines())) <= 90
