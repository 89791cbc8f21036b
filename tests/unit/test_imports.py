"""How the modules of the package import one another."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import vingui

ROOT = Path(vingui.__file__).parent


def modules(root):
    """Each module of a package by its dotted name, with its syntax tree."""
    found = {}
    for path in root.rglob("*.py"):
        parts = path.relative_to(root.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_bytes())
    return found


def imports(tree, names):
    """The modules that a module imports anywhere: in functions and for types too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            # Each is either a module of a package, or something that a module defines.
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            imported = [name if name in names else node.module for name in whole]
        else:
            continue
        yield from (name for name in imported if name in names)


def import_graph(root):
    """The modules that each module of a package imports."""
    found = modules(root)
    return {name: set(imports(tree, found)) - {name} for name, tree in found.items()}


def circle(graph):
    """The modules of a circle of imports in their order, the first one again at the end."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # Each is imported by the next one.
        return error.args[1][::-1]
    return []


def test_no_modules_import_one_another_in_a_circle():
    found = circle(import_graph(ROOT))
    assert not found, " imports ".join(found)


def test_a_circle_is_found_where_an_import_is_in_a_function_or_for_types(tmp_path):
    root = tmp_path / "house"
    (root / "room").mkdir(parents=True)
    (root / "__init__.py").touch()
    (root / "room/__init__.py").touch()
    (root / "door.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.room import table\n"
    )
    (root / "room/table.py").write_text("def lay():\n    import house.room.cloth\n")
    (root / "room/cloth.py").write_text("from house.door import key\n")
    found = circle(import_graph(root))
    assert found[0] == found[-1]
    assert " ".join(found[:-1]) in {
        "house.door house.room.table house.room.cloth",
        "house.room.table house.room.cloth house.door",
        "house.room.cloth house.door house.room.table",
    }
