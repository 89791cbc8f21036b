"""The arguments that say how files are read."""

import argparse

import pytest

from vingui.cli.file_arguments import Indices, add_reading_arguments, indices, read_options
from vingui.core.errors import VinguiError
from vingui.core.formats import PictureOptions, ReadOptions
from vingui.core.formats.cost_levels import CostLevels
from vingui.core.formats.heights import Heights


def options(*words):
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_reading_arguments(parser)
    return read_options(parser.parse_args(words))


def test_without_any_the_defaults_are_meant():
    assert options() == ReadOptions()


def test_each_argument_is_taken():
    assert options(
        "--threshold",
        "90",
        "--invert",
        "--cell",
        "4",
        "--dark-share",
        "0.25",
        "--crop",
        "1,2,30x40",
        "--unknown",
        "free",
        "--split",
        "training",
    ) == ReadOptions(
        picture=PictureOptions(
            threshold=90, invert=True, cell=4, dark_share=0.25, crop=(1, 2, 30, 40)
        ),
        unknown="free",
        split="training",
    )
    assert options("--longest", "100").picture.longest == 100
    assert options("--terrain").terrain


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        (("--levels", "4"), CostLevels(4, 1, 10)),
        (("--levels", "1"), CostLevels(1, 1, 1)),
        (("--costs", "2.5,9"), CostLevels(10, 2.5, 9)),
        (("--levels", "17", "--costs", "9,1"), CostLevels(17, 9, 1)),
    ],
)
def test_levels_and_costs_belong_together(words, levels):
    assert options(*words).picture.levels == levels


@pytest.mark.parametrize("text", ["1", "1;2", "a,2", "1,", "1,2,3"])
def test_what_are_no_costs_is_refused(text):
    with pytest.raises(argparse.ArgumentError, match="must be"):
        options(f"--costs={text}")


@pytest.mark.parametrize("text", ["1,2,3", "1,2,3x", "a,2,3x4", "-1,2,3x4", "1,2,3x4,5"])
def test_what_is_no_crop_is_refused(text):
    with pytest.raises(argparse.ArgumentError, match="like 10,20,400x300, not"):
        options(f"--crop={text}")


def test_a_cell_and_a_size_do_not_go_together():
    with pytest.raises(argparse.ArgumentError, match="not allowed with argument"):
        options("--cell", "4", "--longest", "100")


@pytest.mark.parametrize(
    "words",
    [
        ("--threshold", "300"),
        ("--cell", "0"),
        ("--longest", "5000"),
        ("--dark-share", "nan"),
        ("--crop", "0,0,0x4"),
        ("--levels", "0"),
        ("--levels", "241"),
        ("--costs", "0,1"),
        ("--costs", "nan,1"),
        ("--costs", "1,inf"),
    ],
)
def test_what_is_out_of_range_is_refused(words):
    with pytest.raises(VinguiError, match=r" must "):
        options(*words)


@pytest.mark.parametrize(
    ("text", "chosen", "many"),
    [
        ("7", [7], False),
        ("0-3", [0, 1, 2, 3], True),
        ("5-5", [5], False),
        ("0,5,7-9", [0, 5, 7, 8, 9], True),
        (" 9, 2-3 ", [9, 2, 3], True),
        ("2-4,3,2", [2, 3, 4], True),
        ("all", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], True),
    ],
)
def test_which_maps_of_a_set_are_meant(text, chosen, many):
    assert list(indices(text).of(10)) == chosen
    assert indices(text).many is many


@pytest.mark.parametrize("text", ["", "-1", "3-1", "1,", "a", "1-", "1.5", "١", "0x1", "1-2-3"])
def test_what_names_no_maps_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match=r"^must be a number from 0, .* not"):
        indices(text)


def test_a_map_that_is_not_there_is_named_before_numbers_are_counted_out():
    for text in ("10", "0-999999999", "0,3-10"):
        with pytest.raises(VinguiError, match="--index must be from 0 to 9, not"):
            indices(text).of(10)
    assert Indices().of(1_000_000) == range(1_000_000)


@pytest.mark.parametrize(
    ("words", "heights"),
    [
        ((), None),
        (("--elevation", "236,1076"), Heights(low=236, high=1076)),
        (("--elevation=-10,5.5", "--resolution", "30"), Heights(low=-10, high=5.5, side=30)),
        (("--elevation", "metres", "--resolution", "75"), Heights(side=75)),
    ],
)
def test_elevation_is_a_range_or_metres(words, heights):
    assert options(*words).picture.heights == heights


def test_a_resolution_without_elevation_is_refused():
    with pytest.raises(VinguiError, match="give --elevation too"):
        options("--resolution", "3")
    with pytest.raises(argparse.ArgumentError, match="must be LOW,HIGH in metres, or metres"):
        options("--elevation", "high")
