"""A notebook, executed without a screen, shows maps, plans and evaluations."""

import base64
import io
import json
import sys

import nbclient
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

CELLS = (
    'import vingui\ngrid = vingui.generate("caves", seed=1)\ngrid',
    "plan = vingui.plan(grid)\ndisplay(plan.figure(width=84, dpi=60))\nplan",
    """
import signal
import threading
from vingui.api import progress

shown = threading.Event()

class Cell(progress._Cell):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        shown.set()

class Maps(list):
    interrupts = False

    def __getitem__(self, index):
        if index == 2:
            # As slow as it takes for the bar to appear.
            shown.wait()
            if self.interrupts:
                signal.raise_signal(signal.SIGINT)
        return super().__getitem__(index)

progress._Cell = Cell
maps = Maps(vingui.generate("maze", rows=9, cols=9, seed=seed) for seed in range(3))
vingui.evaluate("dynamic-8", maps)
""",
)

STOPPED = """
shown.clear()
maps.interrupts = True
vingui.evaluate("dynamic-8", maps, resume="unfinished")
"""

KEPT = "import sys\nsys.last_value.result.rows[0]['maps']"

CONTINUED = """
maps.interrupts = False
vingui.evaluate("dynamic-8", maps, resume="unfinished").rows[0]["maps"]
"""


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Jupyter finds the kernel of this interpreter, and writes nowhere else."""
    folder = tmp_path / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    words = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": words, "display_name": "Python", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")


def outputs(cell):
    """Those of a cell, but for the bar of a model that a busy machine loads slowly."""
    return [
        one
        for one in cell.outputs
        if not one.get("data", {}).get("text/plain", "").startswith("Loading ")
    ]


@pytest.mark.filterwarnings("default")
def test_maps_plans_and_evaluations_show_themselves_and_progress(kernel, tmp_path):
    cells = [new_code_cell(cell) for cell in (*CELLS, STOPPED, KEPT, CONTINUED)]
    cells[-3].metadata.tags = ["raises-exception"]
    notebook = new_notebook(cells=cells)
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    nbformat.validate(notebook)
    grid, plan, table, _, kept, done = (cell.outputs[-1].get("data") for cell in cells)
    for shown, least in ((grid, 400), (plan, 800)):
        with Image.open(io.BytesIO(base64.b64decode(shown["image/png"]))) as picture:
            assert picture.width > least
    assert "image/png" in cells[1].outputs[-2].data
    assert plan["text/plain"].startswith("<vingui.Plan of dynamic-8, K = ")
    assert "<td>dynamic-8" in table["text/html"]
    bar, _ = outputs(cells[2])
    assert bar.data["text/plain"].startswith("Evaluating: 3 of 3, done, ")
    bar, error = outputs(cells[3])
    assert bar.data["text/plain"].startswith("Evaluating: 2 of 3, stopped, ")
    assert error.ename == "KeyboardInterrupt"
    assert "after 2 of 3 maps" in "".join(error.traceback)
    assert kept["text/plain"] == "2"
    assert done["text/plain"] == "3"
    assert not (tmp_path / "unfinished").exists()
