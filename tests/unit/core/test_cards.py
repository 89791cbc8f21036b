"""Model cards: written and read again, damaged ones refused, models found by name."""

import json
from dataclasses import FrozenInstanceError, replace
from types import NoneType

import pytest

from vingui.core import cards
from vingui.core.cards import ModelCard, default_model, find_model, shipped_models
from vingui.core.errors import VinguiError
from vingui.core.moves import EIGHT, RULES

CARD = ModelCard(
    name="dynamic-8",
    title="A VIN — with “quotes” and 步",
    architecture="dynamic",
    moves="8",
    settings={"rows": 16, "learning_rate": 3e-3, "maps": "mixed"},
    command="vingui train dynamic-8.keras",
    minutes=5.25,
    machine="2 cores",
    weights=9491,
    sha256="bbc0",
    learned={"costs": [1.0, 1.4142135]},
    results=({"maps_of": "maze 51x51", "success": 1.0, "success_interval": [0.9, 1.0]},),
)


def written(path, card=CARD, **changes):
    content = json.loads(card.encoded()) | changes
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not Ellipsis}))
    return path


def refused(path, *parts):
    with pytest.raises(VinguiError) as caught:
        ModelCard.read(path)
    message = str(caught.value)
    assert message.startswith(f"{path.name}: ")
    assert message.isprintable()
    assert len(message) < 300
    for part in parts:
        assert part in message


def test_a_card_comes_back_from_its_file(tmp_path):
    file = tmp_path / "dynamic-8.json"
    file.write_text(CARD.encoded(), encoding="utf-8")
    assert ModelCard.read(file) == CARD
    assert ModelCard.read(file).rule is EIGHT


def test_a_card_without_measurements_comes_back_too(tmp_path):
    file = tmp_path / "card.json"
    bare = replace(CARD, learned={}, results=())
    file.write_text(bare.encoded(), encoding="utf-8")
    assert ModelCard.read(file) == bare


def test_the_file_names_its_format_and_is_plain_json_that_ends_in_a_line():
    text = CARD.encoded()
    assert text.endswith("}\n")
    content = json.loads(text)
    assert (content["format"], content["version"]) == ("vingui-model-card", 2)
    assert content["results"] == [CARD.results[0]]


def test_a_card_of_version_1_is_read(tmp_path):
    content = json.loads(CARD.encoded())
    content["marks"] = content.pop("results")
    file = tmp_path / "card.json"
    file.write_text(json.dumps({**content, "version": 1}))
    assert ModelCard.read(file) == CARD


def test_a_card_does_not_change():
    with pytest.raises(FrozenInstanceError):
        CARD.moves = "4"


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", "null", "3", '"x"', "{}", "{", "[" * 100_000, '{"format": 1}']
)
def test_a_file_that_is_no_card_is_refused(tmp_path, text):
    file = tmp_path / "card.json"
    file.write_text(text)
    refused(file)


def test_bytes_that_are_no_text_a_folder_and_a_missing_file_are_refused(tmp_path):
    file = tmp_path / "card.json"
    file.write_bytes(b"\x80\xff{}")
    with pytest.raises(VinguiError, match=r"^card\.json: This is not text in UTF-8"):
        ModelCard.read(file)
    refused(tmp_path / "missing.json")
    (tmp_path / "folder.json").mkdir()
    refused(tmp_path / "folder.json", "folder")


def test_a_card_of_some_megabytes_is_refused_unread(tmp_path):
    file = tmp_path / "card.json"
    file.write_text(" " * (2 << 20) + CARD.encoded())
    refused(file, "at most 1,048,576 can be read")


@pytest.mark.parametrize(
    ("kind", "version"),
    [("vingui-map", 2), ("vingui-model-card", 3), (None, None), ("x" * 10_000, 2), ([], {})],
)
def test_another_format_or_version_is_refused_and_named(tmp_path, kind, version):
    file = written(tmp_path / "card.json", format=kind, version=version)
    refused(file, "a vingui-model-card of version 2")


@pytest.mark.parametrize("field", list(json.loads(CARD.encoded())))
def test_a_card_with_a_field_missing_is_refused_but_for_those_that_older_ones_lack(tmp_path, field):
    file = written(tmp_path / "card.json", **{field: ...})
    if field in {"learned", "loss"}:
        assert not getattr(ModelCard.read(file), field)
    else:
        refused(file)


def test_a_card_with_a_field_too_many_is_refused(tmp_path):
    refused(written(tmp_path / "card.json", colour="red"))


@pytest.mark.parametrize("moves", ["9", "", None, 8, [], {}, ["8"], "x" * 10_000, "8\n"])
def test_a_card_of_an_unknown_movement_rule_is_refused(tmp_path, moves):
    refused(written(tmp_path / "card.json", moves=moves))


OTHERS = {
    str: [None, 7, ["text"], {"text": 1}],
    dict: [None, 7, "text", [1]],
    tuple: [None, 7, "text", {"text": 1}, ["text"], [7]],
    int: [None, "7", [7], {}, 7.5, True],
    float: [None, "7", [7], {}, True],
    NoneType: ["7", [7], {}, True],
}
"""For the type of each field, values of another that JSON can hold."""


@pytest.mark.parametrize("field", list(json.loads(CARD.encoded()))[2:])
def test_a_field_of_another_type_is_refused(tmp_path, field):
    for value in OTHERS[type(getattr(CARD, field))]:
        refused(written(tmp_path / "card.json", **{field: value}))


# The models that come with the package


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder of models of our own, and `add(name, **fields)` to put one there."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr(cards, "MODELS", folder)

    def add(name, **fields):
        (folder / f"{name}.keras").write_bytes(b"")
        card = replace(CARD, name=name, **fields)
        (folder / f"{name}.json").write_text(card.encoded(), encoding="utf-8")
        return folder / f"{name}.keras"

    return add


def test_the_default_model_is_listed_first_then_the_other_rules_then_the_vins(shelf):
    shelf("vin-28x28", architecture="vin", weights=3000)
    shelf("vin-8x8", architecture="vin", weights=2000)
    for moves in reversed(RULES):
        shelf(f"dynamic-{moves}", moves=moves)
    assert [card.name for card in shipped_models()] == [
        "dynamic-8",
        "dynamic-8-one-free",
        "dynamic-8-both-free",
        "dynamic-4",
        "vin-8x8",
        "vin-28x28",
    ]


def test_without_models_none_are_listed(shelf):
    assert shipped_models() == ()


def test_a_damaged_card_among_them_is_named(shelf):
    shelf("good")
    shelf("bad").with_suffix(".json").write_text("{}")
    with pytest.raises(VinguiError, match=r"^bad\.json: It is not a model card"):
        shipped_models()


def test_a_shipped_model_is_found_by_its_name(shelf):
    file = shelf("dynamic-4")
    assert find_model("dynamic-4") == file


def test_a_file_is_found_by_its_path_and_a_shipped_name_goes_before(shelf, tmp_path, monkeypatch):
    file = tmp_path / "mine.keras"
    file.write_bytes(b"")
    assert find_model(str(file)) == file
    shipped = shelf("dynamic-4")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dynamic-4").write_bytes(b"")
    assert find_model("dynamic-4") == shipped


@pytest.mark.parametrize("wanted", ["dynamic-9", "", ".", "dynamic-4.keras", "a\0b"])
def test_what_is_neither_is_refused_with_the_names_there_are(shelf, tmp_path, monkeypatch, wanted):
    monkeypatch.chdir(tmp_path)
    shelf("vin-8x8")
    shelf("dynamic-4")
    with pytest.raises(VinguiError) as caught:
        find_model(wanted)
    expected = f"There is no model {wanted!r}; choose dynamic-4, vin-8x8 or a .keras file"
    assert str(caught.value) == expected


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_each_rule_has_a_default_model_of_its_name(rule):
    assert default_model(rule) == f"dynamic-{rule.name}"


@pytest.mark.parametrize("depth", [60, 600, 900, 5000])
@pytest.mark.parametrize("field", ["settings", "learned", "results"])
def test_a_card_nested_deep_is_refused_in_a_sentence(tmp_path, depth, field):
    nested = '{"a": ' * depth + "1" + "}" * depth
    content = json.loads(CARD.encoded()) | {field: "NESTED"}
    text = json.dumps(content).replace('"NESTED"', f"[{nested}]" if field == "results" else nested)
    path = tmp_path / "deep.json"
    path.write_text(text)
    with pytest.raises(VinguiError, match=r"^deep\.json: It is not a model card"):
        ModelCard.read(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"results": [{"success": "all"}]},
        {"results": [{"success": [1]}]},
        {"results": [{"maps": True}]},
        {"results": [{"success_interval": 0.9}]},
        {"results": [{"success_interval": ["low", "high"]}]},
        {"results": [{"success_interval": [0.9]}]},
        {"learned": {"costs": "cheap"}},
        {"learned": {"costs": [1.0, None]}},
        {"learned": {"observations": "many"}},
    ],
)
def test_a_measurement_that_is_no_number_is_refused(tmp_path, changes):
    refused(written(tmp_path / "card.json", **changes), "numeric")


@pytest.mark.parametrize(
    "changes",
    [{"results": [{"success": None}]}, {"results": [{}]}, {"learned": {"costs": [], "note": "x"}}],
)
def test_a_measurement_may_be_missing(tmp_path, changes):
    card = ModelCard.read(written(tmp_path / "card.json", **changes))
    for name, value in changes.items():
        assert type(value)(getattr(card, name)) == value
