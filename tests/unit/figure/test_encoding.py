"""Writing films: what Pillow and FFmpeg read from the files is what was put in."""

import io
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vingui.core.embedding import NAMESPACE
from vingui.core.errors import VinguiError
from vingui.figure.encoding import webp
from vingui.figure.encoding.film_spec import FilmSpec
from vingui.figure.encoding.gif import write_gif
from vingui.figure.encoding.mp4 import write_mp4
from vingui.figure.encoding.webp import write_webp

WRITERS = {".gif": write_gif, ".mp4": write_mp4, ".webp": write_webp}
KINDS = pytest.mark.parametrize("suffix", WRITERS)


def spec_of(pages, **given):
    known = {"rate": 20.0, "hold": 1.0, "loop": True, "title": "a spiral", "recipe": '{"a":1}'}
    height, width = pages[0].shape[:2]
    return FilmSpec(width=width, height=height, frames=len(pages), **(known | given))


def a_page(number, *, height=61, width=101):
    """Flat fields, and a square that moves and changes its colour."""
    page = np.full((height, width, 4), 255, np.uint8)
    page[10:50, 10:90, :3] = 40, 90, 140
    place = 12 + number % 60
    page[20:32, place : place + 12, :3] = 200, (7 * number) % 256, 60
    return page


def film(count):
    return [a_page(number) for number in range(count)]


def read(path):
    """The frames that an independent reader finds, `(height, width, 3)` each."""
    if path.suffix == ".mp4":
        with av.open(str(path)) as container:
            return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    with Image.open(path) as image:
        found = []
        for number in range(image.n_frames):
            image.seek(number)
            found.append(np.asarray(image.convert("RGB")))
        return found


def stays(path):
    """How long Pillow says that each frame stays, in milliseconds."""
    with Image.open(path) as image:
        found = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            found.append(image.info["duration"])
        return found


@KINDS
def test_every_frame_comes_back(tmp_path, suffix):
    pages = film(9)
    path = tmp_path / f"film{suffix}"
    WRITERS[suffix](path, iter(pages), spec_of(pages, hold=0.0))
    found = read(path)
    assert len(found) == len(pages)
    for page, frame in zip(pages, found, strict=True):
        wrong = np.abs(frame[:61, :101].astype(int) - page[..., :3])
        if suffix == ".mp4":
            # The borders of colours are soft, at half the resolution.
            assert np.median(wrong) <= 2
            assert wrong.mean() < 4
        else:
            assert wrong.max() == 0


@KINDS
def test_a_page_may_be_overwritten_when_the_next_is_requested(tmp_path, suffix):
    pages = film(6)

    def one_page():
        page = np.empty_like(pages[0])
        for each in pages:
            page[:] = each
            yield page

    path, other = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    WRITERS[suffix](path, one_page(), spec_of(pages))
    WRITERS[suffix](other, iter(pages), spec_of(pages))
    assert path.read_bytes() == other.read_bytes()


@KINDS
def test_the_same_pages_make_the_same_bytes(tmp_path, suffix):
    # A width that is no multiple of 16, and what lies in freed memory another each time.
    pages, made = film(40), set()
    for time in range(4):
        path = tmp_path / f"{time}{suffix}"
        _ = np.frombuffer(random.Random(time).randbytes(1 << 20), np.uint8).copy()  # noqa: S311
        WRITERS[suffix](path, iter(pages), spec_of(pages))
        made.add(path.read_bytes())
    assert len(made) == 1


@KINDS
def test_a_film_of_one_frame_and_one_in_which_nothing_changes(tmp_path, suffix):
    for pages in ([a_page(3)], [a_page(3)] * 5):
        path = tmp_path / f"{len(pages)}{suffix}"
        WRITERS[suffix](path, iter(pages), spec_of(pages, hold=0.0))
        found = read(path)
        assert len(found) == len(pages)
        np.testing.assert_allclose(found[-1][25, 50], found[0][25, 50], atol=1)


@pytest.mark.parametrize("loop", [True, False])
@pytest.mark.parametrize(("suffix", "forever"), [(".gif", 0), (".webp", 0)])
def test_a_film_loops_or_ends(tmp_path, suffix, forever, loop):
    pages, path = film(3), tmp_path / f"film{suffix}"
    WRITERS[suffix](path, iter(pages), spec_of(pages, loop=loop))
    with Image.open(path) as image:
        loops = image.info.get("loop")
    assert loops == (forever if loop else {".gif": None, ".webp": 1}[suffix])


@pytest.mark.parametrize("rate", [1.0, 7.5, 20.0, 30.0, 50.0])
@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_frames_stay_as_long_as_they_should_and_so_does_the_whole(tmp_path, suffix, rate):
    pages, path = film(31), tmp_path / f"film{suffix}"
    WRITERS[suffix](path, iter(pages), spec_of(pages, rate=rate, hold=1.5))
    found = stays(path)
    tick = 10 if suffix == ".gif" else 1
    assert max(abs(one - 1000 / rate) for one in found[:-1]) < tick
    assert abs(found[-1] - 1500) < tick
    assert abs(sum(found) - (30 * 1000 / rate + 1500)) <= tick / 2


@given(
    rate=st.floats(1, 60),
    frames=st.integers(1, 200),
    hold=st.floats(0, 60),
    ticks=st.sampled_from([100, 1000]),
)
def test_what_rounding_takes_from_one_page_it_gives_to_another(rate, frames, hold, ticks):
    spec = FilmSpec(
        width=1, height=1, frames=frames, rate=rate, hold=hold, loop=True, title="", recipe=""
    )
    found = list(spec.durations(ticks))
    assert len(found) == frames
    assert min(found) >= int(ticks / rate)
    whole = (frames - 1) / rate + max(hold, 1 / rate)
    assert abs(sum(found) - whole * ticks) <= 0.5 + 1e-6


@pytest.mark.parametrize(
    ("rate", "hold", "count"), [(20.0, 1.0, 28), (12.5, 0.0, 9), (60.0, 2, 128)]
)
def test_an_mp4_plays_everywhere(tmp_path, rate, hold, count):
    pages, path = film(9), tmp_path / "film.mp4"
    write_mp4(path, iter(pages), spec_of(pages, rate=rate, hold=hold))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.pix_fmt, context.profile) == ("h264", "yuv420p", "High")
        # Even sizes, none of a page cut off.
        assert (context.width, context.height) == (102, 62)
        assert float(stream.average_rate) == pytest.approx(rate)
        assert container.duration / av.time_base == pytest.approx(count / rate, abs=1e-3)
        frames = [frame.pts * stream.time_base for frame in container.decode(video=0)]
    np.testing.assert_allclose(np.array(frames, float), np.arange(count) / rate, atol=1e-3)
    data = path.read_bytes()
    # What a browser has to read first comes first.
    assert data.find(b"moov") < data.find(b"mdat")


def long_recipe():
    noise = random.Random(1).randbytes(150_000).hex()  # noqa: S311
    return '{"format":"vingui-recipe","noise":"' + noise + '","text":"<&>\'"}'


@KINDS
def test_a_long_recipe_is_kept(tmp_path, suffix):
    pages, path, recipe = film(2), tmp_path / f"film{suffix}", long_recipe()
    WRITERS[suffix](path, iter(pages), spec_of(pages, recipe=recipe))
    if suffix == ".mp4":
        with av.open(str(path)) as container:
            assert container.metadata["comment"] == recipe
            assert container.metadata["title"] == "a spiral"
            assert container.metadata["encoder"].startswith("vingui")
        return
    with Image.open(path) as image:
        if suffix == ".gif":
            assert image.info["comment"].decode() == recipe
        else:
            text = image.info["xmp"].decode()
            assert NAMESPACE in text
            assert recipe[:-100] in text


@KINDS
def test_a_film_without_a_recipe(tmp_path, suffix):
    pages, path = film(2), tmp_path / f"film{suffix}"
    WRITERS[suffix](path, iter(pages), spec_of(pages, recipe="", title="Größe"))
    assert len(read(path)) > 1


def test_nothing_but_the_frames_of_a_still_webp_is_taken_over(tmp_path):
    # Chunks that an encoder may write before the picture are skipped.
    pages, path = film(2), tmp_path / "film.webp"
    write_webp(path, iter(pages), spec_of(pages))
    names = re.findall(rb"RIFF|WEBP|VP8X|ANIM|ANMF|VP8L|XMP ", path.read_bytes())
    assert names == [b"RIFF", b"WEBP", b"VP8X", b"ANIM", *[b"ANMF", b"VP8L"] * 2, b"XMP "]


def test_a_webp_of_more_than_it_can_hold_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(webp, "_MOST_BYTES", 600)
    pages = film(9)
    with pytest.raises(VinguiError, match=r"A WebP holds at most 4 GiB"):
        write_webp(tmp_path / "film.webp", iter(pages), spec_of(pages))


def test_only_what_changed_is_in_a_frame(tmp_path):
    path = tmp_path / "film.gif"
    first, second = a_page(0), a_page(0)
    second[40:44, 30:36, :3] = 1, 2, 3
    write_gif(path, iter([first, second]), spec_of([first, second]))
    with Image.open(path) as image:
        image.seek(1)
        assert image.tile[0].extents == (30, 40, 36, 44)


# Memory.

_MEMORY = """
import resource, sys
from pathlib import Path
import numpy as np
from tests_pages import pages
from vingui.figure.encoding.{name} import write_{name}
from vingui.figure.encoding.film_spec import FilmSpec

def peak(count):
    spec = FilmSpec(width=320, height=208, frames=count, rate=20.0, hold=0.0, loop=True,
                title="", recipe="")
    write_{name}(Path(sys.argv[1]), pages(count), spec)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

print(peak(50), peak(400))
"""

_PAGES = """
import numpy as np

def pages(count):
    page = np.full((208, 320, 4), 255, np.uint8)
    rng = np.random.default_rng(1)
    for number in range(count):
        page[..., :3] = 50 * rng.integers(0, 6, (13, 20, 3)).repeat(16, axis=0).repeat(16, axis=1)
        yield page
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="KiB of memory are Linux's unit")
@KINDS
def test_the_memory_of_a_long_film_is_that_of_a_short_one(tmp_path, suffix):
    (tmp_path / "tests_pages.py").write_text(_PAGES)
    program = _MEMORY.format(name=suffix[1:])
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / f"film{suffix}")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    short, long = map(int, done.stdout.split())
    # 350 pages more are 89 MiB, and even the file is some MiB longer.
    assert long < short * 1.15


@KINDS
def test_no_thread_is_left_of_a_film_that_was_stopped(tmp_path, suffix):
    tasks = Path("/proc/self/task")
    if not tasks.exists():
        pytest.skip("threads are counted as Linux lists them")

    class EnoughError(Exception):
        pass

    def stopped(number):
        yield from film(number)
        raise EnoughError

    pages = film(30)
    WRITERS[suffix](tmp_path / f"whole{suffix}", iter(pages), spec_of(pages))
    before = len(list(tasks.iterdir()))
    for number in (0, 5):
        with pytest.raises(EnoughError):
            WRITERS[suffix](tmp_path / f"a{suffix}", stopped(number), spec_of(pages))
    assert len(list(tasks.iterdir())) <= before


def test_a_frame_is_read_by_pillow_alone(tmp_path):
    """The first frame of a WebP is a whole picture of its own."""
    pages, path = film(2), tmp_path / "film.webp"
    write_webp(path, iter(pages), spec_of(pages))
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        assert image.size == (101, 61)
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), pages[0][..., :3])
