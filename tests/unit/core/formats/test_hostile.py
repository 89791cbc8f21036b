"""Files made to do harm: they may be refused or read, and nothing else."""

import io
import json
import pickle
import random
import re
import resource
import struct
import sys
import time
import tracemalloc
import zipfile
import zlib
from contextlib import suppress

import numpy as np
import pytest
import scipy.io
from PIL import Image

from vingui.core.errors import VinguiError
from vingui.core.formats import FORMATS, base, read_dataset
from vingui.core.terrain import STANDARD

MIB = 2**20
WALLS = np.array([[mark == "#" for mark in row] for row in ("#####", "#..##", "#...#", "#####")])
SQUARE = np.pad(WALLS, ((0, 1), (0, 0)), constant_values=True)


def saved(save, *args, **kwargs):
    buffer = io.BytesIO()
    save(buffer, *args, **kwargs)
    return buffer.getvalue()


def own_set(save=np.savez):
    return saved(
        save, walls=np.stack([WALLS] * 2), goal=np.array([[1, 1]] * 2), start=np.array([[2, 2]] * 2)
    )


def world():
    palette = json.dumps(STANDARD.record()).encode()
    return {
        "terrain": np.where(WALLS, np.uint8(0), np.uint8(3)),
        "palette": np.frombuffer(palette, np.uint8),
        "goals": np.array([[1, 1], [2, 3]]),
        "goal_values": np.array([0.5, -2]),
    }


def world_set():
    stacked = {
        name: array if name == "palette" else np.stack([array] * 2)
        for name, array in world().items()
    }
    return saved(np.savez, walls=np.stack([WALLS] * 2), goal=np.array([[1, 1]] * 2), **stacked)


def planning_set():
    hot = np.zeros((1, 1, 4, 5), np.uint8)
    hot[0, 0, 1, 1] = 1
    policy = np.zeros((1, 8, 1, 4, 5), np.uint8)
    split = [(~WALLS).astype(np.uint8)[None], hot, policy, hot]
    return saved(np.savez, *split * 3)


def paper_set(*, compressed):
    value = np.full((1, 25), -1, np.int16)
    value[0, 6] = 10
    cells = np.empty((1, 1), object)
    cells[0, 0] = np.array([[3, 4], [2, 3], [2, 2]], np.uint8)
    free = (~SQUARE).astype(np.uint8).reshape(1, 25, order="F")
    arrays = {"all_im_data": free, "all_value_data": value, "all_states_xy": cells}
    return saved(scipy.io.savemat, arrays, do_compression=compressed)


PIXELS = np.kron(np.where(WALLS, np.uint8(0), np.uint8(255)), np.ones((6, 6), np.uint8))


def image(kind, **options):
    return saved(Image.fromarray(PIXELS).save, format=kind, **options)


def own_map():
    rows = ["".join(".#"[wall] for wall in row) for row in WALLS.tolist()]
    content = {"format": "vingui-map", "version": 1, "goal": [1, 1], "starts": [], "rows": rows}
    return json.dumps(content).encode()


def run_arrays():
    cells = {"goal": np.array([1, 1]), "starts": np.array([[2, 2], [2, 3]])}
    place = {"resolution": np.array(0.05), "origin": np.array([-10.0, 2.5, 0.0])}
    return saved(np.savez_compressed, walls=WALLS, **cells, **place, **world())


def pytorch_vin_set():
    image = np.zeros((1, 2, 5, 5), np.float32)
    image[0, 0], image[0, 1, 1, 2] = SQUARE, 10
    return saved(np.savez, *[image, *(np.array([[number]]) for number in (2, 2, 0))] * 2)


def run_record():
    content = {"format": "vingui-run", "version": 1, "map": json.loads(own_map())}
    return json.dumps(content).encode()


MAP = b"type octile\nheight 4\nwidth 5\nmap\n@@@@@\n@..@@\n@...@\n@@@@@\n"
SCENARIO = b"version 1\n0\ta.map\t5\t4\t1\t1\t2\t2\t1.4\n1\ta.map\t5\t4\t2\t2\t1\t1\t1.4\n"

YAML = (
    b"image: arena.pgm\nresolution: 0.05\norigin: [-10.0, 2.5, 0.0]\n"
    b"negate: 0\noccupied_thresh: 0.65\nfree_thresh: 0.196\nmode: trinary\n"
)

SAMPLES = {
    "map.json": own_map(),
    "stored.npz": own_set(),
    "deflated.npz": own_set(np.savez_compressed),
    "world.npz": world_set(),
    "planning.npz": planning_set(),
    "run.npz": run_arrays(),
    "pytorch-vin.npz": pytorch_vin_set(),
    "array.npz": saved(np.savez_compressed, WALLS.astype(np.int64)),
    "array.npy": saved(np.save, WALLS.astype(np.float32)),
    "run.json": run_record(),
    "plain.mat": paper_set(compressed=False),
    "packed.mat": paper_set(compressed=True),
    "arena.map": MAP,
    "arena.scen": SCENARIO,
    "map.txt": b"#####\n#SG##\n#...#\n#####\n",
    "copied.txt": b"A map:\n```\n> 1 #####\n> 2 #  ##\n> 3 #S E#\n> 4 #####\n```\n",
    "grid.csv": b"".join(b",".join(b"%d" % wall for wall in row) + b"\n" for row in WALLS),
    "corners.map": b"type octile-corner\nheight 3\nwidth 3\nmap\n222\n222\n222\n@e.\n.s.\n...\n",
    "map.png": image("PNG"),
    "map.jpg": image("JPEG"),
    "map.bmp": image("BMP"),
    "map.gif": image("GIF"),
    "map.webp": image("WEBP", lossless=True),
    "blurred.webp": image("WEBP", quality=80),
    "map.pgm": image("PPM"),
    "deep.png": saved(Image.fromarray(np.uint16(257) * PIXELS).save, format="PNG"),
    "clear.png": saved(Image.fromarray(PIXELS).convert("RGBA").save, format="PNG"),
    "palette.bmp": saved(Image.fromarray(PIXELS).convert("P").save, format="BMP"),
    "plain.pgm": b"P2\n5 4\n255\n" + b" ".join(b"%d" % v for v in np.where(WALLS, 0, 255).flat),
    "arena.yaml": YAML,
    "shades.yaml": YAML.replace(b"trinary", b"scale") + b"vingui_costs: [17, 1.0, 9.0]\n",
}

BESIDE = {"a.map": MAP, "arena.pgm": SAMPLES["map.pgm"]}
"""Files that others name."""


NUMBERS = (b"0", b"-1", b"1", b"65536", b"1e9", b"2147483647", b"4294967296", b"9" * 40)


def mutated(data, rng):
    """The data cut short, with bits and bytes turned, spliced, or with other numbers in it."""
    data = bytearray(data)
    at = rng.randrange(len(data))
    match rng.randrange(6):
        case 0:
            del data[at:]
        case 1:
            for _ in range(rng.randint(1, 8)):
                data[rng.randrange(len(data))] = rng.choice(
                    (0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256))
                )
        case 2:
            for _ in range(rng.randint(1, 4)):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        case 3:
            there = rng.randrange(len(data))
            piece = data[there : there + rng.randint(1, 64)]
            data[at : at + rng.randint(0, 64)] = rng.choice((piece, rng.randbytes(16), b""))
        case 4:
            size = rng.choice((1, 2, 4, 8))
            data[at : at + size] = rng.choice((b"\xff", b"\x7f", b"\0")) * size
        case _:
            found = list(re.finditer(rb"[0-9]+", data))
            if found:
                number = rng.choice(found)
                data[number.start() : number.end()] = rng.choice(NUMBERS)
    return bytes(data)


def peak_mib():
    """The most memory that this process ever took, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (MIB if sys.platform == "darwin" else 1024)


@pytest.fixture
def folder(tmp_path):
    for name, data in BESIDE.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_sound(folder, name):
    path = folder / name
    path.write_bytes(SAMPLES[name])
    dataset = read_dataset(path)
    assert dataset.maps[0].walls.any()
    assert not any("despite its ending" in note for note in dataset.notes)


def test_every_importer_has_a_sample():
    used = {format_of_name(name) for name in SAMPLES}
    assert used == {file_format.name for file_format in FORMATS.values()}


def format_of_name(name):
    stem, _, suffix = name.rpartition(".")
    named = [
        file_format.name for file_format in FORMATS.values() if f".{suffix}" in file_format.suffixes
    ]
    return stem if stem in named else named[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damaged", "name"),
    [*((name, name) for name in SAMPLES), ("arena.pgm", "arena.yaml"), ("a.map", "arena.scen")],
)
def test_a_thousand_damaged_files_are_read_or_refused(folder, damaged, name):
    rng = random.Random(damaged)  # noqa: S311 - repeatable, not secret
    path = folder / name
    path.write_bytes(SAMPLES[name])
    before, refusals, slowest = peak_mib(), 0, 0.0
    for _ in range(1000):
        (folder / damaged).write_bytes(mutated({**SAMPLES, **BESIDE}[damaged], rng))
        begin = time.perf_counter()
        try:
            dataset = read_dataset(path)
        except VinguiError as error:
            refusals += 1
            check_message(name, str(error))
        else:
            assert all(grid.rows >= 2 for grid in dataset.maps)
        slowest = max(slowest, time.perf_counter() - begin)
    assert refusals > 50
    # Of the memory a little is left after each file, and two maps of 1024x1024 may be read.
    assert peak_mib() - before < 96
    # Nothing hangs: a file of a few hundred bytes takes a few milliseconds, also on a busy machine.
    assert slowest < 20


def check_message(name, message):
    assert message.startswith(f"{name}: ")
    assert message.isprintable()
    assert len(message) < 600


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.endswith(".yaml")])
def test_a_file_under_any_other_name_is_read_or_refused(folder, name):
    suffixes = {suffix for file_format in FORMATS.values() for suffix in file_format.suffixes}
    for suffix in [*sorted(suffixes), "", ".exe"]:
        path = folder / f"renamed{suffix}"
        path.write_bytes(SAMPLES[name])
        with suppress(VinguiError):
            assert read_dataset(path).maps[0].walls.any()


def peak_of_reading(path):
    tracemalloc.start()
    try:
        with suppress(VinguiError):
            read_dataset(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def npy(shape, *, descr="|b1", data=b""):
    header = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def zipped(path, members, *, level=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", level) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)


def claim_size(path, size):
    """Overwrite the unpacked size of the first entry in the zip's table of contents."""
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", size)
    path.write_bytes(data)


@pytest.mark.parametrize(
    "shape", [(10**5, 1024, 1024), (10**30, 8, 8), (-1, 8, 8), (400, 1024, 1024)]
)
def test_a_header_that_claims_much_takes_no_memory(tmp_path, refused, shape):
    path = tmp_path / "claim.npz"
    zipped(path, {"walls": npy(shape), "goal": npy((1, 2), descr="<i8", data=b"\0" * 16)})
    refused(path)
    assert peak_of_reading(path) < 4 * MIB


def test_a_table_of_contents_that_claims_much_takes_no_memory(tmp_path, refused):
    path = tmp_path / "claim.npz"
    header = npy((400, 1024, 1024))
    count = 400
    goal = np.zeros((count, 2), np.int64).tobytes()
    members = {"walls": header, "goal": npy((count, 2), descr="<i8", data=goal)}
    zipped(path, members)
    claim_size(path, len(header) + 400 * MIB)
    refused(path, "packed bytes claim to hold 419,")
    assert peak_of_reading(path) < 4 * MIB


def test_a_zip_bomb_stops_at_the_cap(tmp_path, refused, monkeypatch):
    path = tmp_path / "bomb.npz"
    walls = npy((48, 1024, 1024), data=b"\0" * (48 * MIB))
    zipped(path, {"walls": walls, "goal": npy((48, 2), descr="|u1", data=b"\0" * 96)})
    del walls
    assert path.stat().st_size < MIB // 8
    monkeypatch.setattr(base, "MAX_ARRAY_BYTES", 40 * MIB)
    refused(path, "Arrays may have at most 41,943,040 bytes")
    assert peak_of_reading(path) < 4 * MIB


def test_a_long_table_of_contents_is_not_read(tmp_path, refused):
    path = tmp_path / "many.npz"
    zipped(path, {f"{number:050}": b"" for number in range(12_000)}, level=zipfile.ZIP_STORED)
    refused(path, "The table of contents may have at most 1,048,576 bytes")
    assert peak_of_reading(path) < 4 * MIB


def test_a_header_of_deep_python_is_refused(tmp_path, refused):
    path = tmp_path / "deep.npz"
    header = b"(" * 9000
    zipped(
        path, {"walls": b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header, "goal": b""}
    )
    refused(path, "The header of the array", "is damaged")


def compressed_matrix(nbytes, stream):
    return (
        b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + struct.pack("<II", 15, nbytes) + stream
    )


def matrix_head(name, shape, nbytes):
    flags, dims = struct.pack("<4I", 6, 8, 9, 0), struct.pack("<IIii", 5, 8, *shape)
    padded = name.ljust(-len(name) // 8 * -8, b"\0")
    return struct.pack("<II", 14, nbytes) + flags + dims + struct.pack("<II", 1, len(name)) + padded


@pytest.mark.slow
def test_a_matlab_bomb_stops_at_what_it_says(tmp_path):
    """It claims 128 bytes and unpacks to 64 MiB."""
    path = tmp_path / "bomb.mat"
    body = b"".join(
        struct.pack("<II", 15, len(packed)) + packed
        for name in (b"all_im_data", b"all_value_data", b"all_states_xy")
        for packed in [zlib.compress(matrix_head(name, (1, 25), 128) + b"\0" * (64 * MIB))]
    )
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + body)
    assert peak_of_reading(path) < 4 * MIB
    with pytest.raises(VinguiError):
        read_dataset(path)


def test_a_matlab_claim_takes_no_memory(tmp_path, refused):
    path = tmp_path / "claim.mat"
    stream = zlib.compress(matrix_head(b"im_data", (10**6, 400), 4 * 10**8))
    path.write_bytes(compressed_matrix(len(stream), stream))
    refused(path, "packed bytes claim to hold 400,000,000")
    assert peak_of_reading(path) < 4 * MIB


class Trap:
    def __reduce__(self):
        return pytest.fail, ("a pickle was loaded",)


def test_a_pickle_in_an_npy_is_not_loaded(tmp_path, refused):
    path = tmp_path / "trap.npy"
    np.save(path, np.array([[Trap()] * 2] * 2, object))
    refused(path, "The array holds pickled objects, which run code")
    np.savez(tmp_path / "trap.npz", np.array([Trap()], object))
    refused(tmp_path / "trap.npz")


@pytest.mark.parametrize(
    "shape", [(1024, 1024), (10**5, 1024, 1024), (10**30, 8, 8), (-1, 8), (2**40,)]
)
def test_an_npy_that_claims_much_takes_no_memory(tmp_path, refused, shape):
    path = tmp_path / "claim.npy"
    path.write_bytes(npy(shape, descr="<f8"))
    refused(path)
    assert peak_of_reading(path) < 4 * MIB


def test_a_long_npy_is_refused_by_its_header(tmp_path, refused):
    path = tmp_path / "long.npy"
    header = npy((2000, 1024, 1024))
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + 2000 * MIB)
    refused(path, "this one has 2,000 of 1024x1024 cells")
    assert peak_of_reading(path) < 4 * MIB


@pytest.mark.slow
@pytest.mark.parametrize("name", ["wide.csv", "wide.txt"])
@pytest.mark.parametrize("mark", [b"0,", b"1;", b"1 ", b"0\t", b"#", b"# ", b"1", b"> ", b"[0 "])
def test_a_row_of_a_million_cells_is_refused_before_it_is_split(tmp_path, refused, name, mark):
    path = tmp_path / name
    path.write_bytes(mark * 1_000_000 + b"\n" + mark * 1_000_000 + b"\n")
    refused(path)
    assert peak_of_reading(path) < 48 * MIB


@pytest.mark.slow
@pytest.mark.parametrize("line", [b"\n", b"1\n", b"#\n", b"0,1\n", b"```\n", b">\n", b'"#",\n'])
def test_a_million_lines_are_refused_before_they_are_looked_at(tmp_path, refused, line):
    path = tmp_path / "long.csv"
    path.write_bytes(b"#" + line * 1_000_000 + b"#")
    refused(path, "The text has more than 20,000 lines")
    assert peak_of_reading(path) < 48 * MIB


def test_rows_of_very_different_length_are_refused(tmp_path, refused):
    path = tmp_path / "ragged.csv"
    path.write_bytes(b"0,1,0\n" + b"1," * 2_000_000 + b"\n")
    refused(path, "A row of a map has at most 4096 cells")
    path.write_bytes(b"0,1,0\n0,1\n" * 3)
    refused(path, "Row 1 has 2 numbers, but row 0 has 3")
    path.write_bytes(b"# #\n" + b" " * 3_000_000 + b"#\n")
    refused(path, "vingui plans on 4096x4096 at most")
    assert peak_of_reading(path) < 48 * MIB


@pytest.mark.parametrize("at", [0, 4])
def test_images_of_a_data_set_that_claim_much_take_no_memory(tmp_path, refused, at):
    path = tmp_path / "claim.npz"
    arrays = [npy((10**7, 2, 28, 28), descr="<f8"), *[npy((10**7, 1), descr="<i8")] * 3]
    sound = np.load(io.BytesIO(pytorch_vin_set()))
    members = {
        f"arr_{number}": arrays[number - at]
        if at <= number < at + 4
        else saved(np.save, sound[f"arr_{number}"])
        for number in range(8)
    }
    zipped(path, members)
    refused(path)
    assert peak_of_reading(path) < 4 * MIB


@pytest.mark.parametrize("name", ["walls", "goal", "arr_0"])
def test_a_pickle_inside_an_npz_is_not_loaded(tmp_path, refused, name):
    path = tmp_path / "trap.npz"
    sound = np.load(io.BytesIO(own_set() if name != "arr_0" else planning_set()))
    arrays = {key: sound[key] for key in sound.files}
    arrays[name] = np.array([Trap()], object)
    np.savez(path, **arrays)
    assert b"pytest" in pickle.dumps(Trap())
    refused(path, f"The array {name} holds pickled objects, which run code")


def test_a_zip_inside_a_zip_is_no_array(tmp_path, refused):
    path = tmp_path / "nested.npz"
    zipped(path, {"walls": own_set(), "goal": own_set()})
    refused(path, "The header of the array walls is damaged")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("side", [8193, 20_000, 2**31 - 1])
def test_a_png_that_claims_much_is_refused_by_its_header(tmp_path, refused, side):
    path = tmp_path / "claim.png"
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts)
    refused(path, "at most 67,108,864 pixels")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("claim.pgm", b"P5 8000 8000 255\n" + b"\0" * 100),
        ("claim.pbm", b"P4 8000 8000\n" + b"\0" * 100),
        (
            "claim.bmp",
            SAMPLES["map.bmp"].replace(struct.pack("<i", 30), struct.pack("<i", 8000), 1),
        ),
        (
            "claim.jpg",
            SAMPLES["map.jpg"].replace(struct.pack(">2H", 24, 30), struct.pack(">2H", 8000, 8000)),
        ),
    ],
)
def test_a_picture_that_claims_more_than_its_bytes_hold_takes_no_memory(
    tmp_path, refused, name, data
):
    path = tmp_path / name
    path.write_bytes(data)
    before = peak_mib()
    refused(path, "")
    assert peak_mib() - before < 16


def test_a_text_chunk_of_a_picture_may_unpack_to_little_only(tmp_path):
    path = tmp_path / "chatty.png"
    bomb = zlib.compress(b"\0" * (64 * MIB))
    sound = SAMPLES["map.png"]
    at = sound.index(b"IDAT") - 4
    path.write_bytes(sound[:at] + chunk(b"zTXt", b"Comment\0\0" + bomb) + sound[at:])
    before = peak_mib()
    with suppress(VinguiError):
        read_dataset(path)
    assert peak_mib() - before < 32


def test_a_plain_pgm_too_long_to_be_parsed_is_refused(tmp_path, refused):
    path = tmp_path / "long.pgm"
    path.write_bytes(b"P2 4000 4000 255\n")
    with path.open("r+b") as file:
        file.truncate(17 * MIB)
    refused(path, "A plain PGM may have at most 16,777,216 bytes")


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("long.json", b'{"format": "vingui-map"'),
        ("long.map", MAP),
        ("long.scen", SCENARIO),
        ("long.txt", b"...\n"),
    ],
)
def test_long_texts_are_refused_by_their_size(tmp_path, refused, name, head):
    path = tmp_path / name
    path.write_bytes(head)
    with path.open("r+b") as file:
        file.truncate(2**40)
    refused(path, "1,099,511,627,776 bytes; at most 134,217,728 can be read")
    assert peak_of_reading(path) < 4 * MIB
