"""Models in files that users bring: good ones load, all others are refused in one line."""

import io
import json
import os
import struct
import tracemalloc
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vingui.core import cards
from vingui.core.cards import ModelCard
from vingui.core.errors import VinguiError
from vingui.net.keras_networks import load_model
from vingui.net.zoo import load_planner

MEMBERS = ("metadata.json", "config.json", "model.weights.h5")


def part_of(plan, name):
    """The reward, the q-values or the policy of every cell under V_K."""
    bands = plan.readouts.bands(plan.latest)
    return np.concatenate([getattr(band, name) for band in bands])


def refused(path, *parts, load=load_model):
    """Loading fails with one short line that starts with the file's name and holds the parts.

    So it does without Keras, for planning.
    """
    if load is load_model and path.is_file():
        refused(path, *parts, load=lambda path: load_planner(str(path)))
    with pytest.raises(VinguiError) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{Path(path).name}: ")
    assert message.isprintable()
    assert len(message) < 500
    for part in parts:
        assert part in message
    return message


@pytest.fixture(scope="module")
def good(tmp_path_factory, make_random):
    """The members of a small DynamicVIN's and a small VIN's file."""
    folder = tmp_path_factory.mktemp("good")
    found = {}
    for name in ("dynamic", "vin"):
        make_random(name, hidden=2, iterations=2).save(folder / f"{name}.keras")
        with zipfile.ZipFile(folder / f"{name}.keras") as archive:
            found[name] = {member: archive.read(member) for member in archive.namelist()}
    return found


def archive_of(members, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            archive.writestr(info, content)
    return file.getvalue()


@pytest.fixture
def write(tmp_path, good):
    """`write(kind, **members)`: a good file with some members exchanged; `None` leaves one out."""

    def written(kind="dynamic", compression=zipfile.ZIP_STORED, name="evil.keras", **changes):
        members = dict(good[kind])
        for key, content in changes.items():
            members[{"config": MEMBERS[1], "weights": MEMBERS[2]}.get(key, key)] = content
        kept = {key: content for key, content in members.items() if content is not None}
        path = tmp_path / name
        path.write_bytes(archive_of(kept, compression))
        return path

    return written


@pytest.fixture
def config_of(good):
    """`config_of(kind, **changes)`: a good configuration with some of its arguments exchanged."""

    def changed(kind="dynamic", **changes):
        content = json.loads(good[kind]["config.json"])
        content["config"].update(changes)
        return json.dumps(content)

    return changed


@pytest.mark.parametrize("kind", ["dynamic", "vin"])
def test_a_good_file_is_loaded(kind, write, as_array):
    model = load_model(write(kind))
    assert model.get_config()["hidden"] == 2
    assert model(np.zeros((1, 3, 4, 2), np.float32))["policy"].shape == (1, 3, 4, 8)
    assert not model.compiled


def test_a_good_file_is_good_compressed_too(write):
    assert load_model(write(compression=zipfile.ZIP_DEFLATED)).iterations == 2


def test_the_compilation_that_a_trained_model_was_saved_with_is_left_out(tmp_path, make_random):
    model = make_random("vin")
    model.compile(optimizer="adam")
    model.save(tmp_path / "compiled.keras")
    assert not load_model(tmp_path / "compiled.keras").compiled


# Not the right kind of file


@pytest.mark.parametrize(
    "content", [b"", b"hello\n", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\x89HDF\r\n\x1a\n"]
)
def test_a_file_that_is_no_archive_of_a_model_is_refused(tmp_path, content):
    path = tmp_path / "model.keras"
    path.write_bytes(content)
    refused(path, ".keras file")


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path):
    with pytest.raises(VinguiError, match=r"^missing\.keras: There is no such file"):
        load_model(tmp_path / "missing.keras")
    (tmp_path / "folder.keras").mkdir()
    refused(tmp_path / "folder.keras")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("../models/own.keras", "It holds only the path '../models/own.keras'"),
        ("weights.keras\n", "Open that file instead"),
        (f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0f' * 32}\n", "git lfs pull"),
    ],
)
def test_a_file_that_stands_in_for_another_says_so(tmp_path, content, said):
    (tmp_path / "own.keras").write_text(content)
    with pytest.raises(VinguiError, match=r"^own\.keras: It ") as caught:
        load_model(tmp_path / "own.keras")
    assert said in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_is_no_model(tmp_path):
    os.mkfifo(tmp_path / "pipe.keras")
    with pytest.raises(VinguiError, match="There is no model"):
        load_planner(str(tmp_path / "pipe.keras"))


def test_a_good_file_under_another_suffix_is_refused_or_loaded_but_never_a_crash(write):
    for name in ("model.zip", "model.h5", "model.hdf5", "model"):
        refused(write(name=name), "its name must end in .keras")


# Cut off, overwritten, encrypted


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_off_anywhere_is_refused(good, tmp_path, share):
    content = archive_of(good["dynamic"], zipfile.ZIP_DEFLATED)
    path = tmp_path / "short.keras"
    path.write_bytes(content[: int(share * len(content))])
    refused(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    compression=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    wear=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=3
    ),
)
def test_a_file_with_bytes_overwritten_is_refused_or_loaded(good, tmp_path, compression, wear):
    content = bytearray(archive_of(good["dynamic"], compression))
    for share, byte in wear:
        content[int(share * len(content))] = byte
    path = tmp_path / "worn.keras"
    path.write_bytes(content)
    try:
        load_model(path)
    except VinguiError:
        refused(path)
    else:
        load_planner(str(path))


@pytest.mark.parametrize("member", MEMBERS)
def test_a_damaged_compressed_member_is_refused(good, tmp_path, member):
    content = bytearray(archive_of(good["dynamic"], zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(member)
    first = info.header_offset + 30 + len(member)
    content[first : first + 8] = b"\xff" * 8
    path = tmp_path / "worn.keras"
    path.write_bytes(content)
    if member != "metadata.json":
        refused(path)


def test_an_encrypted_member_is_refused(write):
    path = write()
    content = bytearray(path.read_bytes())
    for magic, flag_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := content.find(magic, place + 1)) >= 0:
            content[place + flag_at] |= 1
    path.write_bytes(content)
    refused(path)


def test_an_unknown_compression_is_refused(write):
    path = write()
    content = bytearray(path.read_bytes())
    for magic, method_at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = -1
        while (place := content.find(magic, place + 1)) >= 0:
            content[place + method_at : place + method_at + 2] = struct.pack("<H", 97)
    path.write_bytes(content)
    refused(path)


# Other members


@pytest.mark.parametrize("name", ["assets/x.txt", "../../evil.txt", "/etc/evil", "model.npz"])
def test_an_extra_member_is_refused(write, name):
    refused(write(**{name: b"x"}), "it has 4 parts")


@pytest.mark.parametrize("member", MEMBERS)
def test_a_missing_member_is_refused(write, member):
    refused(write(**{member: None}), "it has 2 parts")


@pytest.mark.parametrize("member", ["config", "weights", "metadata.json"])
def test_a_member_that_unpacks_to_very_much_is_refused_without_unpacking(write, member):
    size = 300 << 20
    path = write(compression=zipfile.ZIP_DEFLATED, **{member: bytes(size)})
    assert path.stat().st_size < 1 << 20
    assert peak_of(lambda: refused(path, f"{size:,}"[:4])) < 32 << 20


def test_a_configuration_of_some_megabytes_is_refused(write, config_of):
    padded = config_of(name="x" * (2 << 20))
    refused(write(compression=zipfile.ZIP_DEFLATED, config=padded), "config.json")


def peak_of(act):
    """The most bytes that Python and NumPy held while it acted."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# Other classes and code


def test_another_keras_model_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.save(tmp_path / "dense.keras")
    refused(tmp_path / "dense.keras", "vingui>DynamicVIN and vingui>VIN")


def test_a_lambda_is_refused_and_not_run(tmp_path):
    trace = str(tmp_path / "trace")
    code = keras.layers.Lambda(lambda x: (Path(trace).write_text("run"), x)[1])
    model = keras.Sequential([keras.Input((3,)), code])
    model.save(tmp_path / "code.keras")
    assert Path(trace).exists()
    Path(trace).unlink()
    refused(tmp_path / "code.keras")
    assert not Path(trace).exists()


def test_a_file_that_is_our_archive_and_an_older_keras_file_at_once_is_refused(write, tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    legacy = tmp_path / "legacy.h5"
    model.save(legacy)
    both = tmp_path / "both.h5"
    both.write_bytes(legacy.read_bytes() + write().read_bytes())
    refused(both)


@pytest.mark.parametrize(
    "hidden_object",
    [
        {"module": "builtins", "class_name": "eval", "registered_name": None},
        {"module": "os", "class_name": "system", "registered_name": "system"},
        {"class_name": "function", "module": "builtins", "registered_name": "function"},
        {"module": "keras.layers", "class_name": "Lambda", "registered_name": None},
        {"class_name": "__lambda__"},
    ],
)
@pytest.mark.parametrize("argument", ["dtype", "name", "moves", "value_weight"])
def test_code_hidden_in_an_argument_is_refused_or_ignored_but_never_run(
    write, config_of, tmp_path, hidden_object, argument
):
    trace = tmp_path / "trace"
    code = f"open({str(trace)!r}, 'w')"
    hostile = {**hidden_object, "config": code if len(hidden_object) == 1 else {"function": code}}
    path = write(config=config_of(**{argument: hostile}))
    try:
        load_model(path)
    except VinguiError:
        refused(path)
    else:
        load_planner(str(path))
    assert not trace.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"registered_name": None},
        {"registered_name": "Sequential"},
        {"registered_name": "vingui>RewardMap"},
        {"registered_name": []},
        {"registered_name": {"vingui>VIN": 1}},
        {"registered_name": "x" * 100_000},
        {"registered_name": "line\nbreak\x1b[31m"},
        {"class_name": "__numpy__"},
        {"class_name": "__tensor__", "config": {"value": [1.0], "dtype": "float32"}},
        {"config": None},
        {"config": []},
        {"config": "x" * 100_000},
    ],
)
def test_a_configuration_of_something_else_is_refused(write, good, changes):
    content = json.loads(good["dynamic"]["config.json"])
    refused(write(config=json.dumps({**content, **changes})))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "3", '"vingui>VIN"', "[" * 100_000, "\x00", "{}", "NaN"]
)
def test_a_configuration_that_is_no_json_of_a_model_is_refused(write, text):
    refused(write(config=text))


# Sizes that would take memory or time


def nested_model(depth, hidden=4096):
    """A configuration whose precision is a network of the package, whose precision is ..."""
    model = "float32"
    for _ in range(depth):
        arguments = {"name": "x", "dtype": model, "hidden": hidden, "iterations": 1}
        model = {
            "module": "vingui.net.models",
            "class_name": "DynamicVIN",
            "registered_name": "vingui>DynamicVIN",
            "config": arguments,
            "build_config": {"input_shape": [None, None, None, 2]},
        }
    return model


@pytest.fixture
def weightless(monkeypatch):
    """How many numbers layers have asked memory for, none of which they are given."""
    asked = []

    def noted(self, shape=None, *args, **kwargs):
        asked.append(np.prod(shape or (), dtype=float))
        raise MemoryError

    monkeypatch.setattr(keras.layers.Layer, "add_weight", noted)
    return asked


@pytest.mark.parametrize("kind", ["dynamic", "vin"])
@pytest.mark.parametrize("argument", ["dtype", "name", "moves", "value_weight", "trainable"])
@pytest.mark.parametrize("depth", [1, 3, 40])
def test_a_model_within_the_model_is_refused_and_not_built(
    write, config_of, weightless, kind, argument, depth
):
    path = write(kind, config=config_of(kind, **{argument: nested_model(depth)}))
    refused(path, "have another" if depth < 40 else "nested too deep")
    assert weightless == []


@pytest.mark.parametrize(
    "dtype",
    [
        {"module": "keras", "class_name": "Sequential", "config": {"layers": []}},
        {
            "module": "keras",
            "class_name": "DTypePolicy",
            "config": {"name": "float32", "more": nested_model(1)},
            "registered_name": None,
        },
        {
            "module": "keras",
            "class_name": "DTypePolicy",
            "config": {"name": "mixed_float16"},
            "registered_name": None,
        },
    ],
)
def test_another_dtype_than_the_networks_have_is_refused_by_name(
    write, config_of, weightless, dtype
):
    refused(write(config=config_of(dtype=dtype)), "have another dtype than")
    assert weightless == []


@pytest.mark.parametrize(
    "changes", [{"surprise": 1}, {"activity_regularizer": nested_model(1)}, {"latent_actions": 3}]
)
def test_an_argument_that_the_network_has_not_is_refused(write, config_of, weightless, changes):
    refused(write(config=config_of(**changes)), "These are not the arguments of vingui>DynamicVIN")
    assert weightless == []


@pytest.mark.parametrize("name", ["hidden", "moves", "dtype", "value_weight", "trainable"])
def test_a_missing_argument_is_refused(write, good, weightless, name):
    content = json.loads(good["dynamic"]["config.json"])
    del content["config"][name]
    refused(write(config=json.dumps(content)), "These are not the arguments")
    assert weightless == []


@pytest.mark.parametrize("value", [-1, 1e7, 10**400, float("nan"), float("inf"), True, "1", [0.5]])
def test_a_weight_of_the_loss_out_of_bounds_is_refused(write, config_of, value):
    refused(write(config=config_of(value_weight=value)), "have another value_weight than")


@pytest.mark.parametrize("depth", [60, 600, 5000, 100_000])
def test_a_configuration_nested_deep_is_refused(write, depth):
    refused(write(config='{"config": ' * depth + "1" + "}" * depth))


@pytest.mark.parametrize("hidden", [1, 5, 1024])
def test_how_it_was_compiled_is_not_looked_at(write, good, hidden):
    content = json.loads(good["dynamic"]["config.json"])
    content["compile_config"] = {"optimizer": nested_model(1, hidden), "loss": "nonsense"}
    assert not load_model(write(config=json.dumps(content))).compiled


@pytest.mark.parametrize("kind", ["dynamic", "vin"])
@pytest.mark.parametrize("argument", ["hidden", "iterations", "reading_every"])
@pytest.mark.parametrize("value", [0, -5, 10**9, 10**400, 2.5, "64", None, [], {}, "x" * 100_000])
def test_an_argument_out_of_bounds_is_refused_by_name(write, config_of, kind, argument, value):
    refused(write(kind, config=config_of(kind, **{argument: value})), f"{argument} must be from")


def test_latent_actions_out_of_bounds_are_refused(write, config_of):
    path = write("vin", config=config_of("vin", latent_actions=10**6))
    refused(path, "latent_actions")


@pytest.mark.parametrize("hidden", [3, 4096])
def test_a_configuration_that_the_weights_do_not_fit_is_refused(write, config_of, hidden):
    refused(write(config=config_of(hidden=hidden)))


@pytest.mark.parametrize("moves", ["9", "", None, [], 8, "4"])
def test_a_configuration_of_another_movement_rule_is_refused(write, config_of, moves):
    refused(write(config=config_of(moves=moves)))


@pytest.mark.parametrize(
    "shape", [[None, None, None, 10**9], [None, None, None, 3], [None] * 4, [], "x", 7]
)
@pytest.mark.parametrize("kind", ["dynamic", "vin"])
def test_a_model_built_for_another_input_takes_no_memory(write, good, monkeypatch, kind, shape):
    asked = []
    add = keras.layers.Layer.add_weight

    def noted(self, shape=None, *args, **kwargs):
        asked.append(np.prod(shape or (), dtype=float))
        if asked[-1] > 10**6:
            raise MemoryError
        return add(self, shape, *args, **kwargs)

    monkeypatch.setattr(keras.layers.Layer, "add_weight", noted)
    content = json.loads(good[kind]["config.json"])
    content["build_config"] = {"input_shape": shape}
    path = write(kind, config=json.dumps(content))
    try:
        load_model(path)
    except VinguiError:
        refused(path)
    else:
        load_planner(str(path))
    assert max(asked, default=0) <= 10**6


# Weights


def weights_with(good, change):
    """The weights' file after `change(h5py file)`."""
    file = io.BytesIO(good["dynamic"]["model.weights.h5"])
    with h5py.File(file, "r+") as content:
        change(content)
    return file.getvalue()


def datasets(content):
    found = []
    content.visititems(lambda _, item: found.append(item) if hasattr(item, "shape") else None)
    return found


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_refused(write, good, poison):
    def spoil(content):
        last = datasets(content)[-1]
        last[...] = np.full(last.shape, poison, np.float32)

    refused(write(weights=weights_with(good, spoil)), "some of its weights are not finite numbers")


def test_weights_of_another_shape_are_refused(write, good):
    def spoil(content):
        data = next(item for item in datasets(content) if len(item.shape) == 4)
        parent, name = data.parent, data.name
        del parent[name]
        parent[name] = np.zeros((3, 3, 1, 3), np.float32)

    refused(write(weights=weights_with(good, spoil)))


def test_missing_weights_are_refused(write, good):
    def spoil(content):
        data = datasets(content)[0]
        del data.parent[data.name]

    refused(write(weights=weights_with(good, spoil)))


def test_weights_of_text_are_refused(write, good):
    def spoil(content):
        data = datasets(content)[0]
        parent, name = data.parent, data.name
        del parent[name]
        parent[name] = "weights"

    refused(write(weights=weights_with(good, spoil)))


def test_weights_that_claim_to_be_huge_are_refused_without_memory_for_them(write, good):
    def spoil(content):
        data = next(item for item in datasets(content) if len(item.shape) == 4)
        parent, name = data.parent, data.name
        del parent[name]
        # Nothing is written: the file stays small whatever it claims.
        parent.create_dataset(name, (64 << 20,), "f4", chunks=(1 << 20,))

    path = write(weights=weights_with(good, spoil))
    assert path.stat().st_size < 1 << 20
    assert peak_of(lambda: refused(path)) < 128 << 20


def test_weights_in_another_file_are_not_read(write, good, tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as content:
        content["data"] = np.zeros((3, 3, 1, 2), np.float32)

    def spoil(content):
        data = next(item for item in datasets(content) if len(item.shape) == 4)
        parent, name = data.parent, data.name.rsplit("/", 1)[1]
        del parent[name]
        parent[name] = h5py.ExternalLink(str(secret), "data")

    refused(write(weights=weights_with(good, spoil)))


def exchanged(content, make):
    """Exchange the first kernel of a weights' file for what `make(group, name, shape)` makes."""
    data = next(item for item in datasets(content) if len(item.shape) == 4)
    parent, name, shape = data.parent, data.name.rsplit("/", 1)[1], data.shape
    del parent[name]
    make(parent, name, shape)


def packed(group, name, shape):
    group.create_dataset(name, data=np.zeros(shape, "f4"), chunks=True, compression="gzip")


def checksummed(group, name, shape):
    group.create_dataset(name, data=np.zeros(shape, "f4"), chunks=True, fletcher32=True)


def unwritten(group, name, shape):
    group.create_dataset(name, shape, "f4")


def outside(group, name, shape):
    group.create_dataset(name, shape, "f4", external=[("/etc/hostname", 0, 1 << 20)])


def virtual(group, name, shape):
    layout = h5py.VirtualLayout(shape=shape, dtype="f4")
    layout[...] = h5py.VirtualSource("other.h5", "data", shape=shape)
    group.create_virtual_dataset(name, layout)


def soft(group, name, shape):
    group.file["elsewhere"] = np.zeros(shape, "f4")
    group[name] = h5py.SoftLink("/elsewhere")


def compound(group, name, shape):
    group.create_dataset(name, data=np.zeros(shape, [("a", "f4"), ("b", "S8")]))


@pytest.mark.parametrize("make", [packed, checksummed, unwritten, outside, virtual, soft, compound])
def test_weights_that_do_not_lie_in_the_file_as_keras_writes_them_are_refused(write, good, make):
    path = write(weights=weights_with(good, lambda content: exchanged(content, make)))
    refused(path, "weights")


@pytest.mark.parametrize("make", ["deep", "wide", "circle"])
def test_weights_among_very_many_groups_are_refused(write, good, make):
    def spoil(content):
        group = content
        if make == "circle":
            content["layers"]["again"] = content["layers"]
        for number in range(600 if make == "wide" else 40):
            group = (content if make == "wide" else group).create_group(f"g{number}")

    refused(write(weights=weights_with(good, spoil)), "too many groups")


def test_a_table_of_contents_of_very_many_members_is_refused(write):
    path = write()
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(200):
            archive.writestr(f"{number}", b"")
    refused(path, "too many parts")


def test_a_member_that_is_there_twice_is_refused(write, good):
    path = write()
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("config.json", good["vin"]["config.json"])
    refused(path, "it has 4 parts")


def test_the_weights_of_the_other_network_are_refused(write, good):
    refused(write("dynamic", weights=good["vin"]["model.weights.h5"]))


@pytest.mark.parametrize("weights", [b"", b"x" * 1000, b"\x89HDF\r\n\x1a\n" + bytes(500)])
def test_weights_that_are_no_hdf5_are_refused(write, weights):
    refused(write(weights=weights))


@pytest.mark.parametrize("dtype", ["float16", "int8", "mixed_float16", "nonsense", "complex64"])
def test_another_precision_is_refused_or_plans_without_a_crash(write, config_of, grid_of, dtype):
    path = write(config=config_of(dtype=dtype))
    try:
        planner, _ = load_planner(str(path))
    except VinguiError:
        refused(path)
    else:
        plan = planner.plan(grid_of("..G", "#.."), iterations=2)
        assert np.isfinite(part_of(plan, "policy")).all()
        assert plan.values.dtype == np.float32


# Planners by name


@pytest.fixture
def shelf(tmp_path, monkeypatch, make_random):
    """A folder of shipped models of our own: two, and a card for one of them."""
    folder = tmp_path / "models"
    folder.mkdir()
    make_random("dynamic", moves="4").save(folder / "dynamic-4.keras")
    make_random("vin").save(folder / "vin-8x8.keras")
    monkeypatch.setattr(cards, "MODELS", folder)
    return folder


def write_card(path, **changes):
    about = {
        "name": path.stem,
        "title": "A test",
        "architecture": "dynamic",
        "moves": "4",
        "settings": {},
        "command": "",
        "minutes": 1.0,
        "machine": "",
        "weights": 1,
        "sha256": "",
    }
    path.write_text(ModelCard(**{**about, **changes}).encoded())


def test_a_planner_is_found_by_name_with_and_without_a_card(shelf):
    write_card(shelf / "dynamic-4.json")
    planner, card = load_planner("dynamic-4")
    assert (planner.name, planner.rule.name, card.title) == ("dynamic-4", "4", "A test")
    planner, card = load_planner("vin-8x8")
    assert (planner.name, card) == ("vin-8x8", None)


def test_a_planner_is_found_by_its_files_path(shelf, write):
    planner, card = load_planner(str(write(name="mine.keras")))
    assert (planner.name, card) == ("mine", None)


def test_an_unknown_name_is_refused_with_the_names_there_are(shelf):
    message = r"^There is no model 'dynamic-9'; choose dynamic-4, vin-8x8 or a \.keras file$"
    with pytest.raises(VinguiError, match=message):
        load_planner("dynamic-9")


def test_a_card_of_another_movement_rule_is_refused(shelf):
    write_card(shelf / "dynamic-4.json", moves="8")
    with pytest.raises(
        VinguiError,
        match=r"^dynamic-4\.keras: The card of this model is for movement rule 8, .* under 4\.",
    ):
        load_planner("dynamic-4")


def test_a_damaged_card_is_refused_by_its_own_name(shelf):
    (shelf / "dynamic-4.json").write_text("{}")
    with pytest.raises(VinguiError, match=r"^dynamic-4\.json: It is not a model card"):
        load_planner("dynamic-4")


def test_a_damaged_file_is_refused_by_its_own_name(shelf):
    (shelf / "dynamic-4.keras").write_bytes(b"")
    refused("dynamic-4.keras", load=lambda _: load_planner("dynamic-4"))


def test_a_suffix_in_capitals_is_a_suffix(make_random, tmp_path):
    model = make_random("dynamic", hidden=2, iterations=2)
    model.save(tmp_path / "model.keras")
    (tmp_path / "model.keras").rename(tmp_path / "MODEL.KERAS")
    path = tmp_path / "MODEL.KERAS"
    planner, card = load_planner(str(path))
    assert (planner.name, card) == ("MODEL", None)
    pairs = zip(load_model(path).get_weights(), model.get_weights(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)


def test_a_file_that_was_replaced_is_planned_with_as_it_is_now(exact_models, grid_of, tmp_path):
    path, grid = tmp_path / "own.keras", grid_of("..", ".G")
    reached = []
    for rule in ("4", "8", "4"):
        exact_models[rule].save(path)
        planner, _ = load_planner(str(path))
        reached.append(planner.plan(grid, iterations=1).values[-1][0, 0])
    assert reached == [-np.inf, pytest.approx(-np.sqrt(2), rel=1e-6), -np.inf]
