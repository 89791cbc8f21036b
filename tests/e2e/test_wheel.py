import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def run(*words, **kwargs):
    return subprocess.run(
        [str(word) for word in words], check=False, capture_output=True, text=True, **kwargs
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, built from the project and installed alone in an environment elsewhere."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, PROJECT
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    made = run(sys.executable, "-m", "venv", "--without-pip", environment)
    assert made.returncode == 0, made.stderr
    python = environment / "bin" / "python"
    placed = run(
        *(sys.executable, "-m", "pip", "--python", python, "install"),
        *("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", wheel),
    )
    assert placed.returncode == 0, placed.stderr
    # The dependencies come from this environment, but not vingui: a path file is not read again
    # for the path files in the folder that it names.
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment


@pytest.mark.skipif(sys.platform == "win32", reason="looks for the scripts where POSIX has them")
def test_an_installed_wheel_plans_outside_the_project(installed, tmp_path):
    map_file = tmp_path / "map.txt"
    map_file.write_text("S..\n##.\nG..\n")
    done = run(installed / "bin" / "vingui", "plan", map_file, cwd=tmp_path)
    assert done.stderr == ""
    assert done.returncode == 0
    assert "start 0,0: reached the goal in 4 steps" in done.stdout


def test_an_installed_wheel_finds_its_own_assets(installed, tmp_path):
    script = (
        "import vingui.paths as p; print(p.ASSETS); print(*sorted(p.MAPS.glob('*.json')));"
        "from vingui.core.snapshots import Snapshots;"
        "print(Snapshots(p.MODELS / 'vin-8x8.keras').epochs()[:3])"
    )
    done = run(installed / "bin" / "python", "-c", script, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder, maps, epochs = done.stdout.splitlines()
    assert Path(folder).is_relative_to(installed)
    assert "spiral.json" in maps
    assert epochs == "[0, 1, 2]"


def test_an_installed_wheel_says_that_it_has_types(installed):
    assert list(installed.glob("lib/python*/site-packages/vingui/py.typed"))


def test_an_installed_wheel_plans_from_a_script(installed, tmp_path):
    script = (
        "import vingui; plan = vingui.plan(vingui.generate('caves', seed=1));"
        "plan.save('plan.png', width=80); print(*plan.outcomes, vingui.__file__)"
    )
    done = run(installed / "bin" / "python", "-W", "error", "-c", script, cwd=tmp_path)
    assert done.stderr == ""
    outcome, file = done.stdout.split()
    assert outcome == "Outcome.REACHED"
    assert Path(file).is_relative_to(installed)
    assert (tmp_path / "plan.png").stat().st_size > 10_000
