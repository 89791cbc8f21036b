"""Recipes read out of files that the formats' own libraries wrote, and out of broken ones."""

import io
import json
import os
import random
import re
import struct
import time
import tracemalloc
import zlib
from xml.etree import ElementTree as ET

import av
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

from vingui.core.embedding import (
    COMMENT_LINE,
    KEY,
    NAMESPACE,
    read_recipe,
    recipe_element,
    xmp_packet,
)
from vingui.core.embedding.pictures import png_texts, with_png_text
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.recipe import MAX_CHARACTERS, Recipe


def recipe_of(walls, name='a <b> & "c" \\ (d) é'):
    walls[0, 0] = walls[-1, -1] = False
    return Recipe(
        kind="figure",
        grid=GridMap(walls, ((0, 0),), ((walls.shape[0] - 1, walls.shape[1] - 1),)),
        name=name,
        model="dynamic-8",
        sha256="0123456789abcdef" * 4,
        rule="8",
        iterations=80,
        memory=1 << 28,
        options={"title": '</vingui:recipe> ) \\) %PDF "recipe" { # '},
        versions={"numpy": "2.0.0"},
        suffix=".png",
    )


@pytest.fixture(scope="module")
def small():
    return recipe_of(np.random.default_rng(0).random((12, 17)) < 0.3)


@pytest.fixture(scope="module")
def large():
    return recipe_of(np.random.default_rng(1).random((1024, 1024)) < 0.5)


def pictures(count=3):
    noise = np.random.default_rng(2).integers(0, 256, (count, 16, 24, 3), np.uint8)
    return [Image.fromarray(frame) for frame in noise]


# Writers, by the formats' own libraries, and readers that are not ours.


def png(path, text, **how):
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "something else")
    info.add_text(KEY, text, **how)
    pictures()[0].save(path, pnginfo=info)


def png_compressed(path, text):
    png(path, text, zip=True)


def png_international(path, text, *, zip=True):  # noqa: A002
    info = PngImagePlugin.PngInfo()
    info.add_itxt(KEY, text, lang="en", tkey="Rezept", zip=zip)
    pictures()[0].save(path, pnginfo=info)


def png_international_plain(path, text):
    png_international(path, text, zip=False)


def png_text(path):
    with Image.open(path) as picture:
        picture.load()
        return picture.text[KEY]


def webp(path, text):
    pictures()[0].save(path, xmp=xmp_packet(text), lossless=True)


def webp_animated(path, text):
    first, *others = pictures()
    first.save(path, xmp=xmp_packet(text), save_all=True, append_images=others, duration=50)


def webp_text(path):
    with Image.open(path) as picture:
        xmp = picture.info["xmp"].decode()
    return ET.fromstring(re.sub(r"<\?.*?\?>", "", xmp)).find(f".//{{{NAMESPACE}}}recipe").text  # noqa: S314


def gif(path, text):
    first, *others = (picture.convert("P") for picture in pictures())
    first.save(path, comment=text.encode(), save_all=True, append_images=others, loop=0)


def gif_text(path):
    with Image.open(path) as picture:
        return picture.info["comment"].decode()


def figure():
    drawn = Figure(figsize=(2, 1))
    drawn.subplots().plot([1, 2])
    return drawn


def svg(path, text):
    figure().savefig(path, format="svg", metadata={"Title": "</svg> é", "Date": None})
    written = path.read_text(encoding="utf-8")
    assert "<metadata>" in written
    path.write_text(
        written.replace("<metadata>", f"<metadata>{recipe_element(text)}"), encoding="utf-8"
    )


def svg_text(path):
    text = path.read_text(encoding="utf-8")
    assert "<!ENTITY" not in text
    return ET.fromstring(text).find(f".//{{{NAMESPACE}}}recipe").text  # noqa: S314


def pdf(path, text):
    metadata = {"Title": "/Keywords (no) é", "Subject": "\\(", "Keywords": text}
    figure().savefig(path, format="pdf", metadata=metadata | {"CreationDate": None})


def pdf_text(path):
    found = re.search(rb"/Keywords \(((?:[^()\\]|\\.)*)\)", path.read_bytes())
    return re.sub(rb"\\(.)", rb"\1", found[1]).decode()


def mp4(path, text, **how):
    with av.open(str(path), "w", format="mp4", **how) as film:
        stream = film.add_stream("libx264", rate=20)
        stream.width, stream.height, stream.pix_fmt = 24, 16, "yuv420p"
        film.metadata.update(title="some film", comment=text)
        for picture in pictures():
            film.mux(stream.encode(av.VideoFrame.from_image(picture)))
        film.mux(stream.encode())


def mp4_fast(path, text):
    mp4(path, text, options={"movflags": "+faststart"})


def mp4_text(path):
    with av.open(str(path)) as film:
        return film.metadata["comment"]


def json_indented(path, text):
    content = {"card": {"recipe": "of weights"}, "path": [[1, 2]], "recipe": json.loads(text)}
    path.write_text(json.dumps(content, indent=2))


def json_compact(path, text):
    path.write_text(json.dumps({"recipe": json.loads(text), "x": '\\"}'}, separators=(",", ":")))


def json_text(path):
    return json.dumps(json.loads(path.read_text())["recipe"], separators=(",", ":"))


def npz(path, text):
    with path.open("wb") as file:
        np.savez_compressed(file, recipe=np.frombuffer(text.encode(), np.uint8), goal=np.ones(2))


def npz_text(path):
    with np.load(path) as arrays:
        return bytes(arrays["recipe"]).decode()


def csv(path, text):
    path.write_text(f"a,b\n1,2\n{COMMENT_LINE}{text}\n")


def csv_text(path):
    return path.read_text().splitlines()[-1].removeprefix("# vingui-recipe: ")


FILES = {
    "png": (png, png_text),
    "png-ztxt": (png_compressed, png_text),
    "png-itxt": (png_international, png_text),
    "png-itxt-plain": (png_international_plain, png_text),
    "webp": (webp, webp_text),
    "webp-animated": (webp_animated, webp_text),
    "gif": (gif, gif_text),
    "svg": (svg, svg_text),
    "pdf": (pdf, pdf_text),
    "mp4": (mp4, mp4_text),
    "mp4-faststart": (mp4_fast, mp4_text),
    "json": (json_indented, json_text),
    "json-compact": (json_compact, json_text),
    "npz": (npz, npz_text),
    "csv": (csv, csv_text),
}


@pytest.fixture(params=FILES)
def kind(request):
    return request.param


def written(tmp_path, kind, text):
    path = tmp_path / f"file.{kind.partition('-')[0]}"
    FILES[kind][0](path, text)
    return path


@pytest.mark.parametrize("size", ["small", "large"])
def test_every_kind_of_file_carries_it(tmp_path, kind, size, request):
    recipe = request.getfixturevalue(size)
    path = written(tmp_path, kind, recipe.encoded())
    assert read_recipe(path).encoded() == recipe.encoded()
    if kind.startswith("png") and size == "large":
        # Pillow unpacks no more of one text.
        assert len(recipe.encoded()) < PngImagePlugin.MAX_TEXT_CHUNK
    assert FILES[kind][1](path) == recipe.encoded()


def test_the_content_tells_the_kind_and_not_the_name(tmp_path, kind, small):
    path = written(tmp_path, kind, small.encoded())
    renamed = path.rename(tmp_path / "file.txt")
    assert read_recipe(renamed).encoded() == small.encoded()


@pytest.mark.slow
def test_a_thousand_broken_files_of_each_kind_are_read_or_refused(tmp_path, kind, small):
    path = written(tmp_path, kind, small.encoded())
    whole = path.read_bytes()
    dice = random.Random(kind)  # noqa: S311
    began = time.process_time()
    tracemalloc.start()
    refused = 0
    for _ in range(1000):
        path.write_bytes(broken(whole, dice))
        said = outcome(path)
        refused += bool(said)
        assert not said or said.startswith(f"{path.name}: ")
        assert "\n" not in said
        assert len(said) < 400
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 50 < refused < 1000
    assert peak < 40 << 20
    assert time.process_time() - began < 60


def outcome(path):
    try:
        read_recipe(path)
    except VinguiError as error:
        return str(error)
    return ""


def broken(whole, dice):
    data = bytearray(whole)
    how = dice.randrange(5)
    if how == 0:
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    elif how == 1:
        del data[dice.randrange(len(data)) :]
    elif how == 2:
        begin, other = dice.randrange(len(data)), dice.randrange(len(data))
        data[begin:begin] = data[other : other + dice.randint(1, 300)]
    elif how == 3:
        begin = dice.randrange(len(data))
        del data[begin : begin + dice.randint(1, 300)]
    else:
        place = dice.randrange(len(data) - 8)
        number = dice.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1))
        data[place : place + 4] = struct.pack(dice.choice("<>") + "I", number)
    return bytes(data)


NONE = "It holds no recipe"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def xmp_chunk(data):
    return struct.pack("<4sI", b"XMP ", len(data)) + data


SIGNATURE = b"\x89PNG\r\n\x1a\n"
BOMB = zlib.compress(bytes(300_000_000))
SMALL_BOMB = zlib.compress(bytes(2 * MAX_CHARACTERS))
ELEMENT = b"<vingui:recipe ></vingui:recipe>"
HOSTILE = {
    "empty": (b"", NONE),
    "text": (b"hello", NONE),
    "nothing in it": (b"{}", NONE),
    "another recipe": (b'{"recipe": {"flour": "500 g"}}', NONE),
    "a recipe in words": (b'{"recipe": "{\\"format\\": \\"vingui-recipe\\"}"}', NONE),
    "half a recipe": (b'{"recipe": {"format": "vingui-recipe"}}', "recipe has version None"),
    "open string": (b'{"recipe": {"a' + b'\\"' * 3_000_000, NONE),
    "open objects": (b'{"recipe": ' + b'{"a":' * 1_000_000, NONE),
    "many keys": (b'{"x": 1, ' + b'"recipe": {' * 300_000, NONE),
    "png without chunks": (SIGNATURE, NONE),
    "png of empty chunks": (SIGNATURE + chunk(b"tEXt", b"") * 300_000, NONE),
    "png of a size": (SIGNATURE + struct.pack(">I", 2**32 - 1) + b"tEXt" + b"x" * 100, NONE),
    "png bomb": (SIGNATURE + chunk(b"zTXt", KEY.encode() + b"\0\0" + BOMB), NONE),
    "png of bombs": (SIGNATURE + chunk(b"zTXt", KEY.encode() + b"\0\0" + SMALL_BOMB) * 2500, NONE),
    "png of international bombs": (
        SIGNATURE + chunk(b"iTXt", KEY.encode() + b"\0\1\0\0\0" + SMALL_BOMB) * 2500,
        NONE,
    ),
    "webp of elements": (b"RIFF\0\0\0\0WEBP" + xmp_chunk(ELEMENT * 300_000) * 20, NONE),
    "svg of elements": (b"<svg>" + ELEMENT * 540_000, NONE),
    "png noise": (SIGNATURE + chunk(b"zTXt", KEY.encode() + b"\0\0abc"), NONE),
    "webp of a size": (b"RIFF\xff\xff\xff\xffWEBPXMP \xff\xff\xff\xff" + b"x" * 99, NONE),
    "webp open": (b"RIFF\0\0\0\0WEBPXMP \xff\0\0\0" + b"<vingui:recipe>" * 30, NONE),
    "gif of blocks": (b"GIF89a" + bytes(7) + b"!\xfe" + b"\x01a" * 3_000_000, NONE),
    "gif of comments": (b"GIF89a" + bytes(7) + b"!\xfe\x01a\0" * 1_000_000, NONE),
    "gif without end": (b"GIF89a" + bytes(7) + b"," + bytes(9), NONE),
    "pdf open": (b"%PDF-1.4 /Keywords (" + b"\\(" * 3_000_000, NONE),
    "pdf of keywords": (b"%PDF-1.4 " + b"/Keywords (x) " * 100_000, NONE),
    "mp4 of empty boxes": (struct.pack(">I4s", 8, b"ftyp") * 300_000, NONE),
    "mp4 in itself": (b"\0\0\0\x08ftyp" + struct.pack(">I4sQ", 1, b"moov", 2**63), NONE),
    "mp4 backwards": (b"\0\0\0\x08ftyp" + struct.pack(">I4sQ", 1, b"moov", 0), NONE),
    "svg of openings": (b"<svg>" + b"<vingui:recipe>" * 300_000, NONE),
    "svg of names": (b"<svg><vingui:recipe " + b"a=" * 3_000_000, NONE),
    "zip of nothing": (b"PK\x05\x06" + bytes(18), NONE),
    "no zip": (b"PK\x03\x04" + bytes(100), "The .npz file"),
    "csv of comments": (COMMENT_LINE.encode() * 300_000, NONE),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_quickly_and_in_little_memory(tmp_path, name):
    data, expected = HOSTILE[name]
    path = tmp_path / "hostile.bin"
    path.write_bytes(data)
    del data
    began = time.process_time()
    tracemalloc.start()
    with pytest.raises(VinguiError, match=rf"^hostile\.bin: .*{expected}") as refusal:
        read_recipe(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "\n" not in str(refusal.value)
    assert peak < 6 * MAX_CHARACTERS
    assert time.process_time() - began < 20


def test_entities_are_not_expanded(tmp_path, small):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = small.encoded()
    path = tmp_path / "lol.svg"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "lol">{laughs}]><svg>&l9;'
        f"<metadata>{recipe_element(text)}</metadata></svg>"
    )
    assert read_recipe(path).encoded() == text
    path.write_text(path.read_text().replace('"cave"', '"&l9;"').replace("dynamic-8", "&l9;"))
    assert read_recipe(path).model == "&l9;"


def test_an_array_that_is_a_pickle_is_refused(tmp_path):
    np.savez(tmp_path / "x.npz", recipe=np.array([{}], object))
    with pytest.raises(VinguiError, match=r"^x\.npz: .*pickled objects"):
        read_recipe(tmp_path / "x.npz")
    np.savez(tmp_path / "y.npz", recipe=np.ones(10), walls=np.ones(3))
    with pytest.raises(VinguiError, match=NONE):
        read_recipe(tmp_path / "y.npz")


def test_an_array_larger_than_any_recipe_is_not_unpacked(tmp_path):
    np.savez_compressed(tmp_path / "x.npz", recipe=np.zeros(100_000_000, np.uint8))
    tracemalloc.start()
    with pytest.raises(VinguiError, match=NONE):
        read_recipe(tmp_path / "x.npz")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


def test_what_is_no_file_or_has_no_end_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(1 << 42)
    for name, expected in (
        ("pipe.png", "It is a pipe"),
        ("large.png", "The file may have at most"),
        ("none.png", "There is no such file"),
    ):
        with pytest.raises(VinguiError, match=rf"^{name}: .*{expected}"):
            read_recipe(tmp_path / name)
    with pytest.raises(VinguiError, match="It is a folder"):
        read_recipe(tmp_path)


def test_comments_and_keywords_of_others_are_passed_over(tmp_path, small):
    text = small.encoded()
    gif(tmp_path / "a.gif", text)
    data = (tmp_path / "a.gif").read_bytes()
    place = data.index(b"!\xfe")
    (tmp_path / "a.gif").write_bytes(data[:place] + b"!\xfe\x05hello\0" + data[place:])
    pdf(tmp_path / "a.pdf", text)
    data = (tmp_path / "a.pdf").read_bytes()
    (tmp_path / "a.pdf").write_bytes(data[:9] + b"% /Keywords (gardening)\n" + data[9:])
    for name in ("a.gif", "a.pdf"):
        assert read_recipe(tmp_path / name).encoded() == text


def test_a_damaged_text_of_a_png_is_not_believed(tmp_path, small):
    png(tmp_path / "a.png", small.encoded())
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data.replace(b'"iterations":80', b'"iterations":81'))
    with pytest.raises(VinguiError, match=NONE):
        read_recipe(tmp_path / "a.png")


def test_a_mark_across_two_pieces_is_found(tmp_path, small):
    for shift in range(-40, 5):
        rows = "1,2\n" * (((1 << 20) + shift) // 4)
        (tmp_path / "a.csv").write_text(f"{rows}{COMMENT_LINE}{small.encoded()}\n")
        assert read_recipe(tmp_path / "a.csv").encoded() == small.encoded()


def test_pillow_opens_a_png_with_a_recipe_longer_than_the_packed_texts_that_it_reads():
    recipe, buffer = recipe_of(np.random.default_rng(1).random((3000, 4096)) < 0.5), io.BytesIO()
    Image.new("L", (2, 2)).save(buffer, "PNG")
    data = with_png_text(buffer.getvalue(), recipe.encoded())
    with Image.open(io.BytesIO(data)) as image:
        assert image.text[KEY] == recipe.encoded()
    assert len(recipe.encoded()) > 1 << 20
    assert next(png_texts(io.BytesIO(data))).decode() == recipe.encoded()
