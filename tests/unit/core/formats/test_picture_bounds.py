"""Pictures that were made to be slow are refused at once; large real ones are read."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from vingui.core.formats import PictureOptions, ReadOptions, bounded_file, read_dataset
from vingui.core.formats.pixels import read_grey

MANY = "so many or so large parts besides its pixels that it would take very long to read"
FIT = ReadOptions(picture=PictureOptions(longest=64))


def encoded(kind, side=64, **options):
    file = io.BytesIO()
    Image.new("L", (side, side), 255).save(file, kind, **options)
    return file.getvalue()


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*, before=b"", cut=0, after=b""):
    """A white picture of 64x64; its pixels cut into chunks of so many bytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0))
    pixels = zlib.compress(b"".join(b"\0" + b"\xff" * 64 for _ in range(64)))
    parts = [pixels[at : at + cut] for at in range(0, len(pixels), cut)] if cut else [pixels]
    data = b"".join(chunk(b"IDAT", part) for part in parts)
    return b"\x89PNG\r\n\x1a\n" + head + before + data + after + chunk(b"IEND")


def profile(size):
    return chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(size)))


def scans(side, count):
    """A progressive JPEG with its last scan repeated."""
    whole = encoded("JPEG", side, progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * count + whole[-2:]


def jpeg(before):
    whole = encoded("JPEG")
    # Behind its first segment: a picture has to begin as one.
    end = 4 + int.from_bytes(whole[4:6], "big")
    return whole[:end] + before + whole[end:]


def run_length(side, data, bits=8):
    palette = bytes(4 << bits)
    offset = 54 + len(palette)
    head = struct.pack("<IHHI", offset + len(data), 0, 0, offset)
    kind = 1 if bits == 8 else 2
    info = struct.pack("<IiiHHIIiiII", 40, side, side, 1, bits, kind, len(data), 0, 0, 0, 0)
    return b"BM" + head + info + palette + data


def gif(before):
    whole = encoded("GIF")
    colours = 3 << (whole[10] & 7) + 1 if whole[10] & 0x80 else 0
    return whole[: 13 + colours] + before + whole[13 + colours :]


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("a.png", png(before=chunk(b"abCd") * 60_000), MANY),
        ("b.png", png(after=chunk(b"abCd") * 60_000), MANY),
        ("c.png", png(before=chunk(b"IDAT") * 60_000), MANY),
        ("d.png", png(before=profile(1000) * 9), "more than 8 colour profiles"),
        ("e.png", png(before=chunk(b"abCd", bytes(65 << 20))), MANY),
        ("a.jpg", scans(4096, 200), "far more scans than a JPEG of 16,777,216 pixels"),
        ("b.jpg", scans(1024, 2100), "far more scans"),
        ("c.jpg", jpeg(b"\xff\xfe\0\2" * 60_000), MANY),
        ("d.jpg", jpeg(b"\xff" * 110_000), MANY),
        ("e.jpg", jpeg(b"\0" * 110_000), MANY),
        ("f.jpg", jpeg((b"\xff\xe1\xff\xff" + bytes(65_533)) * 5000), MANY),
        ("a.bmp", run_length(8192, b"\1\0\0\0" * 8192), "in a run-length BMP"),
        ("b.bmp", run_length(5000, b"\xff\0" * 5000), "at most 16,777,216 pixels"),
        ("c.bmp", run_length(8192, b"\x20\0\0\0" * 8192, bits=4), "in a run-length BMP"),
        ("a.gif", gif(b"!\xfe" + b"\1a" * 60_000 + b"\0"), MANY),
        ("b.gif", gif(b"!\xfe\0" * 60_000), MANY),
        ("c.gif", gif(b"\7" * 110_000), MANY),
        ("d.gif", encoded("GIF")[:-1] + b"!\xfe" + b"\1a" * 60_000, MANY),
        ("a.pgm", b"P2 64 64 255\n" + b"#\n" * 10_001 + b"0 " * 4096, "10,000 comments"),
        ("b.pgm", b"P2 64 64 255\n" + b"0 #\r" * 20_000, "10,000 comments"),
        ("c.ppm", b"P3 64 64 255 " + b"0 # a\n" * 12_288, "10,000 comments"),
        ("d.pgm", b"P5\n#" + b"x" * 110_000 + b"\n64 64 255\n" + bytes(4096), MANY),
        ("e.pbm", b"P4\n" + b" " * 110_000 + b"64 64\n" + bytes(512), MANY),
        ("f.pgm", b"P2\n64\n" + b"#\n" * 40_000 + b"64 255\n" + b"0 " * 4096, "10,000 comments"),
        ("g.ppm", b"P6 512 512 1000\n" + bytes(6 * 2**18), MANY),
    ],
)
def test_what_would_take_long_is_refused(tmp_path, refused, monkeypatch, name, data, part):
    # A tenth of the bound, so that the files are small.
    monkeypatch.setattr(bounded_file, "_MAX_READS", 100_000)
    path = tmp_path / name
    path.write_bytes(data)
    refused(path, part)


@pytest.mark.slow
def test_the_bound_itself_is_a_few_seconds(tmp_path, refused):
    path = tmp_path / "a.png"
    path.write_bytes(png(before=chunk(b"abCd") * 550_000))
    before = time.process_time()
    refused(path, MANY)
    assert time.process_time() - before < 20


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", png(before=chunk(b"abCd") * 2000, cut=1, after=chunk(b"tEXt", b"a\0b") * 2000)),
        ("b.png", png(before=profile(100))),
        ("a.jpg", scans(64, 90)),
        ("b.jpg", encoded("JPEG", 3000, progressive=True)),
        ("c.jpg", jpeg(b"\xff\xfe\0\2" * 3000)),
        ("a.gif", gif(b"!\xfe" + b"\xff" + b"a" * 255 + b"\0")),
        ("b.gif", encoded("GIF", 3000)),
        ("a.bmp", run_length(64, b"\x40\0\0\0" * 64 + b"\0\1")),
        ("a.pgm", b"P2 64 64 255\n" + b"# row\n255 " * 4096),
        ("b.pgm", b"P5\n#" + b"x" * 3000 + b"\n64 64 255\n" + b"\xff" * 4096),
        ("e.pgm", b"P5 4096 4096 1000\n" + bytes(2**25)),
        ("f.ppm", b"P6 64 64 1000\n" + bytes(6 * 2**12)),
        ("c.pbm", b"P1\n# a\n64 64\n" + b"0" * 4096),
        ("d.pgm", b"P2 64 64 255\n" + b"#" * 20_000 + b"\n" + b"255 " * 4096),
    ],
)
def test_what_is_only_unusual_is_read(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    (walls,) = (grid.walls for grid in read_dataset(path, FIT).maps)
    assert walls.shape[0] <= 64


def test_pixels_in_many_small_chunks_are_the_same(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png(cut=1))
    np.testing.assert_array_equal(read_grey(path).grey, np.full((64, 64), 255))


def test_slow_films_in_a_folder_are_refused_at_once_and_named(tmp_path, monkeypatch):
    monkeypatch.setattr(bounded_file, "_MAX_READS", 100_000)
    (tmp_path / "good.txt").write_text("#.\n..\n")
    (tmp_path / "film.gif").write_bytes(encoded("GIF")[:-1] + b"!\xfe" + b"\1a" * 60_000)
    (tmp_path / "pages.png").write_bytes(png(after=chunk(b"abCd") * 60_000))
    dataset = read_dataset(tmp_path)
    assert len(dataset.maps) == 1
    assert [line.partition(":")[0] for line in dataset.refused] == ["film.gif", "pages.png"]
