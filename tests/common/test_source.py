"""Habits of the source that a test keeps: read from the syntax tree and the graph of imports."""

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
# Without what candidates get, which is text with marks in it and no code of the site.
MODULES = sorted(
    path
    for folder in ("apps", "hiringloop")
    for path in (ROOT / folder).rglob("*.py")
    if "files" not in path.relative_to(ROOT).parts
)
VIEWS = [path for path in MODULES if path.stem == "views" or "views" in path.relative_to(ROOT).parts]
DOORS = {"models", "queries", "actions", "core"}
WRITES = {"save", "create", "delete", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

# Imports inside a function that have a reason of their own, as "path: module".
ALLOWED_INSIDE: set[str] = set()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno


def test_there_are_views_to_read() -> None:
    assert len(VIEWS) >= 7


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_view_writes_nothing_itself(path: Path) -> None:
    assert [f"line {line}: .{name}()" for name, line in calls(path) if name in WRITES] == []
    names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    assert "atomic" not in names | attributes
    assert "transaction" not in names


def test_the_reader_notices_a_write(tmp_path: Path) -> None:
    view = tmp_path / "views.py"
    view.write_text("def page(request):\n    request.user.save()\n")
    assert list(calls(view)) == [("save", 2)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    inside = {
        f"{path.relative_to(ROOT)}: {getattr(node, 'module', None) or node.names[0].name}"
        for function in ast.walk(tree(path))
        if isinstance(function, FUNCTIONS)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert inside - ALLOWED_INSIDE == set()


def test_no_save_is_overridden_and_no_signal_received() -> None:
    found = []
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and path.stem == "models":
                found += [
                    f"{path.relative_to(ROOT)}: {node.name}.{item.name}"
                    for item in node.body
                    if isinstance(item, ast.FunctionDef) and item.name in {"save", "delete"}
                ]
            if isinstance(node, ast.ImportFrom) and node.module in {"django.dispatch", "django.db.models.signals"}:
                found.append(f"{path.relative_to(ROOT)}: {node.module}")
    assert found == []


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("apps", "hiringloop", cache_dir=None)


def through_no_door(graph: grimp.ImportGraph) -> list[str]:
    """Imports from one app of what is not a door of another: models, queries, actions, core, or inside those."""
    found = []
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            here, there = importer.split("."), imported.split(".")
            if here[0] == "apps" == there[0] and len(there) > 2 and here[1] != there[1] and there[2] not in DOORS:
                found.append(f"{importer} -> {imported}")
    return found


def test_apps_meet_at_their_doors(graph: grimp.ImportGraph) -> None:
    assert through_no_door(graph) == []


def test_the_doors_are_watched(graph: grimp.ImportGraph) -> None:
    graph.add_import(importer="apps.desk.views", imported="apps.library.views")
    try:
        assert through_no_door(graph) == ["apps.desk.views -> apps.library.views"]
    finally:
        graph.remove_import(importer="apps.desk.views", imported="apps.library.views")


def test_nobody_imports_the_project_package(graph: grimp.ImportGraph) -> None:
    importers = {
        importer
        for module in graph.modules
        if module.split(".")[0] == "hiringloop"
        for importer in graph.find_modules_that_directly_import(module)
        if importer.split(".")[0] == "apps"
    }
    assert importers == set()
