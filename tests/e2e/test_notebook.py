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
    "plan = vingui.plan(grid)\nplan",
    'vingui.evaluate("dynamic-8", "maze:9:2")',
)


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


@pytest.mark.filterwarnings("default")
def test_a_map_a_plan_and_an_evaluation_show_themselves(kernel, tmp_path):
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    nbformat.validate(notebook)
    grid, plan, table = (cell.outputs[-1].data for cell in notebook.cells)
    for shown, least in ((grid, 400), (plan, 800)):
        with Image.open(io.BytesIO(base64.b64decode(shown["image/png"]))) as picture:
            assert picture.width > least
    assert plan["text/plain"].startswith("<vingui.Plan of dynamic-8, K = ")
    assert "<td>dynamic-8" in table["text/html"]
