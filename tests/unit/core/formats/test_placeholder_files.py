"""Links that were copied as text, and pointers of Git LFS, in place of files."""

import numpy as np
import pytest
from PIL import Image

from vingui.core.formats import read_dataset
from vingui.core.formats.placeholder_files import named_alone
from vingui.core.formats.registry import is_readable, readable_suffixes

ROS = "image: plan.pgm\nresolution: 0.1\norigin: [0, 0, 0]\n"


@pytest.mark.parametrize("suffix", readable_suffixes())
@pytest.mark.parametrize("target", ["../src/hall{}", "hall-2{}\n", "/opt/maps/hall{}\r\n"])
def test_a_link_copied_as_text_is_named_with_its_target(tmp_path, refused, suffix, target):
    path = tmp_path / f"hall{suffix}"
    path.write_text(target.format(suffix), newline="")
    message = refused(path, f"It holds only the path '{target.format(suffix).strip()}': it is a")
    assert message.endswith("link that was copied as text. Open that file instead")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", "..\\pictures\\a.png"),
        ("a.yaml", "../../.git/annex/objects/Xk/9z/SHA256E-s93--8f1c"),
        ("a.map", "./Berlin 1 256.map"),
        ("a.txt", "\ufeffhöhle.txt"),
        ("no suffix", "../halls/7.json"),
    ],
)
def test_other_spellings_of_such_a_path(tmp_path, refused, name, content):
    (tmp_path / name).write_text(content, encoding="utf-8")
    refused(tmp_path / name, "It holds only the path")


def test_nothing_outside_of_the_folder_is_read(tmp_path, refused):
    (tmp_path / "src").mkdir()
    (tmp_path / "maps").mkdir()
    (tmp_path / "src" / "hall.txt").write_text("##\n..\n")
    path = tmp_path / "maps" / "hall.txt"
    path.write_text("../src/hall.txt")
    refused(path, "'../src/hall.txt'")


def test_a_web_address_and_a_pointer_of_git_lfs_say_what_to_do(tmp_path, refused):
    (tmp_path / "a.map").write_text("https://movingai.example/arena.map\n")
    refused(tmp_path / "a.map", "web address 'https://movingai.example/arena.map'. Download")
    for name in ("a.npz", "a.png", "a.mat", "a.json"):
        (tmp_path / name).write_text(
            f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 4711\n"
        )
        refused(tmp_path / name, "It is a pointer that Git LFS keeps", "git lfs pull")


@pytest.mark.parametrize(
    "content",
    ["[[0, 1], [1, 0]]", '["##", "./"]', "..\n/.", "0", "..", "/", ".#.", "image: a.pgm", ".map"],
)
def test_one_line_of_anything_else_is_no_link(content):
    assert named_alone(content.encode(), is_readable) == ""


@pytest.mark.parametrize("name", ["hall.yaml", "hall.txt", "hall.json", "hall.map"])
def test_in_a_folder_it_is_refused_and_the_others_are_read(tmp_path, name):
    (tmp_path / "good.txt").write_text("##\n..\n")
    (tmp_path / name).write_text(f"../src/{name}")
    (tmp_path / "files.txt").write_text("maps/good.map\n")
    dataset = read_dataset(tmp_path)
    assert len(dataset.maps) == 1
    assert [reason.partition(": ")[0] for reason in dataset.refused] == [name]
    assert "only the path" in dataset.refused[0]


def test_the_second_file_of_a_pair_may_be_such_a_link(tmp_path, refused):
    (tmp_path / "plan.yaml").write_text(ROS)
    (tmp_path / "plan.pgm").write_text("../store/plan.pgm")
    refused(tmp_path / "plan.yaml", "plan.pgm: It holds only the path '../store/plan.pgm'")
    (tmp_path / "a.map").write_text("../maps/a.map")
    (tmp_path / "a.map.scen").write_text("version 1\n0\ta.map\t2\t2\t0\t0\t1\t1\t1.4\n")
    refused(tmp_path / "a.map.scen", "a.map: It holds only the path '../maps/a.map'")
    Image.fromarray(np.full((4, 4), 254, np.uint8)).save(tmp_path / "plan.pgm")
    assert read_dataset(tmp_path / "plan.yaml").maps[0].walls.shape == (4, 4)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("suffix", [".txt", ".yaml", ".json", ".map"])
def test_utf_16_without_a_byte_order_mark_is_reported(tmp_path, refused, suffix, encoding):
    path = tmp_path / f"hall{suffix}"
    path.write_bytes("type octile\nheight 2\nwidth 2\nmap\n..\n..\n".encode(encoding))
    refused(path, "null characters", "Save it as text in UTF-8")


@pytest.mark.parametrize("target", ["gone.txt", "../src/hall.json", "/nowhere/hall.map"])
def test_a_link_to_nowhere_is_named_with_its_target(tmp_path, refused, target):
    (tmp_path / "good.txt").write_text("##\n..\n")
    (tmp_path / "link.json").symlink_to(target)
    refused(tmp_path / "link.json", f"It is a link to '{target}', and there is no such file")
    dataset = read_dataset(tmp_path)
    assert len(dataset.maps) == 1
    assert dataset.refused == (f"link.json: It is a link to '{target}', and there is no such file",)
