"""Two files are compared by what can be seen in them, and what differs is said."""

import zipfile

import av
import numpy as np
import pytest
from PIL import Image

from vingui.cli.comparing import difference, same_words
from vingui.core.errors import VinguiError

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
        stream = out.add_stream("libx264", rate=rate, options={"threads": "1"})
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
    assert said() == "1 of 4 frames"
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
    assert " of 4 frames" in difference(one, other, kind="film", suffix=".mp4")


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
    with pytest.raises(VinguiError, match=rf"^a\{suffix}: Expected a sound \{suffix}, received: "):
        difference(one, other, kind="film" if suffix == ".gif" else kind, suffix=suffix)


def test_what_is_the_same_is_said():
    assert same_words("figure", ".png") == "the same, pixel for pixel"
    assert same_words("film", ".mp4").startswith("the same, frame for frame")
    assert same_words("data", ".npz") == "the same, number for number"
    assert same_words("figure", ".svg") == "the same, byte for byte"
