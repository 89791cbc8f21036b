"""Two files are compared by what can be seen in them, and what differs is said."""

import struct
import zipfile

import av
import numpy as np
import pytest
from PIL import Image
from PIL.GifImagePlugin import getdata

from vingui.core.errors import VinguiError
from vingui.core.file_comparison import difference, same_words

NOISE = np.random.default_rng(0).integers(0, 256, (4, 16, 24, 3), np.uint8)


def still(path, pixels=NOISE[0], **how):
    Image.fromarray(pixels).save(path, **how)
    return path


def film(path, frames=NOISE, durations=50):
    first, *others = (Image.fromarray(frame) for frame in frames)
    how = {"lossless": True} if path.suffix == ".webp" else {}
    first.save(path, save_all=True, append_images=others, duration=durations, **how)
    return path


def video(path, frames=NOISE, rate=20):
    with av.open(str(path), "w", format="mp4") as out:
        # Without look-ahead, which makes the bytes of narrow films depend on undefined pixels.
        options = {"threads": "1", "bf": "0", "x264-params": "mbtree=0:rc-lookahead=0:weightp=0"}
        stream = out.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = 24, 16, "yuv420p"
        for frame in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame)))
        out.mux(stream.encode())
    return path


def changed(array, *place):
    array = array.copy()
    array[place] ^= 255
    return array


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_pictures_are_the_same_whatever_their_bytes(tmp_path, suffix):
    one = still(tmp_path / f"a{suffix}", lossless=True, xmp=b"<x/>")
    other = still(tmp_path / f"b{suffix}", lossless=True, method=0, compress_level=1)
    assert one.read_bytes() != other.read_bytes()
    assert difference(one, other, kind="figure", suffix=suffix) == ""
    still(other, changed(NOISE[0], 3, 4), lossless=True)
    assert difference(one, other, kind="figure", suffix=suffix) == "1 of 384 pixels"
    still(other, NOISE[0, :, :20], lossless=True)
    said = difference(one, other, kind="figure", suffix=suffix)
    assert said == "24x16 pixels before, 20x16 now"


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_films_are_compared_frame_by_frame(tmp_path, suffix):
    one, other = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    film(one)

    def said():
        return difference(one, other, kind="film", suffix=suffix)

    film(other)
    assert said() == ""
    film(other, changed(NOISE, 2))
    assert said() == "1 of 4 frames"
    film(other, NOISE[:3])
    assert said() == "its length: more than 3 frames before, 3 now"
    film(other, np.concatenate([NOISE, NOISE[:2]]))
    assert said() == "its length: 4 frames before, 6 now"
    film(other, durations=[50, 50, 80, 50])
    assert said().startswith("the times of ")
    film(other, NOISE[:, :10])
    assert said() == "24x16 pixels before, 24x10 now"


def test_videos_are_compared_frame_by_frame(tmp_path):
    one, other = video(tmp_path / "a.mp4"), video(tmp_path / "b.mp4")
    assert difference(one, other, kind="film", suffix=".mp4") == ""
    video(other, changed(NOISE, 3))
    assert " of 4 frames" in difference(one, other, kind="film", suffix=".mp4")
    video(other, NOISE[:3])
    found = difference(one, other, kind="film", suffix=".mp4")
    assert found == "its length: more than 3 frames before, 3 now"


def test_arrays_are_compared_one_by_one(tmp_path):
    one, other = tmp_path / "a.npz", tmp_path / "b.npz"
    arrays = {"walls": np.zeros((5, 5), bool), "values": np.arange(9.0), "names": np.array(["a"])}
    np.savez_compressed(one, **arrays)
    np.savez(other, **arrays)
    assert difference(one, other, kind="data", suffix=".npz") == ""
    np.savez(other, **arrays | {"values": np.arange(10.0)})
    assert difference(one, other, kind="data", suffix=".npz") == "the arrays values"
    np.savez(other, walls=arrays["walls"], extra=np.ones(2), names=arrays["names"])
    assert difference(one, other, kind="data", suffix=".npz") == "the arrays extra, values"


def test_an_array_that_grows_without_end_is_not_unpacked(tmp_path):
    one, other = tmp_path / "a.npz", tmp_path / "b.npz"
    np.savez(other, walls=np.zeros(5))
    header = zipfile.ZipFile(other).read("walls.npy")
    with zipfile.ZipFile(one, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("walls.npy", header + bytes(50_000_000))
    assert difference(one, other, kind="data", suffix=".npz") == "the arrays walls"


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".csv", ".json"])
def test_others_are_compared_byte_by_byte(tmp_path, suffix):
    one, other = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    one.write_bytes(bytes(3_000_000))
    other.write_bytes(bytes(3_000_000))
    assert difference(one, other, kind="figure", suffix=suffix) == ""
    other.write_bytes(bytes(2_000_000) + b"x" + bytes(999_999))
    said = difference(one, other, kind="figure", suffix=suffix)
    assert said == "the bytes from 2,000,000 on"
    other.write_bytes(bytes(2_999_999))
    said = difference(one, other, kind="figure", suffix=suffix)
    assert said == "the bytes from 2,999,999 on"


@pytest.mark.parametrize("kind", ["figure", "film", "data"])
@pytest.mark.parametrize("suffix", [".png", ".webp", ".gif", ".mp4", ".npz"])
def test_a_damaged_original_is_one_line(tmp_path, kind, suffix):
    one, other = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    one.write_bytes(b"no such thing" * 20)
    still(other) if suffix in (".png", ".webp", ".gif") else other.write_bytes(b"")
    with pytest.raises(VinguiError, match=rf"^a\{suffix}: It is not a valid \{suffix} file: "):
        difference(one, other, kind="film" if suffix == ".gif" else kind, suffix=suffix)


def test_the_words_for_equal_files():
    assert same_words("figure", ".png") == "the same, pixel for pixel"
    assert same_words("film", ".mp4").startswith("the same, frame for frame")
    assert same_words("data", ".npz") == "the same, number for number"
    assert same_words("figure", ".svg") == "the same, byte for byte"


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 20\n%%EndComments\n{} loop\n"


@pytest.mark.parametrize("kind", ["figure", "film", "view"])
@pytest.mark.parametrize("suffix", [".png", ".webp", ".gif"])
@pytest.mark.parametrize(
    "content",
    [
        POSTSCRIPT,
        b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 30, len(POSTSCRIPT)) + bytes(18) + POSTSCRIPT,
        b"\n" + POSTSCRIPT,
    ],
    ids=["PostScript", "DOS EPS", "blank first"],
)
def test_no_other_program_is_run_on_a_file(tmp_path, monkeypatch, kind, suffix, content):
    for name in ("Popen", "run", "check_call", "check_output"):
        monkeypatch.setattr(f"subprocess.{name}", lambda *_, **__: pytest.fail("a program was run"))
    one, other = tmp_path / f"a{suffix}", still(tmp_path / f"b{suffix}")
    one.write_bytes(content)
    with pytest.raises(VinguiError, match=rf"^a\{suffix}: It is not a valid \{suffix} file: "):
        difference(one, other, kind=kind, suffix=suffix)


@pytest.mark.parametrize("suffix", [".png", ".webp", ".gif"])
def test_a_picture_of_another_format_is_not_read(tmp_path, suffix):
    one, other = tmp_path / f"a{suffix}", still(tmp_path / f"b{suffix}")
    Image.fromarray(NOISE[0]).save(one, format="TIFF")
    with pytest.raises(VinguiError, match=rf"^a\{suffix}: It is not a valid \{suffix} file: "):
        difference(one, other, kind="film" if suffix == ".gif" else "figure", suffix=suffix)


def large_gif(path, *, side, frames, page=None):
    """A film of little content and large pages: each frame is black."""
    blocks = b"".join(getdata(Image.new("P", (side, side)), duration=50, include_color_table=True))
    page = page or side
    head = b"GIF89a" + struct.pack("<HHBBB", page, page, 0x70, 0, 0)
    path.write_bytes(head + blocks * frames + b";")
    return path


@pytest.fixture
def unpacked(monkeypatch):
    """The sizes of the pictures that were unpacked."""
    sizes = []
    convert = Image.Image.convert
    monkeypatch.setattr(
        Image.Image, "convert", lambda self, *how: sizes.append(self.size) or convert(self, *how)
    )
    return sizes


@pytest.mark.parametrize("frames", [1, 3, 400])
def test_a_film_of_larger_pages_differs_by_its_size_alone(tmp_path, unpacked, frames):
    one = large_gif(tmp_path / "a.gif", side=3000, frames=frames)
    other = large_gif(tmp_path / "b.gif", side=64, frames=frames)
    found = difference(one, other, kind="film", suffix=".gif")
    assert found == "3000x3000 pixels before, 64x64 now"
    assert not unpacked


def test_a_frame_that_extends_beyond_the_page_differs_by_its_size(tmp_path, unpacked):
    one = large_gif(tmp_path / "a.gif", side=3000, frames=3, page=64)
    other = large_gif(tmp_path / "b.gif", side=64, frames=3)
    found = difference(one, other, kind="film", suffix=".gif")
    assert found == "3000x3000 pixels before, 64x64 now"
    assert set(unpacked) <= {(64, 64)}


def test_no_more_frames_are_unpacked_than_were_made(tmp_path, unpacked):
    one = large_gif(tmp_path / "a.gif", side=64, frames=5000)
    other = large_gif(tmp_path / "b.gif", side=64, frames=2)
    found = difference(one, other, kind="film", suffix=".gif")
    assert found == "its length: more than 2 frames before, 2 now"
    assert len(unpacked) == 4


def test_a_video_of_another_codec_is_not_decoded(tmp_path):
    other = video(tmp_path / "b.mp4")
    with av.open(str(tmp_path / "a.mp4"), "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=20)
        stream.width, stream.height, stream.pix_fmt = 24, 16, "yuv420p"
        out.mux(stream.encode(av.VideoFrame.from_ndarray(NOISE[0])))
        out.mux(stream.encode())
    with pytest.raises(VinguiError, match=r"not in H\.264"):
        difference(tmp_path / "a.mp4", other, kind="film", suffix=".mp4")


@pytest.mark.parametrize("name", ["\x1b[31mred", "a\nb", "\x9b2J", "\u202eabc"])
def test_names_in_a_file_are_made_printable(tmp_path, name):
    one, other = tmp_path / "a.npz", tmp_path / "b.npz"
    np.savez(other, walls=np.zeros(5))
    np.savez(one, walls=np.zeros(5), **{name: np.ones(1)})
    found = difference(one, other, kind="data", suffix=".npz")
    assert found.startswith("the arrays ")
    assert found.isprintable()


def test_a_few_of_many_names_are_enough(tmp_path):
    one, other = tmp_path / "a.npz", tmp_path / "b.npz"
    np.savez(other, walls=np.zeros(5))
    np.savez(one, walls=np.zeros(5), **{f"n{n:04}": np.ones(1) for n in range(1000)})
    found = difference(one, other, kind="data", suffix=".npz")
    assert found == "the arrays n0000, n0001, n0002, n0003, n0004, n0005, n0006, n0007, ..."
